import {declareProblems} from '../../base/problem-table.ts';

const whole = 'Carry this program in again, with SHA256SUMS and SHA256SUMS.minisig from the same place.';
const howToKey = 'zenml-airgap self-check --public-key RELEASE.pub';

/** Problems of the command that proves this program. */
export const selfProblems = declareProblems({
	'self-check-no-executable': {
		area: 'usage',
		message: 'This program is not one executable, so there is no checksum for it.',
		cause: 'Node runs it from the files in {folder}.',
		fix: 'Check its package in the way of npm, or use the executable of the release.',
	},
	'self-check-missing': {
		area: 'bundle',
		cases: {
			sums: {
				message: 'There are no checksums to prove this program with.',
				cause: '{file} cannot be read: {reason}',
				fix: 'Carry SHA256SUMS of the release in beside this program, or name it with --sums FILE.',
			},
			signature: {
				message: 'The checksums are not signed.',
				cause: '{file} cannot be read: {reason}',
				fix: 'Carry SHA256SUMS.minisig of the release in beside SHA256SUMS.',
			},
			key: {
				message: 'No public key is given to check the signature with.',
				cause: 'SHA256SUMS fits this program, but whoever exchanges one can exchange both.',
				fix: 'Give the public key of the release, which came another way than this program: --public-key FILE, or the line in it that begins with RW.',
				nextSteps: [howToKey],
			},
		},
	},
	'self-check-failed': {
		area: 'bundle',
		cases: {
			'another program': {
				message: 'This program is not the one that the checksums name.',
				cause: 'Its SHA-256 is {actual}; of {name} {expected} stands in SHA256SUMS.',
				fix: `Do not use it. ${whole}`,
			},
			'not listed': {
				message: 'The checksums do not name this program.',
				cause: 'Its SHA-256, {actual}, does not stand in {file}, and nothing of its name either.',
				fix: whole,
			},
			'no signature': {
				message: '{file} is not a whole signature.',
				cause: 'It is cut, or something else: a signature of minisign has four lines.',
				fix: whole,
			},
			'another key': {
				message: 'The checksums are signed by another key.',
				cause: 'SHA256SUMS.minisig is of key {signer}; {pinned} is given.',
				fix: 'Give the public key of the release. If that is the one, do not use this program.',
			},
			'another list': {
				message: 'The signature does not fit the checksums.',
				cause: 'SHA256SUMS was changed after it was signed, or the signature belongs to another release.',
				fix: `Do not use this program. ${whole}`,
			},
			'another comment': {
				message: 'The comment of the signature is not the one that was signed.',
				cause: 'The checksums are those that were signed, but somebody changed what the signer says of them.',
				fix: whole,
			},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly self: typeof selfProblems.table;
	}
}
