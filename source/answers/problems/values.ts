import type {ProblemTable} from '../../base/problem-table.ts';

/** The forms of a reference to a secret, as an operator writes them. */
const references = 'Write env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt.';

/** What looks like a reference is never taken for the secret: nobody sees a slip behind the mask. */
const almost = {
	cause: 'It looks like a reference to a secret, and is none.',
	fix: 'Write it so. Where it is the secret itself, put it into a file and write file:PATH.',
} as const;

const runnersReadSecrets =
	'Whoever may create jobs in a namespace can mount every Secret there: passwords, encryption keys, private keys.';

/**
 * What is wrong with single answers. In the words, `answer` is what the operator calls it: its path, or the flag that it was given by;
 * `path` is always its path. Messages of one answer begin with its name, so that a form can show them beside it without the name.
 */
export const valueTable = {
	'answers-missing': {
		area: 'usage',
		message: '{answer} is missing',
		cause: '{description}: there is no default for it.',
		cases: {
			list: {fix: 'Add an item to {path}.'},
			plain: {fix: 'Add {path}.'},
			example: {fix: 'Add {path}. For example: {example}'},
			'server needed': {
				cause: 'database is the server of every component that names none of its own: {components}.',
				fix: 'Add {path}, for example mysql.internal.mycompany.com, or name a server in {places}.',
			},
			'no earlier run': {
				message: 'There are no answers to compare with.',
				cause: 'No run from this state folder has left its answers.',
				fix: 'Name two answer files.',
			},
			'nothing given': {
				message: 'There are no answers to work with.',
				cause: 'No --answers file was named, and no earlier run left its answers on this host.',
				fix: 'Name an answer file with --answers, or start the program in a terminal to be asked.',
				nextSteps: ['zenml-airgap answers init answers.yaml'],
			},
		},
	},
	'answers-unknown-key': {
		area: 'usage',
		message: '{answer} is not an answer',
		cause: 'The keys of {place} are {keys}.',
		cases: {
			near: {message: '{answer} is not an answer; did you mean {likely}?', fix: 'Write {nearest}.'},
			far: {fix: 'Take it out.'},
			'no space': {fix: 'Write "key: value" with a space after the colon.'},
			'no space, near': {
				message: '{answer} is not an answer; did you mean {likely}?',
				fix: 'Write "key: value" with a space after the colon.',
			},
			'no name': {
				message: 'This key is not a name',
				cause: 'Keys are names of letters and digits, such as registry.',
				fix: 'Write "name: value".',
			},
			template: {
				message: '{answer} is a template here, not a value',
				cause: 'Nothing fills in what stands between {{ and }} in an answer file.',
				fix: 'Write the value itself. If it is meant as it stands, put it in quotes.',
			},
			'near, set': {
				message: '{answer}: is not an answer; did you mean {nearest}?',
				cause: 'Each --set sets one answer, by its path in the answer file.',
				fix: 'Write --set {nearest}=…',
			},
			'far, set': {
				message: '{answer}: is not an answer',
				cause: 'Each --set sets one answer, by its path in the answer file.',
				fix: 'Look for its path in the file that this writes: zenml-airgap answers init answers.yaml',
			},
			'group, set': {
				message: '{answer}: is a group of answers, not one answer',
				cause: 'Each --set sets one answer, by its path in the answer file.',
				fix: 'Set one of its answers, such as {inner}.',
			},
		},
	},
	'answers-wrong-type': {
		area: 'usage',
		message: '{answer} must be {expected}, not {found}',
		cause: '{description}. It is written as {expected}.',
		cases: {
			list: {fix: 'Begin each item on its own line with "- ".'},
			map: {fix: 'Write its keys below it, indented, each as "key: value".'},
			'no quotes': {fix: 'Write {expected}, without quotes.'},
			'no quotes, example': {fix: 'Write {expected}, without quotes. For example: {example}'},
			another: {fix: 'Write {expected}.'},
			'another, example': {fix: 'Write {expected}. For example: {example}'},
			'one text': {fix: 'Write one text.'},
			'one text, example': {fix: 'Write one text. For example: {example}'},
			quotes: {fix: 'Put it in quotes: {key}: "{shown}"'},
			'no answers': {
				message: 'The answer file does not hold answers',
				cause: 'An answer file is a map of keys and values.',
				fix: 'Write "key: value" lines. This writes a file to start from: zenml-airgap answers init answers.yaml',
			},
		},
	},
	'answers-invalid-value': {
		area: 'usage',
		message: '{answer} must {rule}',
		cause: '{description}. The value given does not fit{unseen}.',
		cases: {
			choice: {fix: 'Write {choices}.'},
			'choice, near': {fix: 'Write {choices}. Did you mean {nearest}?'},
			list: {fix: 'Add an item to {path}.'},
			plain: {fix: 'Change it.'},
			example: {fix: 'Change it. For example: {example}'},
			key: {message: '{answer} has a key that is not a variable name', fix: 'Change it.'},
			'file content': {
				message: '{answer} must be the path of a file, not what is in it',
				cause: '{description}. A whole certificate or key stands there.',
				fix: 'Save it as a file and write the path. If it was a private key, keep this text from others.',
			},
		},
	},
	'answers-literal-secret': {
		area: 'usage',
		message: '{answer} must be a reference to a secret, not the secret itself',
		cases: {
			written: {
				cause: 'Answers are saved, shown and handed on, so they only say where a secret is.',
				fix: `${references} If a real secret was written here, change it: it may have been copied.`,
			},
			typed: {
				message: '{answer}: must be a reference to a secret, not the secret itself',
				cause: 'Arguments are visible to every user of this host and are kept in the history of the shell.',
				fix: `${references} If a real secret was typed here, change it.`,
			},
			read: {cause: 'Answers only say where a secret is.', fix: references},
			'env name': {
				message: '{answer} must be env:NAME, a name of letters, digits and underscores',
				...almost,
			},
			'file path': {message: '{answer} must be file:PATH, with the path of a file', ...almost},
			'k8s parts': {message: '{answer} must be k8s:namespace/name/key, with all three parts', ...almost},
			'lower case': {message: '{answer} must be in lower case: env:, file:, k8s:, generate or prompt', ...almost},
			'shell variable': {
				message: '{answer} must be env:NAME: no shell fills in $NAME here',
				...almost,
			},
			'no word here': {
				message: '{answer} must be typed here itself: prompt is a word for answer files',
				cause: 'In an answer file prompt means that the secret is asked for, and this is where it is asked for.',
				fix: 'Type the secret. Where it is this very word, put it into a file and write file:PATH.',
			},
		},
	},
	'answers-conflict': {
		area: 'usage',
		cause: 'The two belong together.',
		fix: 'Set {path}, or change {other}.',
		cases: {
			same: {
				message: '{answer} is the same {what} as {other}: "{value}"; they must differ',
				cause: 'What is installed side by side needs names of its own.',
			},
			'same by default': {
				message: '{answer} is the same {what} as {other}: "{value}"; they must differ',
				cause: 'It is not given, so its default counts, and {other} has that already.',
			},
			'same by default, proposed': {
				message: '{answer} is the same {what} as {other}: "{value}"; they must differ',
				cause: 'It is not given, so its default counts, and {other} has that already.',
				fix: 'Set {path}, for example to {proposed}.',
			},
			'runner namespace': {
				message: '{answer} is the namespace of {other}: "{value}"; runner jobs need one of their own',
				cause: runnersReadSecrets,
				fix: 'Name another namespace in {path}.',
			},
			'namespace of runners': {
				message: '{answer} is in the namespace of the runner jobs, {other}: "{value}"; they must differ',
				cause: runnersReadSecrets,
				fix: 'Name another namespace in {path}, or in {other}.',
			},
			'namespace of the cluster': {
				message: '{answer} is a namespace of the cluster itself',
				cause: 'Names that begin with kube- or openshift- are kept for the parts of the cluster.',
				fix: 'Name a namespace of its own in {path}.',
			},
			'namespace of drills': {
				message: '{answer} is the namespace of drills',
				cause: 'A drill restores a backup there, and removes the namespace with all that is in it.',
				fix: 'Name another namespace in {path}.',
			},
			'over limit': {message: '{answer} is more than {other}; Kubernetes refuses such pods'},
			'over default limit': {
				message: '{answer} is more than {other}; Kubernetes refuses such pods',
				cause: '{other} is not given, so its default counts.',
			},
			'below request': {message: '{answer} is less than {other}; Kubernetes refuses such pods'},
			needed: {message: '{answer} is needed with {other}'},
			'key needed': {
				message:
					'{answer} is needed with bundle.signature.mode require: a signature proves nothing without a known key',
			},
			'gateway needed': {
				message: '{answer} is needed with ingress.kind gateway',
				cause: 'An HTTPRoute is served by the Gateway that it attaches to, and by nobody else.',
				fix: 'Name the Gateway as namespace/name, or change {other}.',
			},
			'not for this kind': {
				message: '{answer} has no effect unless ingress.kind is gateway',
				cause: 'Only an HTTPRoute attaches to a Gateway, and {other} asks for none.',
				fix: 'Set {other} to gateway, or take {path} out.',
			},
			'clear text': {
				message: '{answer} says http://, and {other} is not true',
				cause: 'Keys and files would go over the network in clear text.',
				fix: 'Write https:// in {path}; where the server speaks no TLS, set {other} to true.',
			},
			'no use without TLS': {
				message: '{answer} has no effect without TLS, which {other} turns off',
				cause: 'Certificates are shown and checked while TLS is made, and the answers ask for none.',
				fix: 'Change {other}, or take {path} out.',
			},
			'leaves without use': {
				message: '{answer} turns TLS off, and {other} has no effect without it',
				cause: 'Certificates are shown and checked while TLS is made.',
				fix: 'Take {other} out, or change {path}.',
			},
			'too long for MySQL': {
				message: '{answer} must be 32 characters at most on MySQL',
				cause: 'MySQL refuses longer role names, and {other} is mysql, given or by default.',
				fix: 'Shorten {path}, or change {other}.',
			},
			'MySQL and too long': {
				message: '{answer} mysql takes role names of 32 characters at most; {other} is longer',
				cause: 'MySQL refuses longer role names.',
				fix: 'Shorten {other}, or change {path}.',
			},
			'cannot be made': {
				message: '{answer} cannot be generated: this login exists already',
				cause: 'Only a secret that this tool makes can be generated.',
				fix: 'Set {path} to where the secret is: env:NAME, file:PATH, k8s:namespace/name/key or prompt.',
			},
			'kept in the cluster': {
				message: '{answer} cannot be generated: it would be kept in the cluster alone',
				cause: 'Backups are read when the cluster is gone.',
				fix: 'Set {path} to where the secret is: env:NAME, file:PATH or prompt. Keep it outside of the cluster as well.',
			},
		},
	},
	'answers-set-syntax': {
		area: 'usage',
		cases: {
			'no path': {
				message: '--set number {number}: is not path=value',
				cause: 'There is no path before an equals sign.',
				fix: 'Write for example --set registry.host=internal-registry.mycompany.com',
			},
			hole: {
				message: '{answer}: names an item that would leave a hole in the list',
				cause: 'Items are numbered from 0, and there is none before this one.',
				fix: 'Take the next free number.',
			},
		},
	},
} as const satisfies ProblemTable;
