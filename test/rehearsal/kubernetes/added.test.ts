import {afterEach, describe, expect, test} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, eventually, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
afterEach(() => cluster?.stop());

const api = '/apis/gateway.networking.k8s.io/v1';
const gatewayOf = (listener: object = {}, name = 'shared') => ({
	apiVersion: 'gateway.networking.k8s.io/v1',
	kind: 'Gateway',
	metadata: {name},
	spec: {gatewayClassName: 'played', listeners: [{name: 'http', port: 80, protocol: 'HTTP', ...listener}]},
});
const routeOf = (spec: object = {}) => ({
	apiVersion: 'gateway.networking.k8s.io/v1',
	kind: 'HTTPRoute',
	metadata: {name: 'web'},
	spec: {
		parentRefs: [{name: 'shared'}],
		hostnames: ['a.corp'],
		rules: [{backendRefs: [{name: 'web', port: 80}]}],
		...spec,
	},
});
const served = async (): Promise<void> => {
	cluster = await startCluster({added: ['gateway']});
	const metadata = {name: 'played'};
	await call(cluster, `POST ${api}/gatewayclasses`, {
		apiVersion: 'gateway.networking.k8s.io/v1',
		kind: 'GatewayClass',
		metadata,
		spec: {controllerName: 'a.corp/b'},
	});
	const ports = [{port: 80}];
	await call(cluster, 'POST /api/v1/namespaces/default/services', {metadata: {name: 'web'}, spec: {ports}});
};
const put = (kind: string, body: object) => call(cluster, `POST ${api}/namespaces/default/${kind}`, body);
/** `Accepted=True` of the first parent. */
const saidTo = (name: string, type: string): Promise<string> =>
	eventually(() => {
		const route = cluster.store.get('httproutes.gateway.networking.k8s.io', 'default', name);
		const [parent] = list(dict(route?.status).parents);
		const found = list(dict(parent).conditions)
			.map(dict)
			.find((one) => one.type === type);
		return found && `${String(found.status)} ${String(found.reason)}`;
	});

describe('kinds that a plain cluster does not have', () => {
	test('are served only where they were added, in discovery too', async () => {
		cluster = await startCluster();
		expect((await call(cluster, `GET ${api}`)).code).toBe(404);
		expect((await call(cluster, `GET ${api}/namespaces/default/gateways`)).code).toBe(404);
		expect(JSON.stringify((await call(cluster, 'GET /apis')).body)).not.toMatch(/gateway|openshift/u);
		await cluster.stop();
		cluster = await startCluster({added: ['gateway']});
		expect(JSON.stringify((await call(cluster, `GET ${api}`)).body)).toContain('httproutes');
		expect((await call(cluster, 'GET /apis/route.openshift.io/v1')).code).toBe(404);
	});

	test.each<readonly [string, object, RegExp]>([
		[
			'a backend without port',
			routeOf({rules: [{backendRefs: [{name: 'web'}]}]}),
			/Must have port for Service reference/u,
		],
		['a port by name', routeOf({rules: [{backendRefs: [{name: 'web', port: 'http'}]}]}), /must be of type integer/u],
		['a host that is none', routeOf({hostnames: ['A_b']}), /hostnames\[0\]/u],
		['a path that is relative', routeOf({rules: [{matches: [{path: {value: 'api'}}]}]}), /start with '\/'/u],
		['a parent without name', routeOf({parentRefs: [{}]}), /parentRefs\[0\]\.name: Required value/u],
	])('refuse %s', async (_what, route, words) => {
		await served();
		const {code, body} = await put('httproutes', route);
		expect([code, body.message]).toEqual([422, expect.stringMatching(words)]);
	});

	test('are completed as their definitions say, and a Gateway waits for its controller', async () => {
		await served();
		const created = (await put('httproutes', routeOf())).body;
		expect(dict(created.spec)).toMatchObject({
			parentRefs: [{kind: 'Gateway'}],
			rules: [{matches: [{path: {type: 'PathPrefix', value: '/'}}], backendRefs: [{kind: 'Service', weight: 1}]}],
		});
		const other = {...gatewayOf({}, 'unserved'), spec: {...gatewayOf().spec, gatewayClassName: 'nobodys'}};
		const waiting = (await put('gateways', other)).body;
		expect(waiting.status).toMatchObject({conditions: [{status: 'Unknown', reason: 'Pending'}, {type: 'Programmed'}]});
		expect((await put('gateways', {...gatewayOf(), spec: {}})).code).toBe(422);
	});

	test.each<readonly [string, object, object, string]>([
		['takes a host of its own', {}, {}, 'True Accepted'],
		['takes hosts below a wildcard', {hostname: '*.corp'}, {}, 'True Accepted'],
		['takes no other host', {hostname: 'b.corp'}, {}, 'False NoMatchingListenerHostname'],
		['has no such listener', {}, {parentRefs: [{name: 'shared', sectionName: 'https'}]}, 'False NoMatchingParent'],
		[
			'takes no route by labels that its namespace lacks',
			{allowedRoutes: {namespaces: {from: 'Selector', selector: {matchLabels: {a: 'b'}}}}},
			{},
			'False NotAllowedByListeners',
		],
	])('a Gateway %s', async (_what, listener, spec, said) => {
		await served();
		await put('gateways', gatewayOf(listener));
		await put('httproutes', routeOf(spec));
		expect(await saidTo('web', 'Accepted')).toBe(said);
	});

	test('a Service that comes later is seen', async () => {
		await served();
		await put('gateways', gatewayOf());
		await put('httproutes', routeOf({rules: [{backendRefs: [{name: 'late', port: 80}]}]}));
		expect(await saidTo('web', 'ResolvedRefs')).toBe('False BackendNotFound');
		const spec = {ports: [{port: 80}]};
		await call(cluster, 'POST /api/v1/namespaces/default/services', {metadata: {name: 'late'}, spec});
		const isResolved = async (): Promise<boolean> => (await saidTo('web', 'ResolvedRefs')) === 'True ResolvedRefs';
		await expect.poll(isResolved, {timeout: 5000}).toBe(true);
	});
});

describe("OpenShift's Routes", () => {
	const route = (host: string, more: object = {}) => ({
		apiVersion: 'route.openshift.io/v1',
		kind: 'Route',
		metadata: {name: 'web'},
		spec: {host, to: {name: 'web'}, ...more},
	});
	const at = (namespace: string): string => `/apis/route.openshift.io/v1/namespaces/${namespace}/routes`;
	const admitted = (namespace: string) =>
		eventually(() => {
			const found = cluster.store.get('routes.route.openshift.io', namespace, 'web');
			const [router] = list(dict(found?.status).ingress);
			const [condition] = list(dict(router).conditions);
			return condition ? dict(condition) : undefined;
		});

	test('for a host of its own need a right of its own', async () => {
		cluster = await startCluster({
			added: ['routes'],
			deny: [{verb: 'create', resource: 'routes/custom-host', group: 'route.openshift.io'}],
		});
		expect((await call(cluster, `POST ${at('default')}`, route('a.corp'))).code).toBe(403);
	});

	test('are refused where TLS ends nowhere', async () => {
		cluster = await startCluster({added: ['routes']});
		expect((await call(cluster, `POST ${at('default')}`, route('a.corp', {tls: {termination: 'x'}}))).code).toBe(422);
		const passed = route('a.corp', {path: '/a', tls: {termination: 'passthrough'}});
		expect((await call(cluster, `POST ${at('default')}`, passed)).code).toBe(422);
	});

	test('belong to the namespace that had the host first, and need a pair that fits', async () => {
		cluster = await startCluster({added: ['routes']});
		await call(cluster, `POST ${at('default')}`, route('a.corp'));
		expect(await admitted('default')).toMatchObject({type: 'Admitted', status: 'True'});
		const older = cluster.store.get('routes.route.openshift.io', 'default', 'web');
		if (older) {
			const metadata = {...older.metadata, creationTimestamp: '2020-01-01T00:00:00Z'};
			cluster.store.put('routes.route.openshift.io', {...older, metadata});
		}
		await call(cluster, `POST ${at('kube-public')}`, route('a.corp'));
		expect(await admitted('kube-public')).toMatchObject({status: 'False', reason: 'HostAlreadyClaimed'});
		const tls = {termination: 'edge', certificate: 'none', key: 'none'};
		await call(cluster, `POST ${at('kube-system')}`, route('b.corp', {tls}));
		expect(await admitted('kube-system')).toMatchObject({status: 'False', reason: 'ExtendedValidationFailed'});
	});
});
