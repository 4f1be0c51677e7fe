import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Problem, ProblemError} from '../../source/base/problem.ts';
import {loadKubeconfig} from '../../source/cluster/kubeconfig/load.ts';
import {kubeconfigOf, makePki} from './server.ts';
import type {Told} from './support/problem-of.ts';

let directory = '';
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'kubeconfig-test-'));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

const answers = ['kubernetes.kubeconfig', 'kubernetes.context'];
const server = 'https://10.0.0.1:6443';
const token = {token: 'very-secret'};
const write = async (name: string, content: unknown): Promise<string> => {
	const file = join(directory, name);
	await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
	return file;
};

/** Why a kubeconfig is refused. No refusal quotes it. */
const refusal = (options: {kubeconfig?: string; context?: string; KUBECONFIG?: string}): Problem => {
	const {KUBECONFIG, ...rest} = options;
	try {
		loadKubeconfig({homeDirectory: directory, environment: {KUBECONFIG}, ...rest}, Date.now());
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		expect(JSON.stringify(error.problem)).not.toContain('very-secret');
		return error.problem;
	}
	throw new Error('it was accepted');
};

const expectRefusal = (options: Parameters<typeof refusal>[0], told: Told): Problem => {
	const problem = refusal(options);
	expect(problem).toMatchObject({answers, area: 'usage', ...told});
	return problem;
};

describe('a kubeconfig that is not there', () => {
	it.each([
		['the answers', (file: string) => ({kubeconfig: file})],
		['$KUBECONFIG', (file: string) => ({KUBECONFIG: file})],
	])('is named with the place it was expected from: %s', (from, options) => {
		const file = join(directory, 'nowhere');
		expectRefusal(options(file), {
			code: 'kubeconfig-missing',
			message: `There is no kubeconfig at ${file}.`,
			cause: `That path comes from ${from}, and no file is there.`,
			fix: 'Name the kubeconfig file of this cluster: --kubeconfig FILE, or the answer kubernetes.kubeconfig.',
			answers: ['kubernetes.kubeconfig'],
		});
	});

	it('is expected in the home directory where nobody names one', () => {
		expectRefusal(
			{},
			{
				code: 'kubeconfig-missing',
				message: `There is no kubeconfig at ${join(directory, '.kube', 'config')}.`,
				cause: 'That path comes from the default place, and no file is there.',
				answers: ['kubernetes.kubeconfig'],
			},
		);
	});

	it('is named with all of $KUBECONFIG', () => {
		expect(refusal({KUBECONFIG: '/nowhere/a::/nowhere/b'}).message).toBe(
			'There is no kubeconfig at /nowhere/a or /nowhere/b.',
		);
	});
});

describe('a kubeconfig that cannot be read', () => {
	const fix = 'Give this user the right to read the file, or choose another one.';

	it('as it is a folder says so', () => {
		expectRefusal(
			{kubeconfig: directory},
			{
				code: 'kubeconfig-unreadable',
				message: `The kubeconfig ${directory} cannot be read.`,
				cause: 'The operating system does not let it be read. It is a folder, but a file was expected.',
				fix,
				location: {file: directory},
			},
		);
	});

	it.skipIf(process.getuid?.() === 0)('by this user is told apart from one that is missing', async () => {
		const kubeconfig = await write('locked', '{}');
		await chmod(kubeconfig, 0);
		const cause = 'The operating system does not let it be read. This user may not read it.';
		expectRefusal({kubeconfig}, {code: 'kubeconfig-unreadable', cause, fix});
	});
});

describe('a kubeconfig that is none', () => {
	const fix = 'Correct the file, or ask the cluster admin for a new one.';

	it('by its YAML is refused with line and column', async () => {
		const kubeconfig = await write('broken', 'apiVersion: v1\nclusters: [\n  {name: a\n');
		const found = expectRefusal(
			{kubeconfig},
			{code: 'kubeconfig-invalid', message: `The kubeconfig ${kubeconfig} is not valid.`, fix},
		);
		expect(found.cause).toMatch(/^It is no YAML: \w/u);
		expect(found.location).toEqual({file: kubeconfig, line: 4, column: 1});
	});

	it.each([
		['just text', 'the whole file: Invalid input: expected object, received string'],
		['[]', 'the whole file: Invalid input: expected object, received array'],
		['clusters: 5', 'clusters: Invalid input: expected array, received number'],
		['clusters: [{cluster: {}}]', 'clusters.0.name: Invalid input: expected string, received undefined'],
	])('by its form is refused: %s', async (text, words) => {
		const kubeconfig = await write('text', text);
		const cause = `It has not the form of a kubeconfig: ${words}.`;
		expectRefusal({kubeconfig}, {code: 'kubeconfig-invalid', cause, fix, location: {file: kubeconfig}});
	});
});

describe('a kubeconfig that is not to be read', () => {
	const fix = 'Correct the file, or ask the cluster admin for a new one.';
	const because = (words: string) => `The operating system does not let it be read. ${words}`;

	it('as it is too long is refused before it is parsed', async () => {
		const kubeconfig = await write('long', `# ${'x'.repeat(5 * 1024 * 1024)}`);
		const cause = because('It is longer than 4.0 MiB.');
		expectRefusal({kubeconfig}, {code: 'kubeconfig-unreadable', cause, location: {file: kubeconfig}});
	});

	it('as it is a device is refused without reading it', () => {
		const cause = because('It is a pipe or a device, but a file was expected.');
		expectRefusal({kubeconfig: '/dev/zero'}, {code: 'kubeconfig-unreadable', cause});
	});

	it.each([
		[
			'aliases that multiply',
			`a: &a [x, x]\n${'bcdefghijkl'.replace(/./gu, (n) => `${n}: &${n} [${`*${String.fromCharCode(n.charCodeAt(0) - 1)}, `.repeat(9)}]\n`)}`,
		],
		['an alias of nothing', 'clusters: *none'],
		['lists that are too deep', '['.repeat(20_000)],
		['a key that is a map', '? {a: b}\n: c\n? [d]\n: e\n- f'],
	])('by %s is no YAML that this program reads', async (_what, text) => {
		const kubeconfig = await write('yaml', text);
		const found = expectRefusal({kubeconfig}, {code: 'kubeconfig-invalid', fix});
		expect(found.cause).toMatch(/^It is no YAML: \w/u);
	});
});

describe('a kubeconfig without a context to use', () => {
	it('lists those there are when another one is asked for', async () => {
		const kubeconfig = await write('config', kubeconfigOf({server}, token));
		expectRefusal(
			{kubeconfig, context: 'prod'},
			{
				code: 'kubeconfig-no-context',
				answers: [...answers].reverse(),
				message: `The kubeconfig ${kubeconfig} has no context "prod".`,
				cause: 'Its contexts are: lab.',
				fix: 'Choose one of its contexts: --context NAME, or the answer kubernetes.context.',
			},
		);
	});

	it('lists those there are when none is chosen', async () => {
		const kubeconfig = await write('config', {...kubeconfigOf({server}, {}), 'current-context': undefined});
		expectRefusal(
			{kubeconfig},
			{
				code: 'kubeconfig-no-context',
				answers: [...answers].reverse(),
				message: `The kubeconfig ${kubeconfig} has no current context.`,
				cause: 'Its contexts are: lab.',
				fix: 'Choose one of its contexts: --context NAME, or the answer kubernetes.context.',
			},
		);
	});

	it('says so when it has none at all', async () => {
		const kubeconfig = await write('config', {...kubeconfigOf({server}, {}), contexts: null});
		expectRefusal(
			{kubeconfig},
			{
				code: 'kubeconfig-no-context',
				answers: [...answers].reverse(),
				message: `The kubeconfig ${kubeconfig} has no context that could be used.`,
				cause: 'It has no contexts at all.',
				fix: 'Use a kubeconfig that has a context.',
			},
		);
	});
});

describe('a context that is not complete', () => {
	const fix = 'Choose another context, or ask the cluster admin for a complete kubeconfig.';
	const whole = kubeconfigOf({server}, token);
	const contexts = (context: unknown) => ({...whole, contexts: [{name: 'lab', context}]});

	it.each<readonly [string, unknown, string]>([
		['cluster', {...whole, clusters: []}, 'It names the cluster "lab", which the kubeconfig does not define.'],
		['user', {...whole, users: []}, 'It names the user "me", which the kubeconfig does not define.'],
		['cluster', contexts({user: 'me'}), 'It names no cluster.'],
		['user', contexts({cluster: 'lab'}), 'It names no user.'],
		[
			'cluster',
			kubeconfigOf({server: 'lab:6443'}, token),
			'The cluster "lab" is not complete: server is not an address such as https://host:6443.',
		],
		[
			'user',
			kubeconfigOf({server}, {exec: {command: ''}}),
			'The user "me" is not complete: exec.command Too small: expected string to have >=1 characters.',
		],
		...['https://[', 'https://lab:99999', 'https://', 'https://a b', 'ftp://lab'].map(
			(address) =>
				[
					'cluster',
					kubeconfigOf({server: address}, token),
					'The cluster "lab" is not complete: server is not an address such as https://host:6443.',
				] as const,
		),
		[
			'cluster',
			kubeconfigOf({server, 'proxy-url': 'proxy:3128'}, token),
			'The cluster "lab" is not complete: proxy-url is not an address such as http://proxy:3128.',
		],
		[
			'cluster',
			kubeconfigOf({server, 'insecure-skip-tls-verify': 'false'}, token),
			'The cluster "lab" is not complete: insecure-skip-tls-verify Invalid input: expected boolean, received string.',
		],
		[
			'user',
			kubeconfigOf({server}, {token: 'very-secret\nX: y'}),
			'The user "me" is not complete: token holds characters that no HTTP header may hold.',
		],
		[
			'user',
			kubeconfigOf({server}, {...token, 'as-groups': ['ops']}),
			'The user "me" is not complete: as-uid, as-groups or as-user-extra without as, which helm and kubectl refuse.',
		],
		[
			'user',
			kubeconfigOf({server}, {...token, username: 'me', password: 'very-secret'}),
			'The user "me" is not complete: a token and a password, of which helm and kubectl allow one only.',
		],
		[
			'user',
			kubeconfigOf({server}, {exec: {command: 'login'}, 'auth-provider': {name: 'oidc'}}),
			'The user "me" is not complete: exec and auth-provider, of which helm and kubectl allow one only.',
		],
		[
			'user',
			kubeconfigOf({server}, {'auth-provider': {name: 'gcp', config: {'cmd-path': '/bin/true'}}}),
			'The user "me" is not complete: auth-provider.name is not oidc, the only one that Kubernetes still has.',
		],
		[
			'content',
			contexts(undefined),
			'The content "lab" is not complete: Invalid input: expected object, received undefined.',
		],
	])('says so of its %s', async (what, content, cause) => {
		const kubeconfig = await write('config', content);
		const message = `The context "lab" of ${kubeconfig} has no usable ${what}.`;
		expectRefusal({kubeconfig}, {code: 'kubeconfig-incomplete', message, cause, fix, location: {file: kubeconfig}});
	});
});

describe('a file that a kubeconfig names', () => {
	it.each([
		['certificate-authority', kubeconfigOf({server, 'certificate-authority': 'gone.pem'}, token)],
		['client-certificate', kubeconfigOf({server}, {'client-certificate': 'gone.pem'})],
		['client-key', kubeconfigOf({server}, {'client-key': 'gone.pem'})],
		['tokenFile', kubeconfigOf({server}, {tokenFile: 'gone.pem'})],
	])('as %s must be there, beside the kubeconfig', async (key, content) => {
		const kubeconfig = await write('config', content);
		expectRefusal(
			{kubeconfig},
			{
				code: 'kubeconfig-file-missing',
				message: `The kubeconfig ${kubeconfig} needs the file ${join(directory, 'gone.pem')}, which cannot be read.`,
				cause: `Its key ${key} names that file. There is no such file or folder.`,
				fix: 'Put the file there, or use a kubeconfig that holds its certificates itself.',
				location: {file: kubeconfig},
			},
		);
	});
});

describe('a client certificate', () => {
	it.each([
		['in files', () => ({'client-certificate': 'client.pem'})],
		[
			'within the kubeconfig',
			({certificate}: {certificate: string}) => ({
				'client-certificate-data': Buffer.from(certificate).toString('base64'),
			}),
		],
	])('%s that has expired names the day', async (_where, userOf) => {
		const {server: pair} = await makePki(-1);
		await write('client.pem', pair.certificate);
		const kubeconfig = await write('config', kubeconfigOf({server}, userOf(pair)));
		const found = expectRefusal(
			{kubeconfig},
			{
				code: 'kubeconfig-certificate-expired',
				area: 'prerequisites',
				who: 'cluster admin',
				message: `The client certificate of the kubeconfig ${kubeconfig} has expired.`,
				fix: 'Get a renewed kubeconfig from the cluster admin; if the date of this host is wrong, correct it.',
			},
		);
		const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
		expect(found.cause).toMatch(
			new RegExp(`^It was valid until ${day} \\d\\d:\\d\\d UTC; this host says it is .* UTC\\.$`, 'u'),
		);
	});

	it('whose check is switched off beside an authority is refused, as helm refuses it', async () => {
		const {ca} = await makePki();
		const both = {
			server,
			'insecure-skip-tls-verify': true,
			'certificate-authority-data': Buffer.from(ca).toString('base64'),
		};
		const kubeconfig = await write('both', kubeconfigOf(both, token));
		const cause =
			'The cluster "lab" is not complete: insecure-skip-tls-verify is true beside a certificate-authority, which helm and kubectl refuse.';
		expectRefusal({kubeconfig}, {code: 'kubeconfig-incomplete', cause});
	});

	it.each([
		['certificate-authority', 'certificate', {server, 'certificate-authority-data': 'aGVsbG8='}, token],
		['client key', 'private key', {server}, {'client-key-data': 'aGVsbG8='}],
	])('is told apart from a %s that is none', async (what, kind, cluster, user) => {
		const kubeconfig = await write('config', kubeconfigOf(cluster, user));
		const found = expectRefusal(
			{kubeconfig},
			{code: 'kubeconfig-invalid', fix: 'Ask the cluster admin for a new kubeconfig.', location: {file: kubeconfig}},
		);
		const key = what === 'client key' ? 'client-key-data' : 'certificate-authority-data';
		expect(found.message).toBe(`The ${what} in ${key} of ${kubeconfig} is not a ${kind}.`);
		expect(found.cause).toMatch(/^It cannot be read as one: .+\.$/u);
	});

	it.each([
		['client.pem', {'client-certificate': 'client.pem'}],
		['client-certificate-data of config', {'client-certificate-data': 'aGVsbG8='}],
	])('that is none is refused: %s', async (place, user) => {
		await write('client.pem', 'hello');
		const kubeconfig = await write('config', kubeconfigOf({server}, user));
		const found = expectRefusal(
			{kubeconfig},
			{code: 'kubeconfig-invalid', fix: 'Ask the cluster admin for a new kubeconfig.', location: {file: kubeconfig}},
		);
		expect(found.message).toBe(
			`The client certificate in ${place.replace(/(client\.pem|config)$/u, (name) => join(directory, name))} is not a certificate.`,
		);
		expect(found.cause).toMatch(/^It cannot be read as one: .+\.$/u);
	});
});
