import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {Bounds} from '../../source/cluster/login/program.ts';
import {discovery, kubeconfigOf, startCluster, status} from './server.ts';
import {expectProblem, problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const start = startCluster();
const v1 = 'client.authentication.k8s.io/v1';
const answers = ['kubernetes.kubeconfig', 'kubernetes.context'];

let directory = '';
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'plug-in-test-'));
});
afterEach(() => rm(directory, {recursive: true, force: true}));

/** Prints this credential; its token is numbered by the starts, which are counted in a file. */
const giving = (given: string) => `
import fs from 'node:fs';
fs.appendFileSync(${JSON.stringify(join(directory, 'starts'))}, 'x');
const start = fs.readFileSync(${JSON.stringify(join(directory, 'starts'))}, 'utf8').length;
const status = ${given};
console.log(JSON.stringify({apiVersion: '${v1}', kind: 'ExecCredential', status}));`;

const starts = async (): Promise<number> => (await readFile(join(directory, 'starts'), 'utf8').catch(() => '')).length;

type Setting = {
	readonly exec?: Record<string, unknown>;
	readonly cluster?: Record<string, unknown>;
	readonly accepts?: (token: string) => boolean;
	readonly login?: Partial<Bounds>;
	readonly now?: () => number;
	readonly environment?: Record<string, string>;
};

/** A cluster whose kubeconfig logs in with this script. */
const loginWith = async (script: string, {exec, cluster: more, accepts, ...options}: Setting = {}) => {
	const secrets: string[] = [];
	const {server} = await start((request) => {
		const token = String(request.headers.authorization).replace('Bearer ', '');
		return accepts?.(token) === false ? status(401, 'Unauthorized', 'Unauthorized') : discovery(request);
	});
	const file = join(directory, 'login.mjs');
	await writeFile(file, script);
	const authority = {'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64')};
	const kubeconfig = await server.write(
		'plug-in',
		kubeconfigOf(
			{server: server.url, ...authority, ...more},
			{exec: {apiVersion: v1, command: process.execPath, args: [file], ...exec}},
		),
	);
	const cluster = createCluster({
		kubeconfig,
		homeDirectory: '/',
		environment: {},
		timing: {retryPausesMs: []},
		onSecret: (secret) => secrets.push(secret),
		...options,
	});
	return {cluster, server, kubeconfig, secrets};
};

/** The problem of a login that fails, and its evidence. */
const failed = async (script: string, setting: Setting = {}) => {
	const {cluster, kubeconfig} = await loginWith(script, setting);
	const found = await expectProblem(cluster.version(signal), {
		code: 'kubeconfig-login-failed',
		area: 'prerequisites',
		message: `The context "lab" of the kubeconfig ${kubeconfig} cannot log in.`,
		cause: `The exec plug-in "${process.execPath}" failed.`,
		fix: 'Log in as this cluster demands, then try again; or use a kubeconfig with a token or client certificate.',
		answers,
	});
	return found.evidence ?? [];
};

/** A process that nobody has fetched the end of is over too (proc(5), state Z). */
const isAlive = async (pid: number): Promise<boolean> => {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return stat !== '' && !/^\d+ \(.*\) Z/u.test(stat);
};

describe('an exec plug-in', () => {
	it('is started once for all who ask at the same time and after, and what it gives is a secret', async () => {
		const {cluster, secrets} = await loginWith(giving("{token: 'token-' + start}"));
		await Promise.all(Array.from({length: 16}, () => cluster.version(signal)));
		await cluster.version(signal);
		expect(await starts()).toBe(1);
		expect(secrets).toEqual(['token-1']);
	});

	it('is started again when what it gave is over', async () => {
		const soon = new Date(Date.now() + 60_000).toISOString();
		const script = giving(`{token: 'token-' + start, expirationTimestamp: ${JSON.stringify(soon)}}`);
		let later = 0;
		const {cluster} = await loginWith(script, {now: () => Date.now() + later});
		await cluster.version(signal);
		await cluster.version(signal);
		expect(await starts()).toBe(1);
		later = 120_000;
		await cluster.version(signal);
		expect(await starts()).toBe(2);
	});

	it('is started once more, for all who ask, when the server refuses what it gave', async () => {
		const accepts = (token: string): boolean => token !== 'token-1';
		const {cluster} = await loginWith(giving("{token: 'token-' + start}"), {accepts});
		const versions = await Promise.all(Array.from({length: 8}, () => cluster.version(signal)));
		expect(new Set(versions)).toEqual(new Set(['v1.34.0']));
		expect(await starts()).toBe(2);
	});

	it('whose login is refused twice is not asked without end', async () => {
		const {cluster} = await loginWith(giving("{token: 'token-' + start}"), {accepts: () => false});
		expect((await problemOf(cluster.version(signal))).code).toBe('kubernetes-unauthorized');
		expect(await starts()).toBe(2);
	});

	it('is not started again when a kubeconfig that has not changed is read anew after another failure', async () => {
		let isDown = true;
		const {cluster, server} = await loginWith(giving("{token: 'token-' + start}"), {
			accepts: () => true,
			cluster: {'tls-server-name': 'localhost'},
		});
		server.dropNext = () => isDown;
		expect((await problemOf(cluster.version(signal))).code).toBe('kubernetes-unreachable');
		isDown = false;
		expect(await cluster.version(signal)).toBe('v1.34.0');
		expect(await starts()).toBe(1);
	});

	it.each([
		['v1', v1],
		['v1beta1', 'client.authentication.k8s.io/v1beta1'],
	])('is told the cluster in KUBERNETES_EXEC_INFO where its kubeconfig provides it: %s', async (_name, apiVersion) => {
		const told = join(directory, 'told');
		const script = `import fs from 'node:fs';
			fs.writeFileSync(${JSON.stringify(told)}, process.env.KUBERNETES_EXEC_INFO);
			console.log(JSON.stringify({apiVersion: '${apiVersion}', kind: 'ExecCredential', status: {token: 'a-token'}}));`;
		const extensions = [
			{name: 'other', extension: 1},
			{name: 'client.authentication.k8s.io/exec', extension: {audience: 'lab'}},
		];
		const {cluster, server} = await loginWith(script, {
			exec: {apiVersion, provideClusterInfo: true, interactiveMode: 'IfAvailable'},
			cluster: {extensions, 'tls-server-name': 'localhost'},
		});
		await cluster.version(signal);
		expect(JSON.parse(await readFile(told, 'utf8'))).toEqual({
			apiVersion,
			kind: 'ExecCredential',
			spec: {
				interactive: false,
				cluster: {
					server: server.url,
					'tls-server-name': 'localhost',
					'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64'),
					config: {audience: 'lab'},
				},
			},
		});
	});

	it('sees the environment it is given and what its kubeconfig adds, and nothing else of this process', async () => {
		const told = join(directory, 'told');
		process.env.ZENML_TEST_SECRET = 'of this process';
		try {
			const {cluster} = await loginWith(
				`import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.env));
				${giving("{token: 'a-token'}").replace("import fs from 'node:fs';", '')}`,
				{environment: {PROFILE: 'given'}, exec: {env: [{name: 'ADDED', value: 'yes'}]}},
			);
			await cluster.version(signal);
		} finally {
			delete process.env.ZENML_TEST_SECRET;
		}
		const seen = JSON.parse(await readFile(told, 'utf8'));
		expect(seen).toMatchObject({PROFILE: 'given', ADDED: 'yes'});
		expect(seen).not.toHaveProperty('ZENML_TEST_SECRET');
	});

	it('may give a client certificate with its key', async () => {
		const {server} = await start(() => undefined);
		const {certificate, key} = server.pki.server;
		const given = JSON.stringify({clientCertificateData: certificate, clientKeyData: key});
		const {cluster, secrets} = await loginWith(giving(given));
		expect(await cluster.version(signal)).toBe('v1.34.0');
		expect(secrets).toEqual([key]);
	});

	it('that hangs is ended with all that it started, and says so', async () => {
		const pids = join(directory, 'pids');
		const script = `import {spawn} from 'node:child_process'; import fs from 'node:fs';
			process.on('SIGTERM', () => {});
			const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
			fs.writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid);
			console.error('open https://login.corp'); setInterval(() => {}, 1000);`;
		const evidence = await failed(script, {login: {timeoutMs: 1500, graceMs: 50}});
		expect(evidence).toEqual([
			'open https://login.corp',
			'It did not end within 1.5 s and was ended; it may be waiting for input.',
		]);
		const [parent = 0, child = 0] = (await readFile(pids, 'utf8')).split(' ').map(Number);
		await expect.poll(async () => (await isAlive(parent)) || (await isAlive(child))).toBe(false);
	});

	it('is ended when nobody waits for it any more', async () => {
		const pid = join(directory, 'pid');
		const script = `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => {}, 1000);`;
		const {cluster} = await loginWith(script);
		const stop = new AbortController();
		const asked = [cluster.version(stop.signal), cluster.version(stop.signal)];
		await expect.poll(() => readFile(pid, 'utf8').catch(() => '')).not.toBe('');
		stop.abort();
		for (const one of asked) await expect(one).rejects.toMatchObject({name: 'AbortError'});
		const number = Number(await readFile(pid, 'utf8'));
		await expect.poll(() => isAlive(number)).toBe(false);
	});

	it.each(['stdout', 'stderr'])('that never stops talking on %s is ended', async (stream) => {
		const script = `const piece = 'x'.repeat(65536); const go = () => process.${stream}.write(piece, go); go();`;
		const evidence = await failed(script, {login: {graceMs: 50}});
		expect(evidence.at(-1)).toBe('It said more than 1.0 MiB and was ended.');
		expect(JSON.stringify(evidence).length).toBeLessThan(10_000);
	});

	it('whose helper in the background keeps its output open is not waited for', async () => {
		const script = `import {spawn} from 'node:child_process';
			const helper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 8000)'], {stdio: ['ignore', 'inherit', 'inherit'], detached: true});
			helper.unref();
			${giving("{token: 'a-token'}")}`;
		const {cluster} = await loginWith(script);
		expect(await cluster.version(signal)).toBe('v1.34.0');
	});

	it('that wants to talk to somebody is refused before it is started', async () => {
		const {cluster, kubeconfig} = await loginWith(giving("{token: 'a-token'}"), {exec: {interactiveMode: 'Always'}});
		await expectProblem(cluster.version(signal), {
			code: 'kubeconfig-login-failed',
			message: `The context "lab" of the kubeconfig ${kubeconfig} cannot log in.`,
			cause: `The exec plug-in "${process.execPath}" must talk to somebody (interactiveMode: Always), and neither this program nor helm gives it a terminal.`,
			fix: 'Log in as this cluster demands, then try again; or use a kubeconfig with a token or client certificate.',
			answers,
		});
		expect(await starts()).toBe(0);
	});

	it('has the escape sequences taken out of what it says', async () => {
		expect(await failed(String.raw`console.error('\x1b[2Jsession over'); process.exit(1);`)).toEqual([
			String.raw`\u{1b}[2Jsession over`,
		]);
	});

	it('that ends without a word is told by its exit code', async () => {
		expect(await failed('process.exit(7);')).toEqual(['It ended with exit code 7.']);
	});
});

describe('the answer of an exec plug-in', () => {
	const answer = (value: unknown) => `console.log(${JSON.stringify(JSON.stringify(value))});`;
	const whole = {apiVersion: v1, kind: 'ExecCredential', status: {token: 'very-secret'}};
	it.each([
		['no JSON', 'console.log("very-secret");', 'it is no JSON'],
		['nothing', '', 'it is no JSON'],
		['null', answer(null), 'the whole: Invalid input: expected object, received null'],
		['another kind', answer({...whole, kind: 'Status'}), 'kind: Invalid input: expected "ExecCredential"'],
		['no status', answer({...whole, status: null}), 'status: Invalid input: expected object, received null'],
		[
			'another version',
			answer({...whole, apiVersion: 'client.authentication.k8s.io/v1beta1'}),
			`the kubeconfig asks for ${v1}, and it is client.authentication.k8s.io/v1beta1`,
		],
		[
			'neither token nor certificate',
			answer({...whole, status: {}}),
			'it has neither a token nor a client certificate',
		],
		[
			'a certificate alone',
			answer({...whole, status: {token: 'very-secret', clientCertificateData: 'x'}}),
			'it has a client certificate without its key, or a key alone',
		],
		[
			'a token of two lines',
			answer({...whole, status: {token: 'very-secret\nX: y'}}),
			'its token holds characters that no HTTP header may hold',
		],
		[
			'no time as its end',
			answer({...whole, status: {token: 'very-secret', expirationTimestamp: 'soon'}}),
			'status.expirationTimestamp: Invalid ISO datetime',
		],
	])('that is %s is told without a word of it', async (_what, script, words) => {
		const evidence = await failed(script);
		expect(evidence).toEqual([`Its answer is no ExecCredential: ${words}.`]);
	});
});
