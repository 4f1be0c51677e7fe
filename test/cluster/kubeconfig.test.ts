import {execFile} from 'node:child_process';
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {loadKubeconfig} from '../../source/cluster/kubeconfig/load.ts';
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
const server = 'https://10.0.0.1:6443';

it('a kubeconfig is taken from the answers, else from $KUBECONFIG, else from the home directory', async () => {
	await write('.kube/config', kubeconfigOf({server: 'https://home:6443'}, {token: 'x'}));
	const variable = await write('variable', kubeconfigOf({server: 'https://variable:6443'}, {token: 'x'}));
	const answer = await write('answer', kubeconfigOf({server: 'https://answer:6443/'}, {token: 'x'}));
	expect(load().server).toBe('https://home:6443');
	expect(load({KUBECONFIG: variable}).server).toBe('https://variable:6443');
	expect(load({KUBECONFIG: variable, kubeconfig: answer}).server).toBe('https://answer:6443');
	expect(load({kubeconfig: '~/.kube/config'}).server).toBe('https://home:6443');
});

it('a kubeconfig is merged from all files of $KUBECONFIG, the first entry of a name winning and missing files left out', async () => {
	const one = await write('one', {
		contexts: [{name: 'lab', context: {cluster: 'lab', user: 'me'}}],
		clusters: [{name: 'lab', cluster: {server: 'https://first:6443'}}],
	});
	const two = await write('two', kubeconfigOf({server: 'https://second:6443'}, {token: 'x'}));
	const loaded = load({KUBECONFIG: [join(directory, 'gone'), one, two].join(':')});
	expect(loaded).toMatchObject({server: 'https://first:6443', context: 'lab'});
	expect(loaded.document).toContain('"token":"x"');
});

it('a kubeconfig lets another context be chosen and does not mind broken entries of the ones not chosen', async () => {
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

it('a kubeconfig keeps a user called n, which YAML 1.1 reads as false', async () => {
	const kubeconfig = await write(
		'n',
		`contexts: [{name: y, context: {cluster: no, user: n}}]\ncurrent-context: y\nclusters: [{name: no, cluster: {server: "${server}"}}]\nusers: [{name: n, user: {token: t}}]\n`,
	);
	expect(load({kubeconfig})).toMatchObject({context: 'y', server});
});

it('a kubeconfig finds a relative exec plug-in beside itself, wherever the program is started', async () => {
	await write('login.sh', '#!/bin/sh\necho here\n');
	await chmod(join(directory, 'login.sh'), 0o755);
	const kubeconfig = await write('config', kubeconfigOf({server}, {exec: {command: './login.sh'}}));
	const command = load({kubeconfig}).exec?.command ?? '';
	expect((await promisify(execFile)(command)).stdout).toBe('here\n');
});

it('a kubeconfig whose user has a token file tells which, unless there is a token too', async () => {
	await write('token', 'x');
	const file = await write('file', kubeconfigOf({server}, {tokenFile: 'token'}));
	expect(load({kubeconfig: file}).tokenFile).toBe(join(directory, 'token'));
	const both = await write('both', kubeconfigOf({server}, {tokenFile: 'token', token: 't'}));
	expect(load({kubeconfig: both}).tokenFile).toBeUndefined();
});

it('a kubeconfig whose user has a token needs no plug-in', async () => {
	const exec = {command: './login.sh'};
	expect(load({kubeconfig: await write('token', kubeconfigOf({server}, {token: 't', exec}))}).exec).toBeUndefined();
});

it('a kubeconfig may have a user who needs no login', async () => {
	const kubeconfig = await write('nobody', {...kubeconfigOf({server}, {}), users: [{name: 'me'}]});
	expect(load({kubeconfig}).server).toBe(server);
});

it('a client certificate that is still valid is taken', async () => {
	const {server: pair} = await makePki();
	const data = {'client-certificate-data': Buffer.from(pair.certificate).toString('base64')};
	expect(load({kubeconfig: await write('valid', kubeconfigOf({server}, data))}).server).toBe(server);
});
