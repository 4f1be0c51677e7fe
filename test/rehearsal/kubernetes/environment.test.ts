import {expect, test} from 'vitest';
import {resolveEnv} from '../../../rehearsal/kubernetes/kubelet/environment.ts';
import {missingVolume} from '../../../rehearsal/kubernetes/kubelet/volumes.ts';
import {createStore} from '../../../rehearsal/kubernetes/objects/store.ts';
import type {Container, EnvVar, KubeObject, Pod} from '../../../rehearsal/kubernetes/objects/types.ts';

const object = (name: string, more: object): KubeObject =>
	({
		apiVersion: 'v1',
		kind: 'Any',
		metadata: {
			name,
			namespace: 'default',
			uid: name,
			resourceVersion: '',
			creationTimestamp: '2026-01-01T00:00:00Z',
			labels: {'app.kubernetes.io/name': 'zenml'},
		},
		...more,
	}) as KubeObject;

const store = createStore();
store.put('secrets', object('login', {data: {PASSWORD: Buffer.from('geheim').toString('base64')}}));
store.put('configmaps', object('settings', {data: {LEVEL: 'debug'}}));

const resources = {limits: {memory: '2Gi'}, requests: {cpu: '500m'}};
const resolve = (container: Partial<Container>, pod: object = {}) =>
	resolveEnv(store, object('p', {spec: {}, ...pod}) as Pod, {name: 'main', image: 'x', resources, ...container});

test.each([
	['a literal', {value: 'as it is'}, 'as it is'],
	['nothing', {}, ''],
	['a variable before it and a dollar', {value: '$(FIRST)/$$(FIRST)/$(LATER)'}, '1/$(FIRST)/$(LATER)'],
	['a field of the pod', {valueFrom: {fieldRef: {fieldPath: 'metadata.name'}}}, 'p'],
	['a label', {valueFrom: {fieldRef: {fieldPath: "metadata.labels['app.kubernetes.io/name']"}}}, 'zenml'],
	['a label that is not there', {valueFrom: {fieldRef: {fieldPath: "metadata.labels['none']"}}}, ''],
	['a field that is not there', {valueFrom: {fieldRef: {fieldPath: 'status.podIP.none'}}}, ''],
	['a limit', {valueFrom: {resourceFieldRef: {resource: 'limits.memory'}}}, '2Gi'],
	['a limit that is not set', {valueFrom: {resourceFieldRef: {resource: 'limits.cpu'}}}, '0'],
	['a key of a Secret', {valueFrom: {secretKeyRef: {name: 'login', key: 'PASSWORD'}}}, 'geheim'],
	['a key of a ConfigMap', {valueFrom: {configMapKeyRef: {name: 'settings', key: 'LEVEL'}}}, 'debug'],
	[
		'an optional key that is not there',
		{valueFrom: {secretKeyRef: {name: 'login', key: 'X', optional: true}}},
		undefined,
	],
	[
		'an optional object that is not there',
		{valueFrom: {secretKeyRef: {name: 'x', key: 'X', optional: true}}},
		undefined,
	],
])('a variable may be %s', (_, variable, value) => {
	const env = [{name: 'FIRST', value: '1'}, {name: 'IT', ...variable} as EnvVar];
	expect(resolve({env})).toEqual({env: {FIRST: '1', ...(value === undefined ? {} : {IT: value})}});
});

test('whole Secrets and ConfigMaps become variables, and a variable of the container wins over them', () => {
	const envFrom = [
		{prefix: 'DB_', secretRef: {name: 'login'}},
		{configMapRef: {name: 'settings'}},
		{configMapRef: {name: 'none', optional: true}},
		{},
	];
	expect(resolve({envFrom, env: [{name: 'LEVEL', value: 'info'}]})).toEqual({
		env: {DB_PASSWORD: 'geheim', LEVEL: 'info'},
	});
});

test.each([
	['configmap "none" not found', {envFrom: [{configMapRef: {name: 'none'}}]}],
	[
		"couldn't find key NONE in ConfigMap default/settings",
		{env: [{name: 'X', valueFrom: {configMapKeyRef: {name: 'settings', key: 'NONE'}}}]},
	],
])('what is missing is told as the kubelet tells it: %s', (message, container) => {
	expect(resolve(container as Partial<Container>)).toEqual({missing: {reason: 'CreateContainerConfigError', message}});
});

const volume = (more: object) => missingVolume(store, object('p', {spec: {volumes: [{name: 'v', ...more}]}}) as Pod);

test.each([
	['a Secret that is there', {secret: {secretName: 'login'}}],
	['a key that is there', {secret: {secretName: 'login', items: [{key: 'PASSWORD', path: 'p'}]}}],
	['an optional Secret', {secret: {secretName: 'none', optional: true}}],
	['an optional key', {secret: {secretName: 'login', items: [{key: 'X', path: 'x'}], optional: true}}],
	['a folder', {emptyDir: {}}],
])('a volume of %s can be mounted', (_, source) => {
	expect(volume(source)).toBeUndefined();
});

test.each([
	[{configMap: {name: 'none'}}, 'configmap "none" not found'],
	[{projected: {sources: [{secret: {name: 'none'}}]}}, 'secret "none" not found'],
	[{secret: {secretName: 'login', items: [{key: 'X', path: 'x'}]}}, 'references non-existent secret key: X'],
	[{configMap: {name: 'settings', items: [{key: 'X', path: 'x'}]}}, 'references non-existent config key: X'],
])('the volume %j waits', (source, why) => {
	expect(volume(source)).toBe(`MountVolume.SetUp failed for volume "v" : ${why}`);
});
