import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {openSite} from '../../source/app/commands/registry/push-site.ts';
import {childEnvironment} from '../../source/app/run/child-environment.ts';
import {createRedactor} from '../../source/base/redact.ts';
import {discovery, kubeconfigOf, startServer, status} from '../cluster/server.ts';
import {createStage} from './stage.ts';

const token = 'token-of-the-plug-in';

/** A plan against a server that says no to nearly everything, whose kubeconfig logs in with a plug-in; its words come back unredacted. */
const planWith = async (clusterMore: Record<string, unknown>, answersMore = '') => {
	const redactor = createRedactor();
	const environment = {REGISTRY_PASSWORD: 'very-secret-word', PROFILE: 'lab'};
	const stage = await createStage({redactor, environment});
	onTestFinished(stage.remove);
	const server = await startServer((request) => {
		if (request.path.endsWith('selfsubjectaccessreviews')) return {body: {status: {allowed: true}}};
		return discovery(request) ?? status(403, 'Forbidden', `${token} is forbidden`);
	});
	onTestFinished(server.close);
	const seen = path.join(stage.folder, 'seen');
	const script = await stage.write(
		'login.mjs',
		`import fs from 'node:fs';
		fs.appendFileSync(${JSON.stringify(seen)}, JSON.stringify(process.env) + '\\n');
		const status = {token: '${token}'};
		console.log(JSON.stringify({apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status}));`,
	);
	const exec = {apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script]};
	const kubeconfig = await stage.write(
		'kubeconfig',
		JSON.stringify(kubeconfigOf({server: server.url, ...clusterMore}, {exec})),
	);
	const answers = await stage.write(
		'answers.yaml',
		`kubernetes: {kubeconfig: ${kubeconfig}}
registry: {host: 127.0.0.1:1, username: robot, password: env:REGISTRY_PASSWORD}
tls: {certificate: tls.crt, key: tls.key, ca: ca.crt}
database: {host: 127.0.0.1, port: 1}
controlPlane: {host: zenml-pro.lab}
workspaces: [{name: default, host: zenml.lab}]
bundle: {path: ${stage.folder}}
helm: {binary: ${path.join(stage.folder, 'no-helm')}}
${answersMore}`,
	);
	const ended = await stage.run('plan', '--answers', answers, '--non-interactive', '--plain');
	const starts = (await readFile(seen, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
	return {...ended, redactor, kubeconfig, server, starts: starts.map((line) => JSON.parse(line))};
};

test('a plan starts the plug-in that logs in once, without the secrets of the answers', async () => {
	const authorities = {'insecure-skip-tls-verify': true};
	const {starts, redactor, server} = await planWith(authorities);
	expect(server.seen.length).toBeGreaterThan(10);
	expect(starts).toHaveLength(1);
	expect(starts[0]).toMatchObject({PROFILE: 'lab'});
	expect(starts[0]).not.toHaveProperty('REGISTRY_PASSWORD');
	expect(redactor.redact(`it is ${token}.`)).toBe('it is [secret].');
});

test('an API server that nobody trusts is told, and gets no login', async () => {
	const {err, out, server} = await planWith({});
	expect(out + err).toContain('unknown CA');
	expect(server.seen).toEqual([]);
});

test('child processes get the environment without the variables that references name, wherever they stand', () => {
	const environment = {A: '1', B: '2', C: '3', HTTPS_PROXY: 'http://proxy'};
	const answers = {registry: {password: 'env:A'}, users: [{password: 'env:B'}], text: 'env', nothing: null};
	expect(childEnvironment(environment, answers)).toEqual({C: '3', HTTPS_PROXY: 'http://proxy'});
});

test('registry push reads its secrets from the cluster with one login, and says that the cluster is not checked', async () => {
	const stage = await createStage();
	onTestFinished(stage.remove);
	const server = await startServer((request) =>
		request.path === '/api/v1/namespaces/ops/secrets/login'
			? {body: {metadata: {name: 'login'}, data: {word: Buffer.from('very-secret').toString('base64')}}}
			: discovery(request),
	);
	onTestFinished(server.close);
	const skip = {server: server.url, 'insecure-skip-tls-verify': true};
	const kubeconfig = await stage.write('kubeconfig', JSON.stringify(kubeconfigOf(skip, {token})));
	const answers = await stage.write(
		'answers.yaml',
		`kubernetes: {kubeconfig: ${kubeconfig}}
registry: {host: registry.lab, username: robot, password: k8s:ops/login/word}
`,
	);
	const said: string[] = [];
	const err = (text: string): void => {
		said.push(text);
	};
	const context = {...stage.context, err};
	const site = await openSite(context, {set: [], plainHttp: false, json: false, bundle: '/nonexistent', answers});
	expect(await site.registry.password?.()).toBe('very-secret');
	expect(said.join('')).toContain(`The cluster "lab" of ${kubeconfig} says insecure-skip-tls-verify`);
	expect(context.redactor.redact(`${token} very-secret`)).toBe('[secret] [secret]');
});
