import {execFile} from 'node:child_process';
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ProblemError} from '../../source/base/problem.ts';
import {loadKubeconfig} from '../../source/cluster/kubeconfig.ts';
import {kubeconfigOf, makePki} from './server.ts';

let directory = '';
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'kubeconfig-test-'));
	await mkdir(join(directory, '.kube'));
});
afterAll(() => rm(directory, {recursive: true, force: true}));

const write = async (name: string, content: unknown): Promise<string> => {
	const file = join(directory, name);
	await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
	return file;
};
const load = (options: {kubeconfig?: string; context?: string; KUBECONFIG?: string} = {}) => {
	const {KUBECONFIG, ...rest} = options;
	return loadKubeconfig({homeDirectory: directory, environment: {KUBECONFIG}, ...rest}, Date.now());
};
const refusal = (options: Parameters<typeof load>[0]) => {
	try {
		load(options);
	} catch (error) {
		if (error instanceof ProblemError) return error.problem;
		throw error;
	}
	throw new Error('it was accepted');
};
const server = 'https://10.0.0.1:6443';

describe('a kubeconfig', () => {
	it('is taken from the answers, else from $KUBECONFIG, else from the home directory', async () => {
		await write('.kube/config', kubeconfigOf({server: 'https://home:6443'}, {token: 'x'}));
		const variable = await write('variable', kubeconfigOf({server: 'https://variable:6443'}, {token: 'x'}));
		const answer = await write('answer', kubeconfigOf({server: 'https://answer:6443/'}, {token: 'x'}));
		expect(load().server).toBe('https://home:6443');
		expect(load({KUBECONFIG: variable}).server).toBe('https://variable:6443');
		expect(load({KUBECONFIG: variable, kubeconfig: answer}).server).toBe('https://answer:6443');
		expect(load({kubeconfig: '~/.kube/config'}).server).toBe('https://home:6443');
	});

	it('is merged from all files of $KUBECONFIG, the first entry of a name winning and missing files left out', async () => {
		const one = await write('one', {
			contexts: [{name: 'lab', context: {cluster: 'lab', user: 'me'}}],
			clusters: [{name: 'lab', cluster: {server: 'https://first:6443'}}],
		});
		const two = await write('two', kubeconfigOf({server: 'https://second:6443'}, {token: 'x'}));
		const loaded = load({KUBECONFIG: [join(directory, 'gone'), one, two].join(':')});
		expect(loaded).toMatchObject({server: 'https://first:6443', context: 'lab'});
		expect(loaded.document).toContain('"token":"x"');
	});

	it('lets another context be chosen and does not mind broken entries of the ones not chosen', async () => {
		const kubeconfig = await write('several', {
			...kubeconfigOf({server: 'https://lab:6443'}, {token: 'x'}),
			contexts: [
				{name: 'lab', context: {cluster: 'lab', user: 'me'}},
				{name: 'prod', context: {cluster: 'prod', user: 'me'}},
			],
			clusters: [
				{name: 'lab', cluster: {server: 42}},
				{name: 'prod', cluster: {server: 'https://prod:6443'}},
			],
		});
		expect(load({kubeconfig, context: 'prod'}).server).toBe('https://prod:6443');
	});

	it('keeps a user called n, which YAML 1.1 reads as false', async () => {
		const kubeconfig = await write(
			'n',
			`contexts: [{name: y, context: {cluster: no, user: n}}]\ncurrent-context: y\nclusters: [{name: no, cluster: {server: "${server}"}}]\nusers: [{name: n, user: {token: t}}]\n`,
		);
		expect(load({kubeconfig})).toMatchObject({context: 'y', server});
	});

	it('that is not there is named with the place it was expected from', async () => {
		const kubeconfig = join(directory, 'nowhere');
		const found = refusal({kubeconfig});
		expect(found).toMatchObject({
			code: 'kubeconfig-missing',
			area: 'usage',
			answers: ['kubernetes.kubeconfig'],
		});
		expect(found.message).toContain(kubeconfig);
		expect(refusal({KUBECONFIG: kubeconfig}).cause).toContain('$KUBECONFIG');
	});

	it.skipIf(process.getuid?.() === 0)('that may not be read is told apart from one that is missing', async () => {
		const kubeconfig = await write('locked', '{}');
		await chmod(kubeconfig, 0);
		expect(refusal({kubeconfig}).code).toBe('kubeconfig-unreadable');
	});

	it('that is a folder cannot be read', () => {
		expect(refusal({kubeconfig: directory})).toMatchObject({code: 'kubeconfig-unreadable'});
	});

	it('with a YAML error is refused with line and column', async () => {
		const kubeconfig = await write('broken', 'apiVersion: v1\nclusters: [\n  {name: a\n');
		const found = refusal({kubeconfig});
		expect(found).toMatchObject({code: 'kubeconfig-invalid', location: {file: kubeconfig}});
		expect(found.location?.line).toBeGreaterThan(1);
	});

	it.each(['just text', '[]', 'clusters: 5'])('that holds %j is not a kubeconfig', async (text) => {
		expect(refusal({kubeconfig: await write('text', text)}).code).toBe('kubeconfig-invalid');
	});

	it('without the wanted context lists those there are', async () => {
		const kubeconfig = await write('config', kubeconfigOf({server}, {token: 'x'}));
		const found = refusal({kubeconfig, context: 'prod'});
		expect(found).toMatchObject({code: 'kubeconfig-no-context', cause: 'Its contexts are: lab.'});
		expect(found.answers).toContain('kubernetes.context');
	});

	it('without a current context asks for one', async () => {
		const kubeconfig = await write('config', {...kubeconfigOf({server}, {}), 'current-context': undefined});
		expect(refusal({kubeconfig})).toMatchObject({code: 'kubeconfig-no-context'});
	});

	it.each([
		['clusters', 'cluster "lab", which the kubeconfig does not define'],
		['users', 'user "me", which the kubeconfig does not define'],
	])('whose context names none of its %s is incomplete', async (list, cause) => {
		const kubeconfig = await write('config', {...kubeconfigOf({server}, {token: 'x'}), [list]: []});
		const found = refusal({kubeconfig});
		expect(found.code).toBe('kubeconfig-incomplete');
		expect(found.cause).toContain(cause);
	});

	it('whose cluster has no usable address is incomplete', async () => {
		const kubeconfig = await write('config', kubeconfigOf({server: 'lab:6443'}, {token: 'x'}));
		expect(refusal({kubeconfig})).toMatchObject({code: 'kubeconfig-incomplete'});
	});

	it.each([
		['certificate-authority', kubeconfigOf({server, 'certificate-authority': 'gone.pem'}, {token: 'x'})],
		['client-certificate', kubeconfigOf({server}, {'client-certificate': 'gone.pem'})],
		['client-key', kubeconfigOf({server}, {'client-key': 'gone.pem'})],
		['tokenFile', kubeconfigOf({server}, {tokenFile: 'gone.pem'})],
	])('that names a missing file as %s says so, with the path beside the kubeconfig', async (key, content) => {
		const kubeconfig = await write('config', content);
		const found = refusal({kubeconfig});
		expect(found).toMatchObject({code: 'kubeconfig-file-missing', location: {file: kubeconfig}});
		expect(found.message).toContain(join(directory, 'gone.pem'));
		expect(found.cause).toContain(key);
	});

	it('with an expired client certificate names the day', async () => {
		const {server: pair} = await makePki(-1);
		await write('client.pem', pair.certificate);
		await write('client.key', pair.key);
		const files = {'client-certificate': 'client.pem', 'client-key': 'client.key'};
		const data = {'client-certificate-data': Buffer.from(pair.certificate).toString('base64')};
		for (const user of [files, data]) {
			const found = refusal({kubeconfig: await write('config', kubeconfigOf({server}, user))});
			expect(found).toMatchObject({code: 'kubeconfig-certificate-expired', who: 'cluster admin'});
			expect(found.cause).toContain(new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
		}
	});

	it('whose client certificate is none is refused', async () => {
		const kubeconfig = await write('config', kubeconfigOf({server}, {'client-certificate-data': 'aGVsbG8='}));
		expect(refusal({kubeconfig})).toMatchObject({code: 'kubeconfig-invalid'});
	});

	it('finds a relative exec plug-in beside itself, wherever the program is started', async () => {
		await write('login.sh', '#!/bin/sh\necho here\n');
		await chmod(join(directory, 'login.sh'), 0o755);
		const kubeconfig = await write('config', kubeconfigOf({server}, {exec: {command: './login.sh'}}));
		const command = load({kubeconfig}).exec?.command ?? '';
		expect((await promisify(execFile)(command)).stdout).toBe('here\n');
	});

	it('is never quoted in a refusal: its token stays out of every text', async () => {
		const kubeconfig = await write('config', kubeconfigOf({server: 'nonsense'}, {token: 'very-secret'}));
		expect(JSON.stringify(refusal({kubeconfig}))).not.toContain('very-secret');
	});
});
