import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {loadDraft, overrideOf, parseOverrides} from '../../source/answers/file/load.ts';
import {resolveSecret, type SecretSources} from '../../source/answers/secrets.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import {base, problemsOf, replaced, shortest} from './samples.ts';

type Told = {readonly code: ProblemCode; readonly message: string; readonly cause: string; readonly fix: string};
type Refusal = readonly [title: string, problems: () => readonly Problem[], first: Told];

const ofFile = (text: string) => () => problemsOf(text);
const ofArguments =
	(...args: readonly string[]) =>
	() => {
		const {overrides, problems} = parseOverrides(args);
		return problems.length > 0 ? problems : problemsOf(shortest, overrides);
	};

const notYaml = {code: 'answers-syntax', message: 'The answer file is not valid YAML here'} as const;
const secretForms = 'Write env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt.';
const namesOfTheirOwn = 'What is installed side by side needs names of its own.';

const refusals: readonly Refusal[] = [
	[
		'a missing answer with an example',
		ofFile(replaced('  key: ~/tls.key\n', '')),
		{
			code: 'answers-missing',
			message: 'tls.key is missing',
			cause: 'Private key of that certificate (PEM): there is no default for it.',
			fix: 'Add tls.key. For example: /etc/pki/zenml/tls.key',
		},
	],
	[
		'a database server that two components need',
		ofFile(replaced('host: postgres.corp.internal', 'port: 5432')),
		{
			code: 'answers-missing',
			message: 'database.host is missing',
			cause: 'database is the server of every component that names none of its own: controlPlane, workspaces.0.',
			fix: 'Add database.host, for example mysql.internal.mycompany.com, or name a server in controlPlane.database.server, workspaces.0.database.server.',
		},
	],
	[
		'a missing list',
		ofFile(shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, '')),
		{
			code: 'answers-missing',
			message: 'workspaces is missing',
			cause: 'Workspace servers, one or more: there is no default for it.',
			fix: 'Add an item to workspaces.',
		},
	],
	[
		'a key near a known one',
		ofFile(`${shortest}ingress: {clasName: a}\n`),
		{
			code: 'answers-unknown-key',
			message: 'ingress.clasName is not an answer; did you mean ingress.className?',
			cause:
				'The keys of ingress are kind, className, gateway, listener, address, httpsPort, proxyAddresses, annotations.',
			fix: 'Write ingress.className.',
		},
	],
	[
		'a key like no other',
		ofFile(`${shortest}helm: {colourful: red}\n`),
		{
			code: 'answers-unknown-key',
			message: 'helm.colourful is not an answer',
			cause: 'The keys of helm are binary, timeoutMinutes.',
			fix: 'Take it out.',
		},
	],
	[
		'a key that swallowed its value',
		ofFile(`${shortest}helm: {"colourful:red": }\n`),
		{
			code: 'answers-unknown-key',
			message: 'helm.colourful is not an answer',
			cause: 'The keys of helm are binary, timeoutMinutes.',
			fix: 'Write "key: value" with a space after the colon.',
		},
	],
	[
		'a known key that swallowed its value',
		ofFile(`${shortest}helm: {"binary:helm": }\n`),
		{
			code: 'answers-unknown-key',
			message: 'helm.binary is not an answer; did you mean helm.binary?',
			cause: 'The keys of helm are binary, timeoutMinutes.',
			fix: 'Write "key: value" with a space after the colon.',
		},
	],
	[
		'a map as key',
		ofFile(`${shortest}? {a: b}\n: c\n`),
		{
			code: 'answers-unknown-key',
			message: 'This key is not a name',
			cause: 'Keys are names of letters and digits, such as registry.',
			fix: 'Write "name: value".',
		},
	],
	[
		'a template in the place of a value, told once',
		ofFile(`${shortest}helm:\n  binary: {{ helm_path }}\n`),
		{
			code: 'answers-unknown-key',
			message: 'helm.binary is a template here, not a value',
			cause: 'Nothing fills in what stands between {{ and }} in an answer file.',
			fix: 'Write the value itself. If it is meant as it stands, put it in quotes.',
		},
	],
	[
		'an argument near an answer',
		ofArguments('workspaces.0.hots=a'),
		{
			code: 'answers-unknown-key',
			message: '--set workspaces.0.hots: is not an answer; did you mean workspaces.0.host?',
			cause: 'Each --set sets one answer, by its path in the answer file.',
			fix: 'Write --set workspaces.0.host=…',
		},
	],
	[
		'an argument like no answer',
		ofArguments('colour=red'),
		{
			code: 'answers-unknown-key',
			message: '--set colour: is not an answer',
			cause: 'Each --set sets one answer, by its path in the answer file.',
			fix: 'Look for its path in the file that this writes: zenml-airgap answers init answers.yaml',
		},
	],
	[
		'an argument that names a group',
		ofArguments('workspaces=a'),
		{
			code: 'answers-unknown-key',
			message: '--set workspaces: is a group of answers, not one answer',
			cause: 'Each --set sets one answer, by its path in the answer file.',
			fix: 'Set one of its answers, such as workspaces.0.name.',
		},
	],
	[
		'an argument without a path',
		ofArguments('registry.host'),
		{
			code: 'answers-set-syntax',
			message: '--set number 1: is not path=value',
			cause: 'There is no path before an equals sign.',
			fix: 'Write for example --set registry.host=internal-registry.mycompany.com',
		},
	],
	[
		'an argument that leaves a hole',
		ofArguments('workspaces.5.name=a'),
		{
			code: 'answers-set-syntax',
			message: '--set workspaces.5.name: names an item that would leave a hole in the list',
			cause: 'Items are numbered from 0, and there is none before this one.',
			fix: 'Take the next free number.',
		},
	],
	[
		'a list that is a map',
		ofFile(shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces: {name: a}\n')),
		{
			code: 'answers-wrong-type',
			message: 'workspaces must be a list, not a map',
			cause: 'Workspace servers, one or more. It is written as a list.',
			fix: 'Begin each item on its own line with "- ".',
		},
	],
	[
		'a group that is a text',
		ofFile(`${shortest}helm: helm\n`),
		{
			code: 'answers-wrong-type',
			message: 'helm must be a map, not text',
			cause: 'The helm program. It is written as a map.',
			fix: 'Write its keys below it, indented, each as "key: value".',
		},
	],
	[
		'a number that is a text',
		ofFile(`${shortest}ingress: {httpsPort: "443"}\n`),
		{
			code: 'answers-wrong-type',
			message: 'ingress.httpsPort must be a whole number, not text',
			cause: 'Port on which the ingress controller answers HTTPS. It is written as a whole number.',
			fix: 'Write a whole number, without quotes. For example: 443',
		},
	],
	[
		'a text that is a list',
		ofFile(`${shortest}helm: {binary: [helm]}\n`),
		{
			code: 'answers-wrong-type',
			message: 'helm.binary must be text, not a list',
			cause:
				'helm program, 3.8 or newer; auto: that of the bundle, else the own one of the installer, else that in PATH. It is written as text.',
			fix: 'Write one text. For example: auto',
		},
	],
	[
		'a text in a map that is a list',
		ofFile(`${shortest}ingress: {annotations: {a: [b]}}\n`),
		{
			code: 'answers-wrong-type',
			message: 'ingress.annotations.a must be text, not a list',
			cause: 'Annotations of each Ingress, and of each Route but for those of ingress-nginx. It is written as text.',
			fix: 'Write one text.',
		},
	],
	[
		'a text that is a number, which is not repeated',
		ofFile(`${shortest}helm: {binary: 7}\n`),
		{
			code: 'answers-wrong-type',
			message: 'helm.binary must be text, not a number',
			cause:
				'helm program, 3.8 or newer; auto: that of the bundle, else the own one of the installer, else that in PATH. It is written as text.',
			fix: 'Put it in quotes: binary: "…"',
		},
	],
	[
		'an empty text in a map',
		ofFile(`${shortest}ingress: {annotations: {a: }}\n`),
		{
			code: 'answers-wrong-type',
			message: 'ingress.annotations.a must be text, not empty',
			cause: 'Annotations of each Ingress, and of each Route but for those of ingress-nginx. It is written as text.',
			fix: 'Put it in quotes: a: "…"',
		},
	],
	[
		'a quantity that is a number',
		ofFile(`${shortest}workloadManager: {podResources: {limits: {cpu: 2}}}\n`),
		{
			code: 'answers-wrong-type',
			message: 'workloadManager.podResources.limits.cpu must be text, not a number',
			cause: 'CPU and memory of runner pods. It is written as text.',
			fix: 'Put it in quotes: cpu: "2"',
		},
	],
	[
		'a file that holds a list',
		ofFile('- a\n'),
		{
			code: 'answers-wrong-type',
			message: 'The answer file does not hold answers',
			cause: 'An answer file is a map of keys and values.',
			fix: 'Write "key: value" lines. This writes a file to start from: zenml-airgap answers init answers.yaml',
		},
	],
	[
		'a choice that was misspelt',
		ofFile(replaced('host: postgres.corp.internal', 'host: p\n  tls: verify-ful')),
		{
			code: 'answers-invalid-value',
			message: 'database.tls must be one of verify-full, require, disable',
			cause:
				'Encryption of database connections: checked against the CA, unchecked, or none. The value given does not fit.',
			fix: 'Write verify-full, require or disable. Did you mean verify-full?',
		},
	],
	[
		'a choice that is like no other',
		ofFile(`${shortest}bundle: {compress: lzma-9}\n`),
		{
			code: 'answers-invalid-value',
			message: 'bundle.compress must be one of none, gzip, zstd',
			cause:
				'Compresses raw layers on this host before they are pushed, for slow links; none is fastest on a fast one. The value given does not fit.',
			fix: 'Write none, gzip or zstd.',
		},
	],
	[
		'an empty list',
		ofFile(shortest.replace(/^workspaces:\n(?: {2}.*\n)*/mu, 'workspaces: []\n')),
		{
			code: 'answers-invalid-value',
			message: 'workspaces must have at least one entry',
			cause: 'Workspace servers, one or more. The value given does not fit.',
			fix: 'Add an item to workspaces.',
		},
	],
	[
		'a bad quantity',
		ofFile(`${shortest}workloadManager: {podResources: {limits: {cpu: lots}}}\n`),
		{
			code: 'answers-invalid-value',
			message: 'workloadManager.podResources.limits.cpu must be a Kubernetes quantity such as 500m or 2Gi',
			cause: 'CPU and memory of runner pods. The value given does not fit.',
			fix: 'Change it.',
		},
	],
	[
		'a host with a scheme, by an argument',
		ofArguments('registry.host=https://r'),
		{
			code: 'answers-invalid-value',
			message: '--set registry.host must be host or host:port in lower case, without https://',
			cause: 'Internal registry, host or host:port. The value given does not fit.',
			fix: 'Change it. For example: internal-registry.mycompany.com',
		},
	],
	[
		'a variable that is none',
		ofFile(replaced('- name: default', '- name: default\n    environment: {"A-B": x}')),
		{
			code: 'answers-invalid-value',
			message: 'workspaces.0.environment has a key that is not a variable name',
			cause: 'Further environment variables of the server; all values are text. The value given does not fit.',
			fix: 'Change it.',
		},
	],
	[
		'a secret in a file',
		ofFile(`${shortest}organization: {users: [{username: a, password: hunter2}]}\n`),
		{
			code: 'answers-literal-secret',
			message: 'organization.users.0.password must be a reference to a secret, not the secret itself',
			cause: 'Answers are saved, shown and handed on, so they only say where a secret is.',
			fix: `${secretForms} If a real secret was written here, change it: it may have been copied.`,
		},
	],
	[
		'a secret in an argument',
		ofArguments('controlPlane.admin.password="hunter2"'),
		{
			code: 'answers-literal-secret',
			message: '--set controlPlane.admin.password: must be a reference to a secret, not the secret itself',
			cause: 'Arguments are visible to every user of this host and are kept in the history of the shell.',
			fix: `${secretForms} If a real secret was typed here, change it.`,
		},
	],
	[
		'a host name that stands twice',
		ofFile(replaced('zenml-workspace.corp', 'zenml-pro.corp')),
		{
			code: 'answers-conflict',
			message:
				'workspaces.0.host is the same host name as controlPlane.host: "zenml-pro.corp.internal"; they must differ',
			cause: namesOfTheirOwn,
			fix: 'Set workspaces.0.host, or change controlPlane.host.',
		},
	],
	[
		'a default that somebody else was given',
		ofFile(replaced('host: zenml-pro.corp.internal', 'host: zenml-pro.corp.internal\n  namespace: zenml-workspace')),
		{
			code: 'answers-conflict',
			message:
				'workspaces.0.namespace is the same namespace as controlPlane.namespace: "zenml-workspace"; they must differ',
			cause: 'It is not given, so its default counts, and controlPlane.namespace has that already.',
			fix: 'Set workspaces.0.namespace, or change controlPlane.namespace.',
		},
	],
	[
		'a request above a limit that is given',
		ofFile(
			replaced(
				'host: zenml-pro.corp.internal',
				'host: zenml-pro.corp.internal\n  resources: {requests: {cpu: "2e0"}, limits: {cpu: 1500m}}',
			),
		),
		{
			code: 'answers-conflict',
			message:
				'controlPlane.resources.requests.cpu is more than controlPlane.resources.limits.cpu; Kubernetes refuses such pods',
			cause: 'The two belong together.',
			fix: 'Set controlPlane.resources.requests.cpu, or change controlPlane.resources.limits.cpu.',
		},
	],
	[
		'a request above the default limit',
		ofFile(
			replaced(
				'host: zenml-pro.corp.internal',
				'host: zenml-pro.corp.internal\n  resources: {requests: {memory: 1Ti}}',
			),
		),
		{
			code: 'answers-conflict',
			message:
				'controlPlane.resources.requests.memory is more than controlPlane.resources.limits.memory; Kubernetes refuses such pods',
			cause: 'controlPlane.resources.limits.memory is not given, so its default counts.',
			fix: 'Set controlPlane.resources.requests.memory, or change controlPlane.resources.limits.memory.',
		},
	],
	[
		'a client certificate without its key',
		ofArguments('registry.clientCertificate=/c'),
		{
			code: 'answers-conflict',
			message: 'registry.clientKey is needed with registry.clientCertificate',
			cause: 'The two belong together.',
			fix: 'Set registry.clientKey, or change registry.clientCertificate.',
		},
	],
	[
		'a signature that is required of nobody',
		ofArguments('bundle.signature.mode=require'),
		{
			code: 'answers-conflict',
			message:
				'bundle.signature.publicKey is needed with bundle.signature.mode require: a signature proves nothing without a known key',
			cause: 'The two belong together.',
			fix: 'Set bundle.signature.publicKey, or change bundle.signature.mode.',
		},
	],
	[
		'a generated password of a login that exists',
		ofArguments('database.admin.password=generate'),
		{
			code: 'answers-conflict',
			message: '--set database.admin.password cannot be generated: this login exists already',
			cause: 'Only a secret that this tool makes can be generated.',
			fix: 'Set database.admin.password to where the secret is: env:NAME, file:PATH, k8s:namespace/name/key or prompt.',
		},
	],
	[
		'a key that is given twice',
		ofFile(`${shortest}registry: {}\n`),
		{
			code: 'answers-duplicate-key',
			message: 'registry is given twice',
			cause: 'It is already given in line 1, column 1. Only one of the two can count.',
			fix: 'Take one of them out.',
		},
	],
	[
		'a key that is no answer and is given twice',
		ofFile(`${shortest}x: 1\nx: 2\n`),
		{
			code: 'answers-unknown-key',
			message: 'x is not an answer',
			cause: expect.stringMatching(/^The keys of the answers are version, bundle, .*, hooks\.$/u) as string,
			fix: 'Take it out.',
		},
	],
	[
		'more bytes than an answer file has',
		ofFile('#'.repeat(1024 * 1024 + 1)),
		{
			code: 'answers-too-large',
			message: 'The answer file has more than 1 MiB',
			cause: 'An answer file has 1 MiB at most; this looks like another file.',
			fix: 'Give the path of the answer file.',
		},
	],
	[
		'more values than an answer file has',
		ofFile(`a: [${'1,'.repeat(30_000)}]\n`),
		{
			code: 'answers-too-large',
			message: 'The answer file has more than 20000 values',
			cause: 'An answer file has 20000 values at most; this looks like another file.',
			fix: 'Give the path of the answer file.',
		},
	],
	[
		'more levels than an answer file has',
		ofFile(`a: ${'['.repeat(40)}${']'.repeat(40)}\n`),
		{
			code: 'answers-too-large',
			message: 'The answer file has too many levels',
			cause: 'An answer file has 32 levels at most; this looks like another file.',
			fix: 'Give the path of the answer file.',
		},
	],
];

test.each([
	['too far to the left', 'registry:\n host: r:5000\n  username: u\n  prefix: z\n  insecure: false\n', 2],
	['too far to the left below others', 'registry:\n  username: u\n host: r:5000\n  prefix: z\n  insecure: false\n', 3],
	['too far to the right', 'registry:\n  host: r:5000\n   username: u\n  prefix: z\n  insecure: false\n', 2],
])('a line that stands %s is one mistake, not one for each line below it', (_where, text, line) => {
	expect(problemsOf(text)).toMatchObject([{code: 'answers-syntax', location: {line}}]);
});

/** A text that is no YAML, with the cause that is told of it. */
const slips: readonly (readonly [text: string, cause: string, fix: string])[] = [
	['a: *nobody\n', 'The alias has no anchor before it.', 'Put the value in quotes, or write it out.'],
	['a: &one &two b\n', 'An anchor, alias or tag is not where it can be.', 'Write the value out instead.'],
	['%NO directive\n---\na: b\n', 'The line begins with %, which is for YAML directives.', 'Take the line out.'],
	[
		'a: "\\z"\n',
		'A backslash in double quotes is followed by a character that has no meaning there.',
		'Use single quotes, or write the backslash twice.',
	],
	['a: {b:\n  - c\n}\n', 'A multi-line value stands within { } or [ ].', 'Write the map or list on several lines.'],
	[
		'a:\n  - b\n c: d\n',
		'The indentation does not fit the lines above.',
		'Indent the keys of one map by the same number of spaces.',
	],
	...['a: [b\n', 'a: {b: c\nd: e\n'].map(
		(text) =>
			[
				text,
				'Something is missing: a colon with a space after it, a comma, a closing quote or a bracket.',
				'Look at this line and the one above, and add what is missing.',
			] as const,
	),
	[
		'a: "b\n',
		'Something is missing: a colon with a space after it, a comma, a closing quote or a bracket.',
		'Look at this line and the one above, and add what is missing.',
	],
	[
		'a: b: c\n',
		'A key and its colon must be on one line, and a value that holds ": " needs quotes.',
		'Write "key: value" with a space after the colon, and put the value in quotes.',
	],
	[
		'a: b\n---\nc: d\n',
		'A line with --- begins a second document, and an answer file has one.',
		'Take out the line with --- and what follows it.',
	],
	[
		'a: @b\n',
		'The text begins or goes on with a character that means something in YAML.',
		'Put the value in single quotes.',
	],
	[
		'a: -----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nb: c\n',
		'A certificate or key was pasted in here; answers hold the path of the file that it is in.',
		'Put it into a file of its own, for a key with mode 0600, and write the path of that file here.',
	],
	[
		'a:\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n  b: c\n',
		'A certificate or key was pasted in here; answers hold the path of the file that it is in.',
		'Put it into a file of its own, for a key with mode 0600, and write the path of that file here.',
	],
	[
		'a: |\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nb: c\n',
		'A certificate or key was pasted in here; answers hold the path of the file that it is in.',
		'Put it into a file of its own, for a key with mode 0600, and write the path of that file here.',
	],
	['a:\n\tb: c\n', 'The line is indented by a tab.', 'Indent by spaces.'],
	['a: {b: 1,\n\tc: 2}\n', 'The line is indented by a tab.', 'Indent by spaces.'],
	['a:\n  b: |\n\tc\n', 'The line is indented by a tab.', 'Indent by spaces.'],
	['a:\n\tb: c\n\td: e\n\n \tf: g\n', 'The lines 2, 3, 5 are indented by tabs.', 'Indent them by spaces.'],
	[
		'a: !host b\n',
		'Answers are plain text, numbers, true and false; tags such as !name are not.',
		'Take the tag out, or put the value in quotes.',
	],
	[
		'a: b\u001b[0m\n',
		'Here stands a control character U+001B, which no editor shows, and YAML does not allow it.',
		'Take it out, or write this line anew.',
	],
	['a: b\n}\n', 'YAML does not allow what stands here.', 'Look at this line and the one above.'],
];

describe('what is refused in answers', () => {
	it.each(refusals)('%s has its cause and the next move', (_title, problems, told) => {
		expect(problems()[0]).toMatchObject({...told, area: 'usage', who: 'operator'});
	});

	it.each([
		['a:\n\tb: c\n\td: e\n\tf: g\n', 1],
		['a:\n\tb: {c\n\td: e:f: g\nh: [\n', 1],
		['a:\n  b: "c\n\td"\n', 1],
		['h: @\na:\n  b: c\n\td: e\n\tf: g\n', 2],
	])('lines with tabs in %j are one mistake, which brings no other along', (text, count) => {
		expect(problemsOf(text)).toHaveLength(count);
	});

	it.each(slips)('the slip in %j is named', (text, cause, fix) => {
		expect(problemsOf(text)[0]).toMatchObject({...notYaml, cause, fix});
	});

	it.each([
		['in a value', 'registry:\n  host: re\u001bgistry\n', {line: 2, column: 11}],
		['in a key', 'regi\u0007stry: {}\n', {line: 1, column: 5}],
		['in quotes, where an escape may stand for it', 'a: "b"\nc: "\u009bd\\e"\n', {line: 2, column: 5}],
		['in a comment', '# a\n#\u007f\n', {line: 2, column: 2}],
	])('a control character %s is told at its place, once a line', (_where, text, place) => {
		expect(problemsOf(text)).toMatchObject([{...notYaml, location: {file: 'site.yaml', ...place}}]);
		expect(problemsOf(text.replace(/(?!\n)\p{Cc}/u, '$&$&'))).toHaveLength(1);
	});

	it('tells of a key that is no answer where it is given the second time', () => {
		expect(problemsOf(`${shortest}a:\n  x: 1\n  x: 2\n`)).toContainEqual(
			expect.objectContaining({
				code: 'answers-duplicate-key' satisfies ProblemCode,
				message: 'A key is given twice',
				answers: ['a'],
				location: {file: 'site.yaml', line: 16, column: 3},
			}),
		);
	});
});

describe('answers that are kept values', () => {
	const kept = {...base, kind: 'values', file: '/state/install.json'} as const;

	it('need no text, and paths in them are made absolute', () => {
		const {draft, problems, given} = loadDraft({...kept, values: {tls: {key: 'k.pem'}, helm: {binary: 'helm'}}});
		expect(draft).toEqual({tls: {key: '/srv/site/k.pem'}, helm: {binary: 'helm'}});
		expect(problems).toEqual([]);
		expect(given).toEqual(['tls.key', 'helm.binary']);
	});

	it('are refused by file and path, at no line, since nobody wrote any', () => {
		const {problems} = loadDraft({...kept, values: {registry: {host: 'A_B', colour: 'red'}, database: {host: 1}}});
		expect(problems.map(({message, location}) => [message, location])).toEqual([
			['registry.host must be host or host:port in lower case, without https://', {file: '/state/install.json'}],
			['registry.colour is not an answer', {file: '/state/install.json'}],
			['database.host must be text, not a number', {file: '/state/install.json'}],
		]);
	});

	it('are refused where they are no map', () => {
		const {problems} = loadDraft({...kept, values: [1]});
		expect(problems).toMatchObject([
			{code: 'answers-wrong-type' satisfies ProblemCode, location: {file: '/state/install.json'}},
		]);
	});
});

describe('answers of flags', () => {
	const first = (...overrides: readonly ReturnType<typeof overrideOf>[]): Problem | undefined =>
		problemsOf(shortest, overrides)[0];

	it('are taken as they are: a text that looks like something else stays a text', () => {
		const overrides = [
			overrideOf('kubernetes.context', 'null', '--context'),
			overrideOf('registry.concurrency', 7, '--concurrency'),
			overrideOf('registry.plainHttp', true, '--plain-http'),
			overrideOf('bundle.path', '"b" = 7', '--bundle'),
			overrideOf('registry.username', 'ada', '--username'),
			overrideOf('registry.password', 'env:TOKEN', '--password-ref'),
		];
		expect(loadDraft({text: shortest, ...base, overrides, overrideDirectory: '/here'}).draft).toMatchObject({
			kubernetes: {context: 'null'},
			registry: {concurrency: 7, plainHttp: true, username: 'ada', password: 'env:TOKEN'},
			bundle: {path: '/here/"b" = 7'},
		});
	});

	it('are refused by the name of the flag', () => {
		expect(first(overrideOf('registry.host', 'https://r', '--registry'))?.message).toBe(
			'--registry must be host or host:port in lower case, without https://',
		);
		expect(first(overrideOf('registry.password', 'hunter2', '--password-ref'))?.message).toBe(
			'--password-ref: must be a reference to a secret, not the secret itself',
		);
		expect(first(overrideOf('registry.clientKey', '/k', '--client-key'))?.message).toBe(
			'registry.clientCertificate is needed with registry.clientKey',
		);
	});

	it('of which one key is wrong are refused by the flag too', () => {
		const [problem] = problemsOf(shortest, parseOverrides(['workloadManager.podResources=limits.cpu=lots']).overrides);
		expect(problem?.message).toBe(
			'--set workloadManager.podResources must be a Kubernetes quantity such as 500m or 2Gi',
		);
		expect(problem?.answers).toEqual(['workloadManager.podResources.limits.cpu']);
	});

	it('that take an answer away are named where it is missed', () => {
		const [problem] = problemsOf(shortest, parseOverrides(['registry.host=null']).overrides);
		expect(problem?.message).toBe('--set registry.host is missing');
	});
});

describe('what is refused of files and secrets', () => {
	let folder = '';
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'answers-problems-'));
		await writeFile(join(folder, 'empty'), '\n');
	});
	afterAll(() => rm(folder, {recursive: true}));

	const sources = (over: Partial<SecretSources> = {}): SecretSources => ({
		answer: 'registry.password',
		environment: {EMPTY: ''},
		readKubernetesSecret: async ({name}) => (name === 'none' ? undefined : {data: {a: 'eA==', empty: ''}}),
		...over,
	});
	const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
		const error = await work.catch((thrown: unknown) => thrown);
		if (!(error instanceof ProblemError)) throw new Error(`It was not refused: ${String(error)}`);
		return error.problem;
	};
	const ofSecret = (reference: string, over?: Partial<SecretSources>): Promise<Problem> =>
		problemOf(resolveSecret(reference.replace('HERE', folder), sources(over)));
	const failing = (code: string): Partial<SecretSources> => ({
		readFile: async () => {
			throw Object.assign(new Error('no'), {code});
		},
	});

	const environmentFix = (name: string): string => `Set it and start again: read -rs ${name} && export ${name}`;
	const inFile = 'The answers say that this secret is in that file.';

	it.each<[string, Partial<SecretSources>, ProblemCode, string, string]>([
		[
			'env:NOT_SET',
			{},
			'answers-secret-env',
			'The answers say that this secret is in NOT_SET, and this program does not find it there.',
			environmentFix('NOT_SET'),
		],
		[
			'env:EMPTY',
			{},
			'answers-secret-env',
			'The answers say that this secret is in EMPTY, and this program does not find it there.',
			environmentFix('EMPTY'),
		],
		['file:HERE/none', {}, 'answers-secret-file', inFile, 'Make the file, or correct the path.'],
		['file:HERE/empty/below', {}, 'answers-secret-file', inFile, 'Correct the path: one of its folders is a file.'],
		['file:HERE', {}, 'answers-secret-file', inFile, 'Name the file in it that holds the secret.'],
		['file:HERE/empty', {}, 'answers-secret-file', inFile, 'Write the secret into it, in one line.'],
		['file:/x', failing('EPERM'), 'answers-secret-file', inFile, 'Let this user read it: chmod u+r, or chown.'],
		[
			'file:/x',
			failing('EIO'),
			'answers-secret-file',
			`${inFile} The disk reported an error; removable media may have been pulled out or be worn.`,
			'Look at the file and its folder.',
		],
		[
			'k8s:ns/none/a',
			{},
			'answers-secret-kubernetes',
			'The answers say that this secret is in key a of secret ns/none.',
			'Make it: kubectl create secret generic none -n ns --from-file=a=FILE',
		],
		[
			'k8s:ns/s/b',
			{},
			'answers-secret-kubernetes',
			'The answers say that this secret is in key b of secret ns/s.',
			'Name one of its keys (a, empty), or add the key.',
		],
		[
			'k8s:ns/s/empty',
			{},
			'answers-secret-kubernetes',
			'The answers say that this secret is in key empty of secret ns/s.',
			'Write the secret into it.',
		],
		[
			'prompt',
			{prompted: ''},
			'answers-secret-prompt',
			'The answer is prompt. Typed secrets are kept in memory only, and this run has none for it.',
			'Start with a screen and type it, or write env:NAME, file:PATH or k8s:namespace/name/key.',
		],
		[
			'generate',
			{},
			'answers-secret-generate',
			'The answer is generate, so there is nothing to read it from.',
			'Send the saved report to the authors. Until then write env:NAME, file:PATH or k8s:namespace/name/key.',
		],
		['hunter2', {}, 'answers-literal-secret', 'Answers only say where a secret is.', secretForms],
	])('%s is refused with its cause and the next move', async (reference, over, code, cause, fix) => {
		expect(await ofSecret(reference, over)).toMatchObject({code, cause, fix, answers: ['registry.password']});
	});

	it('lets a stop through as a stop', async () => {
		const stopped = new DOMException('stopped', 'AbortError');
		const readFile = async (): Promise<never> => {
			throw stopped;
		};
		await expect(resolveSecret('file:/x', sources({readFile}))).rejects.toBe(stopped);
	});
});
