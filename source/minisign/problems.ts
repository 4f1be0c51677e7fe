import {declareProblems} from '../base/problem-table.ts';

/** Problems of keys that sign, and of those that signatures are checked with. */
export const minisignProblems = declareProblems({
	'signing-secret-key': {
		area: 'bundle',
		message: '{file} is not a secret key.',
		fix: 'Give the file that `zenml-airgap bundle keygen` or `minisign -G` made.',
		cases: {
			'no line': {cause: 'It has no line of 212 characters in Base64, as a minisign key has.'},
			'another algorithm': {cause: 'It is not a key for Ed25519.'},
			'another lock': {cause: 'It is protected in a way that this tool does not know: only scrypt is.'},
			cost: {cause: 'It asks for {bytes} bytes of memory, which no key needs.'},
			halves: {cause: 'The public key in it does not belong to its secret key.'},
		},
	},
	'signing-passphrase': {
		area: 'bundle',
		message: 'The passphrase does not open {file}.',
		cause: 'It is not the one that the key was made with, or the file was changed.',
		fix: 'Try again with the right passphrase; there is no way to use the key without it.',
	},
	'signing-memory': {
		area: 'bundle',
		message: 'There is too little memory to work with a passphrase: {needed} are needed.',
		fix: 'Close other programs, or do this on a machine with more memory.',
		nextSteps: ['In a container, raise its memory limit.', 'A key made with --no-passphrase needs no such memory.'],
		cases: {
			'known before': {
				cause:
					'Trying a passphrase is made costly on purpose, so that it cannot be guessed. Free of memory are {free}.',
			},
			refused: {cause: 'Trying a passphrase is made costly on purpose, so that it cannot be guessed.'},
		},
	},
	'signing-public-key': {
		area: 'bundle',
		message: '{file} is not a public key.',
		fix: 'Give the file with the public key of the signer, or the line in it that begins with RW.',
		answers: ['bundle.signature.publicKey'],
		cases: {
			'a secret key': {cause: 'It holds a secret key. Secret keys stay on the side that signs.'},
			'no line': {cause: 'It has no line of 56 characters in Base64, as a minisign key has.'},
			'another algorithm': {cause: 'It is not a key for Ed25519.'},
		},
	},
	'signature-key-unreadable': {
		area: 'bundle',
		cause: 'The file was refused: {reason}',
		nextSteps: ['ls -l {file}'],
		cases: {
			public: {
				message: 'The public key {file} cannot be read.',
				fix: 'Name the file with the public key of the signer, or give the line in it that begins with RW.',
				answers: ['bundle.signature.publicKey'],
			},
			secret: {
				message: 'The secret key {file} cannot be read.',
				fix: 'Name the file that `zenml-airgap bundle keygen` or `minisign -G` made, or make it readable (chmod).',
			},
		},
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly minisign: typeof minisignProblems.table;
	}
}
