import {declareProblems} from '../../base/problem-table.ts';

/** Problems of the words that the commands of the group `bundle` are given. */
export const bundleCommandProblems = declareProblems({
	'bundle-spec-file-unreadable': {
		area: 'usage',
		cases: {
			spec: {
				message: 'The spec {file} cannot be read.',
				cause: 'The file was refused: {reason}',
				fix: 'Correct the path, or make a spec: zenml-airgap bundle create --example > bundle-spec.yaml',
			},
			'too large': {
				message: 'The spec {file} cannot be read.',
				cause: 'It has {bytes} bytes; a spec has some thousand.',
				fix: 'Correct the path, or make a spec: zenml-airgap bundle create --example > bundle-spec.yaml',
			},
			ca: {
				message: 'The CA of {host} cannot be read: {file}.',
				cause: 'The system says: {reason}',
				fix: 'Correct the path in the spec (hosts), or make the file readable (chmod).',
			},
		},
	},
	'source-date-epoch-invalid': {
		area: 'usage',
		message: 'SOURCE_DATE_EPOCH is no time.',
		cause: 'It must be whole seconds since 1970, such as 1767225600.',
		fix: 'Correct it, or unset it.',
	},
	'bundle-diff-base': {
		area: 'usage',
		cause: 'A difference needs two sides.',
		fix: 'Give an older bundle, or the inventory of the target registry, as second argument or with --base.',
		nextSteps: ['zenml-airgap registry inventory --help'],
		cases: {
			none: {message: 'There is nothing to compare with.'},
			two: {message: 'Two bases were given.'},
		},
	},
	'bundle-diff-base-unreadable': {
		area: 'usage',
		message: 'The base {file} cannot be read.',
		cause: 'The system says: {reason}',
		fix: 'Name the older bundle, or the file that `zenml-airgap registry inventory` wrote.',
	},
	'signing-key-exists': {
		area: 'usage',
		message: '{file} is there already.',
		cause: 'A key that was overwritten cannot be had back, and no one could sign with it again.',
		fix: 'Name another folder with --out, or move the old key away.',
	},
	'signing-key-unwritable': {
		area: 'usage',
		message: '{file} cannot be written.',
		cause: 'The system says: {reason}',
		fix: 'Make room there, or name another folder with --out. No key was made.',
	},
	'signing-passphrase-ref': {
		area: 'usage',
		cases: {
			'both ways': {
				message: '--no-passphrase and --passphrase-ref were both given.',
				cause: 'The one makes a key that is not locked, the other says what to lock it with.',
				fix: 'Leave one of them out.',
			},
			'no reference': {
				message: '--passphrase-ref takes env:NAME or file:PATH.',
				cause: 'A passphrase itself on a command line is seen by every user of this host.',
				fix: 'Put it into a file that only you can read, and give --passphrase-ref file:PATH.',
			},
		},
	},
	'signing-passphrase-needed': {
		area: 'usage',
		message: 'The key needs a passphrase, and there is no terminal to type it at.',
		cause: 'Standard input is not a terminal.',
		fix: 'Say where it is: --passphrase-ref env:NAME, or --passphrase-ref file:PATH.',
	},
	'signing-comment': {
		area: 'usage',
		message: 'The comment cannot be signed.',
		cause: 'It must be one line of at most {bytes} bytes, without tabs and control characters.',
		fix: 'Make it shorter and plain.',
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly bundleCommands: typeof bundleCommandProblems.table;
	}
}
