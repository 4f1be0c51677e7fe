import type {ProblemTable} from '../../base/problem-table.ts';

/** Secrets that are not where the answers say. */
export const secretTable = {
	'answers-secret-env': {
		area: 'usage',
		cause: 'The answers say that this secret is in {name}, and this program does not find it there.',
		fix: 'Set it and start again: read -rs {name} && export {name}',
		nextSteps: ['With sudo, keep the variable: sudo --preserve-env={name}'],
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
			pipe: {
				message: '{answer}: the file {file} is a pipe',
				cause: 'Nobody wrote into it in time.',
				fix: 'Have something write the secret into it, or put the secret into a file.',
			},
			empty: {message: '{answer}: the file {file} is empty', fix: 'Write the secret into it, in one line.'},
			other: {
				message: '{answer}: the file {file} cannot be read',
				cause: 'The answers say that this secret is in that file. {why}',
				fix: 'Look at the file and its folder.',
			},
		},
	},
	'answers-secret-unfit': {
		area: 'usage',
		cases: {
			'too long': {
				message: '{answer}: the secret in {place} has {size}; {most} bytes are the most',
				cause:
					'Passwords and tokens are shorter; most often the reference names another thing: a key, a certificate, an archive.',
				fix: 'Let {answer} refer to the password or token alone.',
			},
			mark: {
				message: '{answer}: the secret in {place} begins with a byte order mark (U+FEFF)',
				cause: 'An editor put three bytes before the text that nobody sees; they would be sent as part of the secret.',
				fix: 'Save it as UTF-8 without byte order mark.',
				nextSteps: [String.raw`sed -i '1s/^\xEF\xBB\xBF//' FILE`],
			},
			'UTF-16': {
				message: '{answer}: the secret in {place} is in UTF-16',
				cause:
					'Every character has two bytes there, and no server would know the secret again. PowerShell 5 and Notepad write such files.',
				fix: 'Save it as UTF-8 without byte order mark.',
				nextSteps: ['iconv -f UTF-16 -t UTF-8 FILE'],
			},
			binary: {
				message: '{answer}: the secret in {place} holds bytes of zero',
				cause: 'That is no text; most often the reference names another file.',
				fix: 'Let {answer} refer to the password or token alone.',
			},
			'not UTF-8': {
				message: '{answer}: the secret in {place} is not text in UTF-8',
				cause:
					'It is in another encoding, such as Latin-1, or no text at all; what would be sent is not what was meant.',
				fix: 'Save it as UTF-8.',
				nextSteps: ['iconv -f ISO-8859-1 -t UTF-8 FILE'],
			},
		},
	},
	'answers-secret-kubernetes': {
		area: 'usage',
		cause: 'The answers say that this secret is in key {key} of secret {namespace}/{name}.',
		cases: {
			'no secret': {
				message: '{answer}: secret {namespace}/{name} does not exist',
				fix: 'Make it: kubectl create secret generic {$name} -n {$namespace} --from-file={$key}=FILE',
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
