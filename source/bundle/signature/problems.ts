import {declareProblems} from '../../base/problem-table.ts';

/** Problems of looking at the signature of a bundle. */
export const signatureProblems = declareProblems({
	'bundle-signature-missing': {
		area: 'bundle',
		message: 'The bundle is not signed.',
		cause: 'A signature by key {key} is required, and there is no SHA256SUMS.minisig in the bundle.',
		fix: 'Carry the signature in from the connected side, or get a bundle that is signed.',
		nextSteps: ['Without a signature nobody can tell whether the bundle was exchanged on the way.'],
		answers: ['bundle.path', 'bundle.signature.mode'],
	},
	'bundle-signature-no-key': {
		area: 'bundle',
		message: 'A signature is required, but no public key is given to check it with.',
		cause: 'A signature says something only where the key of the signer is known beforehand.',
		fix: 'Give the public key of the signer: bundle.signature.publicKey, or --public-key.',
		answers: ['bundle.signature.publicKey'],
	},
	'bundle-signature-damaged': {
		area: 'bundle',
		message: '{file} is not a whole signature.',
		fix: 'Carry {file} in again from the connected side. If it is the same there, sign the bundle again.',
		nextSteps: ['On the connected side: zenml-airgap bundle sign BUNDLE --key FILE'],
		answers: ['bundle.path'],
		cases: {
			'too large': {cause: 'It has {bytes} bytes; a signature has some hundred.'},
			lines: {cause: 'It has {lines} lines; a signature has four.'},
			comments: {cause: 'Its first and third line are not the comments that a minisign signature has.'},
			Base64: {cause: 'A line of it is cut or changed: it is not Base64 of the right length.'},
			method: {cause: 'It was made by a method that minisign does not know.'},
		},
	},
	/** What stands in the bundle is not what the owner of the key has signed: never passed over, whatever the mode. */
	'bundle-signature-broken': {
		area: 'bundle',
		fix: 'Do not install from it. Get the bundle again from the one who signed it, over a way that you trust.',
		nextSteps: [
			'Keep this copy: SHA256SUMS and SHA256SUMS.minisig show what was changed.',
			'Ask the signer to read out the key id and the digest of the bundle from the custody sheet.',
		],
		answers: ['bundle.path', 'bundle.signature.publicKey'],
		cases: {
			'another key': {
				message: 'The bundle is signed by another key than the pinned one.',
				cause: 'SHA256SUMS.minisig is of key {signer}, but {pinned} is pinned.',
			},
			'another list': {
				message: 'The signature does not fit SHA256SUMS.',
				cause:
					'SHA256SUMS was changed after it was signed, or SHA256SUMS.minisig belongs to another bundle, or another key calls itself {pinned}.',
			},
			'another comment': {
				message: 'The comment in SHA256SUMS.minisig is not the one that was signed.',
				cause: 'The files are those that were signed, but somebody changed what the signer says of them.',
			},
			'no list': {
				message: 'SHA256SUMS is missing.',
				cause: 'The bundle holds SHA256SUMS.minisig, but not the list of checksums that was signed.',
			},
			'list too large': {
				message: '{file} is too large.',
				cause: 'It has {bytes} bytes; a list of checksums was expected.',
			},
			'files missing': {
				message: 'The bundle lacks {count} of the files that were signed.',
				cause: 'They stand in SHA256SUMS and are not there: lost on the way, or taken out.',
			},
			'files added': {
				message: 'The bundle holds {count} files that were not signed.',
				cause: 'They do not stand in SHA256SUMS: they were added after it was signed.',
			},
			'another file': {
				message: '{file} is not the file that was signed.',
				cause: 'Its SHA-256 is {actual}, but {signed} stands in SHA256SUMS, which is signed.',
			},
		},
	},
	'bundle-checksums-damaged': {
		area: 'bundle',
		message: 'SHA256SUMS cannot be used.',
		fix: 'Carry SHA256SUMS in again from the connected side and try again.',
		nextSteps: [
			'On the connected side: sha256sum SHA256SUMS',
			'Here, in the bundle: sha256sum SHA256SUMS',
			'The two must be equal. When they are, make the file anew on the connected side.',
		],
		cases: {
			'line ends': {
				cause:
					'Its line ends are those of Windows, the signature fits those it was made with: it was transferred in text mode, which changes archives and charts as well.',
				fix: 'Transfer the bundle again in binary mode (ftp: binary; unzip without -a), best as one tar file.',
			},
			'another form': {cause: 'Line {line} is not a line of sha256sum.'},
			outside: {cause: 'Line {line} names {path}, which is not a file within the bundle.'},
			twice: {cause: 'Line {line} names {path} a second time.'},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleSignature: typeof signatureProblems.table;
	}
}

/** Where it was met: what is not as it was signed is told at the signature. */
export const atSignature = {location: {file: 'SHA256SUMS.minisig'}} as const;
