import {declareProblems} from '../../base/problem-table.ts';

/** Problems of the words after `registry push` and `registry inventory`. */
export const registryCommandProblems = declareProblems({
	'push-target-invalid': {
		area: 'usage',
		message: '--registry {to} is not a place in a registry.',
		cause: 'It is a URL; references to images have none of that.',
		fix: 'Write host or host:port, then the path: registry.mycompany.com/zenml',
	},
	'push-answers-missing': {
		area: 'usage',
		message: 'It is not known where to push: {missing}.',
		cause: 'Neither the command line nor the answer file says so.',
		fix: 'Name the registry with --registry host/prefix, or an answer file with --answers.',
	},
	'push-login-half': {
		area: 'usage',
		message: 'Half of the login for {host} is known.',
		cause: 'The answer file has the login of another registry, {other}; it is not used for this one.',
		fix: 'Give --username and --password-ref together.',
	},
	'inventory-name': {
		area: 'usage',
		message: '{name} is not the path of a repository.',
		cause: 'Paths have lower-case letters, digits and single . _ - between them, in parts joined by /.',
		fix: 'Write --registry HOST[:PORT][/PREFIX] without https://, and --repository with the path below the prefix.',
	},
	'inventory-password-ref': {
		area: 'usage',
		message: '--password-ref takes env:NAME or file:PATH.',
		cause: 'A password itself on a command line is seen by every user of this host.',
		fix: 'Put it into a file that only you can read, and give --password-ref file:PATH.',
	},
	'inventory-login': {
		area: 'usage',
		message: '--username and --password-ref belong together.',
		cause: 'One of the two was given.',
		fix: 'Give both, or none to use the login of docker or podman.',
	},
	'inventory-unwritable': {
		area: 'usage',
		message: '{file} cannot be written.',
		cases: {
			folder: {cause: 'It is a folder.', fix: 'Name a file with --out.'},
			device: {cause: 'It is a device or a pipe.', fix: 'Name a file with --out.'},
			failed: {cause: 'Writing it failed. {words}', fix: 'Name another file with --out.'},
		},
	},
});

declare module '../../base/problem.ts' {
	interface ProblemTables {
		readonly registryCommand: typeof registryCommandProblems.table;
	}
}
