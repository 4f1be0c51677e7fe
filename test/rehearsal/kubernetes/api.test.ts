import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {dict, list} from '../../../rehearsal/kubernetes/objects/values.ts';
import {call, deployment, eventually, patchAs, startCluster} from './cluster.ts';

let cluster: KubernetesServer;
beforeAll(async () => {
	cluster = await startCluster();
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
});
afterAll(() => cluster.stop());

const maps = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) => ({
	metadata: {name, labels},
	data,
});

describe('refusals are worded like the real server', () => {
	it('an object that is there already', async () => {
		await call(cluster, `POST ${maps}`, map('twice'));
		const again = await call(cluster, `POST ${maps}`, map('twice'));
		expect([again.code, again.body.message]).toEqual([409, 'configmaps "twice" already exists']);
	});

	it('a write on an old version', async () => {
		const made = await call(cluster, `POST ${maps}`, map('old', {a: '1'}));
		await call(cluster, `PATCH ${maps}/old`, {data: {a: '2'}}, {'content-type': patchAs.merge});
		const late = await call(cluster, `PUT ${maps}/old`, made.body);
		expect([late.code, late.body.message]).toEqual([
			409,
			'Operation cannot be fulfilled on configmaps "old": the object has been modified; please apply your changes to the latest version and try again',
		]);
	});

	it('a wrong token', async () => {
		const answer = await call(cluster, `GET ${maps}`, undefined, {authorization: 'Bearer wrong'});
		expect([answer.code, answer.body.reason]).toEqual([401, 'Unauthorized']);
	});

	it('warns of an unknown field by default', async () => {
		const answer = await call(cluster, `POST ${maps}`, {metadata: {name: 'warned'}, dta: {}});
		expect(answer.code).toBe(201);
		expect(answer.headers.warning).toBe('299 - "unknown field \\"dta\\""');
	});

	it('a change to a template of a Job', async () => {
		const jobs = '/apis/batch/v1/namespaces/default/jobs';
		const template = {spec: {restartPolicy: 'Never', containers: [{name: 'a', image: 'unready'}]}};
		expect(
			(await call(cluster, `POST ${jobs}`, {metadata: {name: 'fixed'}, spec: {template, suspend: true}})).code,
		).toBe(201);
		const patch = {spec: {template: {spec: {containers: [{name: 'a', image: 'other'}]}}}};
		const answer = await call(cluster, `PATCH ${jobs}/fixed`, patch, {'content-type': patchAs.strategic});
		expect(answer.code).toBe(422);
		expect(answer.body.message).toMatch(
			/^Job.batch "fixed" is invalid: spec.template: Invalid value: .*: field is immutable$/,
		);
	});
});

describe('writes', () => {
	it('make names, encode stringData, and count generations of specs only', async () => {
		const secret = await call(cluster, 'POST /api/v1/namespaces/default/secrets', {
			metadata: {generateName: 'made-'},
			stringData: {a: 'ä'},
		});
		expect(dict(secret.body.metadata).name).toMatch(/^made-[a-z0-9]{5}$/);
		expect([secret.body.data, secret.body.stringData, secret.body.type]).toEqual([{a: 'w6Q='}, undefined, 'Opaque']);

		const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
		await call(cluster, `POST ${path}`, {metadata: {name: 'np'}, spec: {podSelector: {}}});
		const merge = {'content-type': patchAs.merge};
		const labelled = await call(cluster, `PATCH ${path}/np`, {metadata: {labels: {a: 'b'}}}, merge);
		expect(dict(labelled.body.metadata).generation).toBe(1);
		const changed = await call(cluster, `PATCH ${path}/np`, {spec: {podSelector: {matchLabels: {a: 'b'}}}}, merge);
		expect(dict(changed.body.metadata).generation).toBe(2);
	});

	it('do nothing on a dry run', async () => {
		const answer = await call(cluster, `POST ${maps}?dryRun=All`, map('dry'));
		expect(answer.code).toBe(201);
		expect((await call(cluster, `GET ${maps}/dry`)).code).toBe(404);
	});

	it('keep the resourceVersion when nothing changes', async () => {
		const made = await call(cluster, `POST ${maps}`, map('still', {a: '1'}));
		const same = await call(cluster, `PATCH ${maps}/still`, {data: {a: '1'}}, {'content-type': patchAs.merge});
		expect(dict(same.body.metadata).resourceVersion).toBe(dict(made.body.metadata).resourceVersion);
	});

	it('hold an object while it has a finalizer', async () => {
		await call(cluster, `POST ${maps}`, {metadata: {name: 'held', finalizers: ['example.com/hold']}});
		const deleted = await call(cluster, `DELETE ${maps}/held`);
		expect(dict(deleted.body.metadata).deletionTimestamp).toBeTypeOf('string');
		await call(cluster, `PATCH ${maps}/held`, {metadata: {finalizers: null}}, {'content-type': patchAs.merge});
		expect((await call(cluster, `GET ${maps}/held`)).code).toBe(404);
	});

	it('apply over HTTP with a manager, and need one', async () => {
		const body = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'applied'}, data: {a: '1'}};
		const headers = {'content-type': patchAs.apply};
		expect((await call(cluster, `PATCH ${maps}/applied`, body, headers)).body.message).toContain(
			'fieldManager: Required value',
		);
		expect((await call(cluster, `PATCH ${maps}/applied?fieldManager=one`, body, headers)).code).toBe(201);
		const other = {...body, data: {a: '2'}};
		const refused = await call(cluster, `PATCH ${maps}/applied?fieldManager=two`, other, headers);
		expect([refused.code, refused.body.message]).toEqual([
			409,
			'Apply failed with 1 conflict: conflict with "one": .data.a',
		]);
		const forced = await call(cluster, `PATCH ${maps}/applied?fieldManager=two&force=true`, other, headers);
		expect(forced.body.data).toEqual({a: '2'});
	});
});

describe('lists', () => {
	it('go page by page with limit and continue', async () => {
		for (const name of ['page-1', 'page-2', 'page-3'])
			await call(cluster, `POST ${maps}`, map(name, {}, {page: 'yes'}));
		const first = await call(cluster, `GET ${maps}?labelSelector=page%3Dyes&limit=2`);
		const metadata = dict(first.body.metadata);
		expect([list(first.body.items).length, metadata.remainingItemCount]).toEqual([2, 1]);
		const second = await call(cluster, `GET ${maps}?labelSelector=page%3Dyes&limit=2&continue=${metadata.continue}`);
		expect(list(second.body.items).map((item) => dict(dict(item).metadata).name)).toEqual(['page-3']);
	});

	it('come as a Table on request, with the whole objects beside it when they are asked for', async () => {
		const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
		await call(cluster, `POST ${maps}`, map('tabled', {a: '1', b: '2'}, {in: 'table'}));
		const rowOf = async (query: string) => {
			const answer = await call(cluster, `GET ${maps}?labelSelector=in%3Dtable${query}`, undefined, {accept});
			expect(answer.body.kind).toBe('Table');
			return dict(list(answer.body.rows)[0]);
		};
		expect(await rowOf('')).toMatchObject({
			cells: ['tabled', 2, expect.stringMatching(/^\d+s$/u)],
			object: {kind: 'PartialObjectMetadata', metadata: {name: 'tabled'}},
		});
		expect(await rowOf('&includeObject=Object')).toMatchObject({object: {kind: 'ConfigMap', data: {a: '1', b: '2'}}});
	});

	it('come as metadata alone on request', async () => {
		const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
		const answer = await call(cluster, 'GET /api/v1/nodes', undefined, {accept});
		expect(answer.body).toMatchObject({kind: 'PartialObjectMetadataList', items: [{metadata: {name: 'rehearsal-1'}}]});
		expect(dict(list(answer.body.items)[0]).spec).toBeUndefined();
	});

	it('name every kind in both forms of discovery', async () => {
		const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
		const fresh = await call(cluster, 'GET /apis', undefined, {accept});
		const groups = list(fresh.body.items).map((item) => dict(dict(item).metadata).name);
		const old = await call(cluster, 'GET /apis');
		expect(list(old.body.groups).map((group) => dict(group).name)).toEqual(groups);
		expect(groups).toContain('apps');
		expect(fresh.headers['content-type']).toBe(accept);
	});

	it('tell the short names that people type, and what "all" stands for', async () => {
		const namesIn = async (path: string) =>
			list((await call(cluster, `GET ${path}`)).body.resources)
				.map(dict)
				.filter(({shortNames}) => shortNames !== undefined)
				.map(({name, shortNames}) => `${name}: ${list(shortNames).join()}`);
		expect(await namesIn('/api/v1')).toEqual(
			expect.arrayContaining(['namespaces: ns', 'pods: po', 'configmaps: cm', 'services: svc']),
		);
		expect(await namesIn('/apis/apps/v1')).toEqual(['deployments: deploy', 'replicasets: rs']);
		const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
		const core = await call(cluster, 'GET /api', undefined, {accept});
		const resources = list(dict(list(dict(list(core.body.items)[0]).versions)[0]).resources).map(dict);
		expect(resources.find(({resource}) => resource === 'pods')).toMatchObject({
			shortNames: ['po'],
			categories: ['all'],
		});
	});
});

describe('access', () => {
	it('is refused for verbs that were taken away, in the words of the real server', async () => {
		cluster.setDenied([{verb: 'create', resource: 'secrets', namespace: 'default'}]);
		const refused = await call(cluster, 'POST /api/v1/namespaces/default/secrets', {metadata: {name: 'x'}});
		const spec = {resourceAttributes: {verb: 'create', resource: 'secrets', namespace: 'default'}};
		const asked = await call(cluster, 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {spec});
		cluster.setDenied([]);
		expect([refused.code, refused.body.message]).toEqual([
			403,
			'secrets is forbidden: User "kubernetes-admin" cannot create resource "secrets" in API group "" in the namespace "default"',
		]);
		expect(dict(asked.body.status).allowed).toBe(false);
	});

	it('to create is needed by a server-side apply that makes the object, and not by one that changes it', async () => {
		const path = '/api/v1/namespaces/default/configmaps/made-by-apply?fieldManager=test';
		const apply = (value: string) =>
			call(
				cluster,
				`PATCH ${path}`,
				{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'made-by-apply'}, data: {value}},
				{'content-type': patchAs.apply},
			);
		cluster.setDenied([{verb: 'create', resource: 'configmaps'}]);
		const refused = await apply('first');
		expect([refused.code, refused.body.message]).toEqual([
			403,
			'configmaps "made-by-apply" is forbidden: User "kubernetes-admin" cannot create resource "configmaps" in API group "" in the namespace "default"',
		]);
		cluster.setDenied([]);
		expect((await apply('first')).code).toBe(201);
		cluster.setDenied([{verb: 'create', resource: 'configmaps'}]);
		expect((await apply('second')).code).toBe(200);
		cluster.setDenied([]);
	});

	it('follows roles and bindings for a service account', async () => {
		const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
		await call(cluster, `POST ${rbac}/roles`, {
			metadata: {name: 'reader'},
			rules: [{apiGroups: [''], resources: ['pods'], verbs: ['list']}],
		});
		const roleRef = {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader'};
		const subjects = [{kind: 'ServiceAccount', name: 'default', namespace: 'default'}];
		await call(cluster, `POST ${rbac}/rolebindings`, {metadata: {name: 'reader'}, roleRef, subjects});
		const token = await call(cluster, 'POST /api/v1/namespaces/default/serviceaccounts/default/token', {spec: {}});
		const as = {authorization: `Bearer ${dict(token.body.status).token}`};
		expect((await call(cluster, 'GET /api/v1/namespaces/default/pods', undefined, as)).code).toBe(200);
		expect((await call(cluster, 'GET /api/v1/namespaces/default/secrets', undefined, as)).code).toBe(403);
	});
});

describe('namespaces', () => {
	it('take their content with them', async () => {
		await call(cluster, 'POST /api/v1/namespaces', {metadata: {name: 'short'}});
		await eventually(() => cluster.store.get('serviceaccounts', 'short', 'default'));
		await call(cluster, 'POST /apis/apps/v1/namespaces/short/deployments', deployment('d', 'server:1'));
		await eventually(() => cluster.store.list('pods', 'short').length === 1);
		await call(cluster, 'DELETE /api/v1/namespaces/short');
		const late = await call(cluster, 'POST /api/v1/namespaces/short/configmaps', map('late'));
		expect(late.body.message).toBe(
			'configmaps "late" is forbidden: unable to create new content in namespace short because it is being terminated',
		);
		await eventually(() => !cluster.store.get('namespaces', '', 'short'));
		expect(cluster.store.list('pods', 'short')).toEqual([]);
		expect(cluster.store.list('replicasets.apps', 'short')).toEqual([]);
	});
});
