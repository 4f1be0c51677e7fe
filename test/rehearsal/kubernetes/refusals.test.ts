import {afterAll, beforeAll, expect, test} from 'vitest';
import type {KubernetesServer} from '../../../rehearsal/kubernetes/index.ts';
import {send, type Target, targetOf} from '../../lab/api-client.ts';
import {deployment, eventually, patchAs, startCluster} from './cluster.ts';

// Refusals that the comparison with a real API server (table.test.ts) does not ask for.

let cluster: KubernetesServer;
let target: Target;

const core = '/api/v1/namespaces/default';
const maps = `${core}/configmaps`;
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
const role = {kind: 'Role', name: 'reader'};
const as = (type: string) => ({'content-type': type});

beforeAll(async () => {
	cluster = await startCluster();
	target = targetOf('rehearsal', cluster.kubeconfig);
	await eventually(() => cluster.store.get('serviceaccounts', 'default', 'default'));
	const put = (path: string, body: unknown) => send(target, 'POST', path, body);
	await put(maps, {metadata: {name: 'here'}});
	await put(deployments, deployment('d', 'server:1'));
	await put(`${core}/services`, {metadata: {name: 's'}, spec: {ports: [{port: 80}]}});
	await put(`${core}/secrets`, {metadata: {name: 't'}, data: {a: ''}});
	await put(bindings, {metadata: {name: 'b'}, roleRef: role});
});
afterAll(() => cluster.stop());

type Row = readonly [title: string, path: string, body: unknown, code: number, words: string];

const named = (more: object) => ({metadata: {name: 'a'}, ...more});
const cannotBe = (kind: string) => `${kind} in version "v1" cannot be handled as a ${kind}:`;
const notStrings = (map: string, type: string) =>
	`${cannotBe('ConfigMap')} json: cannot unmarshal ${type} into Go struct field ${map} of type string`;
const noMethod = 'the server does not allow this method on the requested resource';
const container = {name: 'a', image: 'b'};
const long = 'x'.repeat(64);

const ofNew: readonly Row[] = [
	['is no object', maps, [], 400, 'the object provided is unrecognized (must be of type object)'],
	[
		'is of another version',
		maps,
		named({apiVersion: 'apps/v1'}),
		400,
		'the API version in the data (apps/v1) does not match the expected API version (v1)',
	],
	[
		'has a list as a label',
		maps,
		{metadata: {name: 'a', labels: {a: ['b']}}},
		400,
		notStrings('ObjectMeta.metadata.labels', 'array'),
	],
	[
		'has a truth as a label',
		maps,
		{metadata: {name: 'a', labels: {a: true}}},
		400,
		notStrings('ObjectMeta.metadata.labels', 'bool'),
	],
	[
		'has a number as an annotation',
		maps,
		{metadata: {name: 'a', annotations: {a: 1}}},
		400,
		notStrings('ObjectMeta.metadata.annotations', 'number'),
	],
	[
		'has a label that is too long',
		maps,
		{metadata: {name: 'a', labels: {a: long}}},
		422,
		`ConfigMap "a" is invalid: metadata.labels: Invalid value: "${long}": must be no more than 63 bytes`,
	],
	[
		'has a number as the text of a Secret',
		`${core}/secrets`,
		named({stringData: {a: 1}}),
		400,
		`${cannotBe('Secret')} json: cannot unmarshal number into Go struct field Secret.stringData of type string`,
	],
	[
		'is a Secret of a type whose key it lacks',
		`${core}/secrets`,
		named({type: 'kubernetes.io/ssh-auth'}),
		422,
		'Secret "a" is invalid: data[ssh-privatekey]: Required value',
	],
	[
		'has containers without names and images',
		`${core}/pods`,
		named({spec: {containers: [{env: [{value: 'x'}], volumeMounts: [{mountPath: '/x'}]}]}}),
		422,
		'Pod "a" is invalid: [spec.containers[0].name: Required value, spec.containers[0].image: Required value, spec.containers[0].env[0].name: Required value, spec.containers[0].volumeMounts[0].name: Not found: ""]',
	],
	[
		'is a pod of a service account that is not there',
		`${core}/pods`,
		named({spec: {serviceAccountName: 'none', containers: [{...container, resources: {requests: {cpu: '2'}}}]}}),
		403,
		'pods "a" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
	],
	[
		'is a claim for nothing',
		`${core}/persistentvolumeclaims`,
		named({spec: {}}),
		422,
		'PersistentVolumeClaim "a" is invalid: [spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
	],
	[
		'is an Ingress that leads nowhere',
		'/apis/networking.k8s.io/v1/namespaces/default/ingresses',
		named({spec: {}}),
		422,
		'Ingress.networking.k8s.io "a" is invalid: spec: Invalid value: []: either `defaultBackend` or `rules` must be specified',
	],
	[
		'is a Job that does not say when its pods are over',
		'/apis/batch/v1/namespaces/default/jobs',
		named({spec: {template: {spec: {containers: [container]}}}}),
		422,
		'Job.batch "a" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
	],
	[
		'binds a Role in the whole cluster',
		'/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
		named({roleRef: role}),
		422,
		'ClusterRoleBinding.rbac.authorization.k8s.io "a" is invalid: roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
	],
	['names no namespace', '/api/v1/configmaps', named({}), 405, noMethod],
	[
		'is larger than 3 MiB',
		maps,
		named({data: {a: 'x'.repeat(3 * 1024 * 1024)}}),
		413,
		'Request entity too large: limit is 3145728',
	],
];

const told = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
	const reply = await send(target, method, path, body, headers);
	return [reply.status, (reply.body as {message?: string}).message];
};

test.each(ofNew)('a new object that %s', async (...[, path, body, code, words]) => {
	expect(await told('POST', path, body)).toEqual([code, words]);
});

const ofChanges: readonly Row[] = [
	[
		'moves the address of a Service',
		`${core}/services/s`,
		{spec: {clusterIP: '10.96.0.99'}},
		422,
		'Service "s" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.99"]: may not change once set',
	],
	[
		'changes the type of a Secret',
		`${core}/secrets/t`,
		{type: 'other'},
		422,
		'Secret "t" is invalid: type: Invalid value: "other": field is immutable',
	],
	[
		'changes the role of a binding',
		`${bindings}/b`,
		{roleRef: {name: 'writer'}},
		422,
		'RoleBinding.rbac.authorization.k8s.io "b" is invalid: roleRef: Invalid value: {"kind":"Role","name":"writer","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
	],
	[
		'scales below nothing',
		`${deployments}/d/scale`,
		{spec: {replicas: -1}},
		400,
		'spec.replicas: must be a number that is not negative',
	],
	['is for the status of what is not there', `${deployments}/x/status`, {}, 404, 'deployments.apps "x" not found'],
];

test.each(ofChanges)('a merge patch that %s', async (...[, path, body, code, words]) => {
	expect(await told('PATCH', path, body, as(patchAs.merge))).toEqual([code, words]);
});

const badForm = 'accepted media types include: application/json, application/yaml';

test.each([
	['application/cbor', 415, `the body of the request was in an unknown format - ${badForm}`],
	[
		'application/vnd.kubernetes.protobuf',
		415,
		`a body without the Kubernetes envelope in protobuf form is not read here - ${badForm}`,
	],
])('a body in %s is not read', async (type, code, words) => {
	expect(await told('POST', maps, 'none of these', as(type))).toEqual([code, words]);
});

test.each([
	[patchAs.json, [{op: 'jump', path: '/data'}], 'error decoding patch: unexpected kind: jump'],
	[patchAs.strategic, [], 'error decoding patch: a strategic merge patch must be an object'],
])('a patch that is no %s', async (type, body, words) => {
	expect(await told('PATCH', `${maps}/here`, body, as(type))).toEqual([400, words]);
});

test.each([
	['GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 405, noMethod],
	['DELETE', '/api/v1/namespaces', 405, noMethod],
	['GET', `${core}/serviceaccounts/default/token`, 400, 'the server does not allow get on serviceaccounts/token'],
	['PUT', `${deployments}/d/scale`, 400, 'the server does not allow update on deployments/scale'],
	['DELETE', `${deployments}/d/status`, 400, 'the server does not allow delete on deployments/status'],
	['GET', `${maps}?limit=1&continue=e30`, 400, 'continue key is not valid'],
])('%s %s is not allowed', async (method, path, code, words) => {
	expect(await told(method, path)).toEqual([code, words]);
});

test('a write with the uid of another object of that name conflicts', async () => {
	const uid = '00000000-0000-0000-0000-000000000000';
	const [code, words] = await told('PUT', `${maps}/here`, {metadata: {name: 'here', uid}});
	expect(code).toBe(409);
	expect(words).toContain(`Precondition failed: UID in precondition: ${uid}, UID in object meta: `);
});

test('a deletion of an old version conflicts', async () => {
	const preconditions = {resourceVersion: '1'};
	const [code, words] = await told('DELETE', `${maps}/here`, {preconditions});
	expect(code).toBe(409);
	expect(words).toContain('Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: ');
});

test.each([
	['no such group', '/apis/none.example.com'],
	['no document of such a group', '/openapi/v3/apis/none.example.com/v1'],
])('there is %s', async (_, path) => {
	expect(await send(target, 'GET', path)).toMatchObject({status: 404, body: '404 page not found\n'});
});

test('a server that plays says that it is ready', async () => {
	expect(await send(target, 'GET', '/readyz')).toMatchObject({status: 200, body: 'ok'});
});
