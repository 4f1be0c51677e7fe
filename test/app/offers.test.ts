import {mkdir} from 'node:fs/promises';
import {createServer} from 'node:http';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import {offerAnswer} from '../../source/app/session/offers.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage({});
});
afterEach(async () => stage.remove());

const offer = async (draft: Draft, at: string, base = '', signal = new AbortController().signal) =>
	offerAnswer(stage.context, draft, {path: at, base}, signal);

const kubeconfig = (server: string): string =>
	JSON.stringify({
		clusters: [{name: 'c', cluster: {server}}],
		users: [{name: 'u', user: {}}],
		contexts: ['prod', 'kind-lab', 'bad\u001B[2J'].map((name) => ({name, context: {cluster: 'c', user: 'u'}})),
		'current-context': 'prod',
	});

test('contexts are those of the kubeconfig that the answers name, and names that could steer the terminal are none', async () => {
	const file = await stage.write('kube.json', kubeconfig('http://127.0.0.1:1'));
	expect(await offer({kubernetes: {kubeconfig: file}}, 'kubernetes.context')).toEqual({all: ['kind-lab', 'prod']});
	const missing = await offer({kubernetes: {kubeconfig: '/nonexistent/kube'}}, 'kubernetes.context');
	expect(missing).toEqual({all: [], why: expect.stringContaining('/nonexistent/kube')});
});

test('classes are asked of the cluster, and a cluster that cannot be reached is told', async () => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		const isIngress = request.url?.includes('networking') === true;
		const resource = {
			name: isIngress ? 'ingressclasses' : 'storageclasses',
			kind: isIngress ? 'IngressClass' : 'StorageClass',
			namespaced: false,
			verbs: ['list'],
		};
		const isList = request.url?.includes(resource.name) === true;
		const items = (isIngress ? ['traefik', 'nginx'] : ['fast']).map((name) => ({metadata: {name}}));
		const kind = isIngress ? 'IngressClassList' : 'StorageClassList';
		response.setHeader('content-type', 'application/json');
		response.end(
			JSON.stringify(isList ? {kind, metadata: {}, items} : {kind: 'APIResourceList', resources: [resource]}),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	const file = await stage.write('kube.json', kubeconfig(`http://127.0.0.1:${port}`));
	const draft = {kubernetes: {kubeconfig: file}};
	expect(await offer(draft, 'ingress.className')).toEqual({all: ['nginx', 'traefik']});
	expect(await offer(draft, 'artifacts.storageClass.name')).toEqual({all: ['fast']});
	expect(asked.every((line) => line.startsWith('GET '))).toBe(true);
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
	expect(await offer(draft, 'ingress.className')).toEqual({all: [], why: expect.stringMatching(/\S/u)});
});

test('files are those of the one folder, folders with a slash', async () => {
	await stage.write('ca.crt', '');
	await mkdir(path.join(stage.context.workingDirectory, 'certs', 'deep'), {recursive: true});
	expect((await offer({}, 'tls.ca')).all).toEqual(expect.arrayContaining(['ca.crt', 'certs/']));
	expect(await offer({}, 'tls.ca', 'certs/')).toEqual({all: ['certs/deep/']});
	expect(await offer({}, 'tls.ca', 'none/')).toEqual({all: [], why: expect.stringContaining('no such file or folder')});
});

test('at a secret the files of a reference are offered, and of any other text there nothing is looked for', async () => {
	await stage.write('secrets/admin-password', '');
	expect(await offer({}, 'database.admin.password', 'file:secrets/')).toEqual({all: ['file:secrets/admin-password']});
	expect((await offer({}, 'database.admin.password', 'file:')).all).toContain('file:secrets/');
	expect(await offer({}, 'database.admin.password', 'secrets/')).toEqual({all: []});
});

test('a question that names nothing is offered nothing', async () => {
	expect(await offer({}, 'organization.name')).toEqual({all: []});
});
