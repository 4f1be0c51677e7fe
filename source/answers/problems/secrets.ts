import type {ProblemTable} from '../../base/problem-table.ts';

/** Secrets that are not where the answers say. */
export const secretTable = {
	'answers-secret-env': {
		area: 'usage',
		cause: 'The answers say that this secret is in {name}, and this program does not find it there.',
		fix: 'Set it and start again: read -rs {name} && export {name}',
		nextSteps: ['With sudo, the variable must be kept: sudo --preserve-env=NAME.'],
		cases: {
			'not set': {message: '{answer}: the environment variable {name} is not set'},
			empty: {message: '{answer}: the environment variable {name} is empty'},
		},
	},
	'answers-secret-file': {
		area: 'usage',
		cause: 'The answers say that this secret is in that file.',
		cases: {
			'not there': {
				message: '{answer}: the file {file} does not exist',
				fix: 'Make the file, or correct the path.',
			},
			'file above': {
				message: '{answer}: the file {file} does not exist',
				fix: 'Correct the path: one of its folders is a file.',
			},
			'not allowed': {
				message: '{answer}: the file {file} may not be read by this user',
				fix: 'Let this user read it: chmod u+r, or chown.',
			},
			folder: {
				message: '{answer}: the file {file} is a folder',
				fix: 'Name the file in it that holds the secret.',
			},
			empty: {message: '{answer}: the file {file} is empty', fix: 'Write the secret into it, in one line.'},
			other: {
				message: '{answer}: the file {file} cannot be read',
				cause: 'The answers say that this secret is in that file. {why}',
				fix: 'Look at the file and its folder.',
			},
		},
	},
	'answers-secret-kubernetes': {
		area: 'usage',
		cause: 'The answers say that this secret is in key {key} of secret {namespace}/{name}.',
		cases: {
			'no secret': {
				message: '{answer}: secret {namespace}/{name} does not exist',
				fix: 'Make it: kubectl create secret generic {name} -n {namespace} --from-file={key}=FILE',
			},
			'no key': {
				message: '{answer}: secret {namespace}/{name} has no key {key}',
				fix: 'Name one of its keys ({keys}), or add the key.',
			},
			empty: {
				message: '{answer}: key {key} of secret {namespace}/{name} is empty',
				fix: 'Write the secret into it.',
			},
		},
	},
	'answers-secret-prompt': {
		area: 'usage',
		message: '{answer}: the secret has to be typed, and nobody was asked',
		cause: 'The answer is prompt. Typed secrets are kept in memory only, and this run has none for it.',
		fix: 'Start with a screen and type it, or write env:NAME, file:PATH or k8s:namespace/name/key.',
	},
	'answers-secret-generate': {
		area: 'bug',
		who: 'bug',
		message: '{answer}: a secret that is to be generated was read before it was made',
		cause: 'The answer is generate, so there is nothing to read it from.',
		fix: 'Send the saved report to the authors. Until then write env:NAME, file:PATH or k8s:namespace/name/key.',
	},
} as const satisfies ProblemTable;
