import {describe, expect, it} from 'vitest';
import {startCluster, status} from './server.ts';
import {problemOf} from './support/problem-of.ts';

const {signal} = new AbortController();
const start = startCluster();

const secret = (data: Record<string, string>, more = {}) => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: 'zenml-tls', namespace: 'zenml-pro', ...more},
	data,
});
const path = '/api/v1/namespaces/zenml-pro/secrets/zenml-tls';

describe('apply', () => {
	it('patches by server-side apply as zenml-airgap, without managedFields', async () => {
		let body: unknown;
		const {cluster} = await start((request) => {
			if (request.method !== 'PATCH' || request.path !== path) return undefined;
			expect(request.headers['content-type']).toBe('application/apply-patch+yaml');
			expect(Object.fromEntries(request.query)).toEqual({fieldManager: 'zenml-airgap', force: 'false'});
			body = request.body;
			return {body: request.body};
		});
		await cluster.apply(secret({a: 'Yg=='}, {managedFields: [{manager: 'x'}]}), {signal});
		expect(body).toEqual(secret({a: 'Yg=='}));
	});
});

describe('diff', () => {
	it('tells the paths that would change, and never a value of a secret', async () => {
		const live = secret(
			{'tls.crt': 'b2xk', same: 'eA=='},
			{uid: '1', resourceVersion: '5', generation: 1, managedFields: [{manager: 'helm'}]},
		);
		const {cluster} = await start((request) => {
			if (request.path !== path) return undefined;
			if (request.method === 'GET') return {body: live};
			expect(request.query.get('dryRun')).toBe('All');
			return {body: secret({'tls.crt': 'bmV3', same: 'eA=='}, {uid: '1', resourceVersion: '6', labels: {a: 'b'}})};
		});
		const paths = await cluster.diff(secret({'tls.crt': 'bmV3', same: 'eA=='}), signal);
		expect([...paths].sort()).toEqual(['data["tls.crt"]', 'metadata.labels']);
	});

	it('of an object that is not there is the whole object', async () => {
		const {cluster} = await start((request) =>
			request.path === path ? status(404, 'NotFound', 'secrets "zenml-tls" not found') : undefined,
		);
		expect(await cluster.diff(secret({}), signal)).toEqual(['(new)']);
	});

	it('of an unchanged object is empty, whatever the server writes by itself', async () => {
		const live = (version: string) => ({...secret({a: 'Yg=='}, {resourceVersion: version}), status: {seen: version}});
		const {cluster} = await start((request) =>
			request.path === path ? {body: live(request.method === 'GET' ? '1' : '2')} : undefined,
		);
		expect(await cluster.diff(secret({a: 'Yg=='}), signal)).toEqual([]);
	});
});

describe('single objects', () => {
	it('are created once: an existing one is undefined', async () => {
		let exists = false;
		const {cluster} = await start(({method, path: asked, body}) => {
			if (method !== 'POST' || asked !== '/api/v1/namespaces/zenml-pro/secrets') return undefined;
			if (exists) return status(409, 'AlreadyExists', 'secrets "zenml-tls" already exists');
			exists = true;
			return {status: 201, body};
		});
		expect(await cluster.create(secret({}), signal)).toEqual(secret({}));
		expect(await cluster.create(secret({}), signal)).toBeUndefined();
	});

	it.each([
		[409, 'Conflict'],
		[404, 'NotFound'],
	])('are not replaced when the server answers %i', async (code, reason) => {
		const {cluster} = await start(({method}) => (method === 'PUT' ? status(code, reason, 'no') : undefined));
		expect(await cluster.replace(secret({}, {resourceVersion: '1'}), signal)).toBeUndefined();
	});

	it('are deleted with what they own, and a missing one is fine', async () => {
		const {cluster, server} = await start(({method, body}) => {
			if (method !== 'DELETE') return undefined;
			expect(body).toMatchObject({propagationPolicy: 'Background'});
			return status(404, 'NotFound', 'gone');
		});
		await cluster.delete({apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-tls'}, signal);
		expect(server.seen).toContain(`DELETE ${path}`);
	});

	it('of the whole cluster have no namespace in their path', async () => {
		const {cluster} = await start(({path: asked}) =>
			asked === '/api/v1/namespaces/a' ? {body: {kind: 'Namespace', metadata: {name: 'a'}}} : undefined,
		);
		expect(await cluster.get({apiVersion: 'v1', kind: 'Namespace', name: 'a'}, signal)).toEqual({
			kind: 'Namespace',
			metadata: {name: 'a'},
		});
	});
});

describe('lists', () => {
	it('are read page by page, and their items say what they are', async () => {
		const item = (name: string) => ({metadata: {name, namespace: 'a'}});
		const {cluster} = await start(({path: asked, query}) => {
			if (asked !== '/api/v1/namespaces/a/secrets') return undefined;
			expect(query.get('labelSelector')).toBe('app=zenml');
			return query.get('continue') === 'next'
				? {body: {items: [item('two')], metadata: {resourceVersion: '9'}}}
				: {body: {items: [item('one')], metadata: {continue: 'next', resourceVersion: '9'}}};
		});
		const found = await cluster.list(
			{apiVersion: 'v1', kind: 'Secret', namespace: 'a', labelSelector: 'app=zenml'},
			signal,
		);
		expect(found.map(({kind, metadata}) => `${kind} ${metadata.name}`)).toEqual(['Secret one', 'Secret two']);
	});
});

describe('logs', () => {
	const log = '/api/v1/namespaces/a/pods/p/log';

	it('are the last lines, of the container and run that are asked for', async () => {
		const {cluster} = await start(({path: asked, query}) => {
			if (asked !== log) return undefined;
			expect(Object.fromEntries(query)).toEqual({container: 'c', tailLines: '2', previous: 'true'});
			return {body: 'one\ntwo\n', headers: {'content-type': 'text/plain'}};
		});
		const pod = {namespace: 'a', name: 'p', container: 'c'};
		expect(await cluster.logs(pod, {tailLines: 2, previous: true, signal})).toEqual(['one', 'two']);
	});

	it('come without colors, and without what a validation of a server shows of its settings', async () => {
		const body = [
			'\u001B[31mERROR\u001B[0m',
			"[type=value_error, input_value={'type': <StoreType.SQL: 'sql'>, ",
			"│ ...aB3xQ9LmZ7tTAIL'}, input_type=dict]",
		].join('\n');
		const {cluster} = await start(({path: asked}) =>
			asked === log ? {body, headers: {'content-type': 'text/plain'}} : undefined,
		);
		expect(await cluster.logs({namespace: 'a', name: 'p'}, {tailLines: 9, signal})).toEqual([
			'ERROR',
			'[type=value_error, input_value=[secret], input_type=dict]',
		]);
	});

	it('that do not exist yet are empty; a pod that does not exist is a problem', async () => {
		let answer = status(400, 'BadRequest', 'container "c" in pod "p" is waiting to start: ContainerCreating');
		const {cluster} = await start(({path: asked}) => (asked === log ? answer : undefined));
		expect(await cluster.logs({namespace: 'a', name: 'p'}, {tailLines: 2, signal})).toEqual([]);
		answer = status(404, 'NotFound', 'pods "p" not found');
		const found = await problemOf(cluster.logs({namespace: 'a', name: 'p'}, {tailLines: 2, signal}));
		expect(found).toMatchObject({code: 'kubernetes-not-found'});
	});
});

describe('access reviews', () => {
	it('are spared where the rules of a namespace allow what is asked; the rest is asked for one by one', async () => {
		const asked: string[] = [];
		const resourceRules = [
			{verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets', 'pods', '*/log']},
			{verbs: ['*'], apiGroups: ['apps'], resources: ['*']},
			{verbs: ['patch'], apiGroups: [''], resources: ['secrets'], resourceNames: ['one']},
		];
		const {cluster} = await start(({path: at, body}) => {
			if (at.endsWith('/selfsubjectrulesreviews')) return {body: {status: {resourceRules, incomplete: true}}};
			const {verb, resource} = (body as {spec: {resourceAttributes: Record<string, string>}}).spec.resourceAttributes;
			asked.push(`${verb} ${resource}`);
			return {body: {status: {allowed: resource === 'events'}}};
		});
		const at = {group: '', namespace: 'a'};
		const denied = await cluster.denied(
			[
				{...at, verb: 'get', resource: 'secrets'},
				{...at, verb: 'get', resource: 'pods/log'},
				{...at, verb: 'patch', resource: 'secrets'},
				{...at, verb: 'create', resource: 'events'},
				{...at, group: 'apps', verb: 'delete', resource: 'deployments/scale'},
			],
			signal,
		);
		expect(asked).toEqual(['patch secrets', 'create events']);
		expect(denied.map(({verb, resource}) => `${verb} ${resource}`)).toEqual(['patch secrets']);
	});

	it('return the denied accesses with the reason, in order, a few at a time', async () => {
		let open = 0;
		let most = 0;
		const {cluster} = await start(({path: asked, body, response}) => {
			if (asked.endsWith('/selfsubjectrulesreviews')) return {status: 403, body: {reason: 'Forbidden'}};
			if (asked !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return undefined;
			open++;
			most = Math.max(most, open);
			const {resource, subresource, verb} = (body as {spec: {resourceAttributes: Record<string, string>}}).spec
				.resourceAttributes;
			const allowed = verb === 'get' && subresource !== 'log';
			setTimeout(() => {
				open--;
				response.end(JSON.stringify({status: {allowed, reason: allowed ? '' : `no ${resource} for you`}}));
			}, 5);
			return 'handled';
		});
		const accesses = [
			...Array.from({length: 20}, (_, index) => ({verb: 'get', group: '', resource: `kind${index}`, namespace: 'a'})),
			{verb: 'get', group: '', resource: 'pods/log', namespace: 'a'},
			{verb: 'create', group: 'apps', resource: 'deployments'},
		];
		const denied = await cluster.denied(accesses, signal);
		expect(denied.map(({verb, resource, reason}) => `${verb} ${resource}: ${reason}`)).toEqual([
			'get pods/log: no pods for you',
			'create deployments: no deployments for you',
		]);
		expect(most).toBeLessThanOrEqual(8);
	});
});
