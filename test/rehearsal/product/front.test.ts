import {connect} from 'node:tls';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {certificateFor, ingressHosts, routeOf} from '../../../rehearsal/product/routing.ts';
import {hosts, https, openStage, raiseControlPlane, type Stage} from './stage.ts';

const signal = new AbortController().signal;

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
	await raiseControlPlane(stage);
}, 60_000);
afterAll(() => stage?.close());

const subjectShownTo = (servername: string): Promise<string> =>
	new Promise((done, reject) => {
		const socket = connect({host: '127.0.0.1', port: stage.frontPort, servername, rejectUnauthorized: false}, () => {
			done(String(socket.getPeerCertificate().subject.CN));
			socket.destroy();
		});
		socket.once('error', reject);
	});
const get = (path: string) =>
	https.request({
		method: 'GET',
		url: `https://${hosts.controlPlane}:${stage.frontPort}${path}`,
		address: '127.0.0.1',
		ca: stage.caPem,
		timeoutMs: 5000,
		signal,
	});

describe('the ingress controller of the rehearsal', () => {
	it('shows the certificate of the Secret that the Ingress names, and a fake one to other hosts', async () => {
		expect(await subjectShownTo(hosts.controlPlane)).toBe(hosts.controlPlane);
		expect(await subjectShownTo('unknown.test.internal')).toBe('ingress.local');
	});

	it('shows the fake certificate when the Secret is missing', async () => {
		const kept = stage.store.remove('secrets', 'zenml-pro', 'zenml-tls');
		expect(await subjectShownTo(hosts.controlPlane)).toBe('ingress.local');
		if (kept) stage.store.put('secrets', kept);
		expect(certificateFor(stage.store, hosts.controlPlane)).toBeDefined();
	});

	it('answers any path with the dashboard, so that /health there proves nothing', async () => {
		for (const path of ['/', '/health', '/organizations/x'])
			expect(await get(path)).toMatchObject({status: 200, headers: {'content-type': 'text/html; charset=utf-8'}});
		expect(await get('/api/v1/health')).toMatchObject({status: 200, body: '"OK"'});
		expect(await get('/api/v1/users/me')).toMatchObject({status: 401});
	});

	it('prefers the longest path, and matches whole path elements only', () => {
		const podName = (path: string) => {
			const route = routeOf(stage.store, hosts.controlPlane, path);
			return 'pod' in route ? route.pod.metadata.name : route.status;
		};
		expect(podName('/api/v1')).toBe('zenml-pro');
		expect(podName('/apiary')).toBe('zenml-pro-dashboard');
		expect(routeOf(stage.store, 'unknown.test.internal', '/')).toEqual({status: 404});
	});

	it('serves no Ingress of a class that the cluster does not have', () => {
		const found = stage.store.get('ingresses.networking.k8s.io', 'zenml-pro', hosts.controlPlane);
		if (!found) throw new Error('no Ingress');
		stage.store.put('ingresses.networking.k8s.io', {
			...found,
			spec: {...(found.spec as object), ingressClassName: 'other'},
		});
		expect(ingressHosts(stage.store)).toEqual([]);
		stage.store.put('ingresses.networking.k8s.io', found);
		expect(ingressHosts(stage.store)).toEqual([hosts.controlPlane]);
	});

	it('hands on the error of a server that lost its database', async () => {
		await stage.sql('postgres', "alter role zenml_pro_user password 'changed'");
		expect(await get('/api/v1/users/me')).toMatchObject({status: 500});
		expect(stage.logs.get('zenml-pro')?.at(-1)).toContain('password authentication failed');
		await stage.sql('postgres', "alter role zenml_pro_user password 'pw-pro'");
		expect(await get('/api/v1/users/me')).toMatchObject({status: 401});
	});
});
