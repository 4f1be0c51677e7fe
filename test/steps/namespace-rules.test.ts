import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {brokenRange, fillIn} from '../../source/steps/prerequisites/admission/limit-range.ts';
import {enforcedLevel, lackedFor} from '../../source/steps/prerequisites/admission/pod-security.ts';
import {ownPod, plannedPods} from '../../source/steps/prerequisites/admission/pods.ts';
import {brokenQuota} from '../../source/steps/prerequisites/admission/quota.ts';
import {namespaceRules} from '../../source/steps/prerequisites/namespace-rules.ts';
import {carried, kept, refusal} from './parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from './world.ts';

const restrictedContainer = {
	allowPrivilegeEscalation: false,
	capabilities: {drop: ['ALL']},
	seccompProfile: {type: 'RuntimeDefault'},
	runAsNonRoot: true,
};
const podWith = (container: object, pod: object = {}) =>
	ownPod('Deployment zenml', {...pod, containers: [{name: 'server', ...container}]});
const resources = (requests: object, limits: object = {}) => ({resources: {requests, limits}});

describe('levels of pod security', () => {
	test('a pod that says all is let in, whether it says it for itself or for its containers', () => {
		expect(lackedFor('restricted', podWith({securityContext: restrictedContainer}).spec)).toEqual([]);
		const {runAsNonRoot, seccompProfile, ...container} = restrictedContainer;
		const spec = podWith({securityContext: container}, {securityContext: {runAsNonRoot, seccompProfile}}).spec;
		expect(lackedFor('restricted', spec)).toEqual([]);
	});

	test('a pod of a chart that only says that it is not root lacks the rest', () => {
		const {spec} = podWith({securityContext: {runAsNonRoot: true, runAsUser: 1000}});
		expect(lackedFor('restricted', spec)).toEqual([
			'allowPrivilegeEscalation=false',
			'capabilities.drop=["ALL"]',
			'seccompProfile.type=RuntimeDefault',
		]);
		expect(lackedFor('baseline', spec)).toEqual([]);
	});

	test.each([
		[{}, {hostNetwork: true}, 'no host namespaces'],
		[{}, {volumes: [{name: 'v', hostPath: {path: '/'}}]}, 'no hostPath volume'],
		[{ports: [{containerPort: 1, hostPort: 80}]}, {}, 'no host port'],
		[{securityContext: {privileged: true}}, {}, 'privileged=false'],
	])('what baseline refuses is refused: %j %j', (container, pod, lacks) => {
		expect(lackedFor('baseline', podWith(container, pod).spec)).toEqual([lacks]);
	});

	test.each([
		[{...restrictedContainer, runAsUser: 0}, 'runAsUser other than 0'],
		[{...restrictedContainer, runAsNonRoot: false}, 'runAsNonRoot=true'],
		[{...restrictedContainer, capabilities: {drop: ['ALL'], add: ['NET_ADMIN']}}, 'no added capabilities'],
		[{...restrictedContainer, seccompProfile: {type: 'Unconfined'}}, 'seccompProfile.type=RuntimeDefault'],
	])('what restricted refuses is refused: %j', (securityContext, lacks) => {
		expect(lackedFor('restricted', podWith({securityContext}).spec)).toEqual([lacks]);
	});

	test('containers that run first count too', () => {
		const pod = ownPod('x', {
			containers: [{name: 'a', securityContext: restrictedContainer}],
			initContainers: [{name: 'b', securityContext: {...restrictedContainer, allowPrivilegeEscalation: true}}],
		});
		expect(lackedFor('restricted', pod.spec)).toEqual(['allowPrivilegeEscalation=false']);
	});

	test('only the label that enforces counts', () => {
		expect(enforcedLevel({'pod-security.kubernetes.io/enforce': 'restricted'})).toBe('restricted');
		expect(enforcedLevel({'pod-security.kubernetes.io/warn': 'restricted'})).toBeUndefined();
		expect(enforcedLevel({'pod-security.kubernetes.io/enforce': 'privileged'})).toBeUndefined();
		expect(enforcedLevel(undefined)).toBeUndefined();
	});
});

const range = (...limits: readonly object[]): KubeObject => ({
	apiVersion: 'v1',
	kind: 'LimitRange',
	metadata: {name: 'team', namespace: 'zenml-pro'},
	spec: {limits},
});

describe('limit ranges', () => {
	test.each<readonly [string, object, object, readonly string[]]>([
		[
			'a request below the least',
			{min: {memory: '1Gi'}},
			resources({memory: '512Mi'}),
			['requests 512Mi memory, at least 1Gi is demanded'],
		],
		['no request where one is demanded', {min: {cpu: '100m'}}, {}, ['requests no cpu']],
		[
			'no limit where there is a most',
			{max: {memory: '1Gi'}},
			resources({memory: '512Mi'}),
			['has no limit of memory'],
		],
		[
			'a limit above the most',
			{max: {cpu: 1}},
			resources({cpu: '1'}, {cpu: '2'}),
			['has a limit of 2 cpu, at most 1 is allowed'],
		],
		[
			'a default that is below the request',
			{default: {memory: '256Mi'}},
			resources({memory: '512Mi'}),
			['requests 512Mi memory, more than the limit of 256Mi that it gets'],
		],
		[
			'a limit far above the request',
			{maxLimitRequestRatio: {cpu: '2'}},
			resources({cpu: '500m'}, {cpu: '2'}),
			['has a limit of cpu more than 2 times its request'],
		],
		['what is filled in', {min: {cpu: '100m'}, defaultRequest: {cpu: '200m'}}, {}, []],
		['a limit that is a request too', {min: {memory: '1Gi'}}, resources({}, {memory: '2Gi'}), []],
		['all that fits', {min: {cpu: '100m'}, max: {cpu: '4'}}, resources({cpu: '1'}, {cpu: '2'}), []],
	])('%s', (_title, limits, container, words) => {
		expect(brokenRange(range({type: 'Container', ...limits}), [podWith(container)])).toEqual(
			words.map((one) => `LimitRange team: container server of Deployment zenml ${one}`),
		);
	});

	test('pods as a whole, and kinds that are no pods', () => {
		const pod = podWith(resources({cpu: '1'}, {cpu: '2'}));
		expect(brokenRange(range({type: 'Pod', max: {cpu: '1500m'}, min: {cpu: '2'}}), [pod])).toEqual([
			'LimitRange team: a pod of Deployment zenml requests less than 2 cpu',
			'LimitRange team: a pod of Deployment zenml has limits of more than 1500m cpu',
		]);
		expect(brokenRange(range({type: 'PersistentVolumeClaim', max: {storage: '1'}}), [pod])).toEqual([]);
	});
});

const quota = (hard: object, more: object = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'ResourceQuota',
	metadata: {name: 'team', namespace: 'zenml-pro'},
	spec: {hard, ...more},
});

describe('quotas', () => {
	const pods = [{...podWith(resources({cpu: '1', memory: '1Gi'})), count: 3}];

	test.each<readonly [string, object, readonly string[]]>([
		['what must be said', {'limits.cpu': '100'}, ['container server of Deployment zenml must say limits.cpu']],
		[
			'more than is allowed',
			{'requests.cpu': '2500m'},
			['the pods together ask for more requests.cpu than the 2500m that are allowed'],
		],
		[
			'the short name of a request',
			{memory: '2Gi'},
			['the pods together ask for more memory than the 2Gi that are allowed'],
		],
		['more pods than are allowed', {pods: '2'}, ['3 pods are needed, 2 are allowed']],
		['enough', {'requests.cpu': 3, pods: '3', secrets: '1', 'count/jobs.batch': '0'}, []],
	])('%s', (_title, hard, words) => {
		expect(brokenQuota(quota(hard), pods)).toEqual(words.map((one) => `ResourceQuota team: ${one}`));
	});

	test('quotas of some pods only are left to the cluster', () => {
		expect(brokenQuota(quota({pods: '0'}, {scopes: ['BestEffort']}), pods)).toEqual([]);
		expect(brokenQuota(quota({pods: '0'}, {scopeSelector: {matchExpressions: []}}), pods)).toEqual([]);
	});

	test('what a limit range fills in counts as said', () => {
		const filled = pods.map((pod) => fillIn([range({type: 'Container', default: {cpu: '2'}})], pod));
		expect(brokenQuota(quota({'limits.cpu': '6'}), filled)).toEqual([]);
		expect(brokenQuota(quota({'limits.cpu': '5'}), filled)).toHaveLength(1);
	});
});

/** What a chart of these tests makes: one server that is not root and says nothing else, and its migration. */
const rendered = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: zenml}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: server
          image: registry.corp/zenml/zenml-pro-server:1.0
          securityContext: {runAsNonRoot: true, runAsUser: 1000}
          resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: 1, memory: 2Gi}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migration, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: [{name: m, image: registry.corp/zenml/zenml-pro-server:1.0}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: zenml}
spec: {ports: [{port: 80}]}
`;

describe('namespaces that are there, before anything changes', () => {
	const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: {name, labels},
	});
	const site = (objects: readonly KubeObject[], more: Given = {}): Given => ({
		bundle: carried(),
		cluster: {...kept(...objects), version: async () => 'v1.34.0'},
		helm: {template: async () => rendered},
		...more,
	});
	const see = async (given: Given) => namespaceRules.run(worldOf(given));
	const refuse = async (given: Given) => refusalOf(see(given));

	test('one that is not there yet has no rules, and one without rules lets all in', async () => {
		const note = '5 kinds of pods in 2 namespaces';
		expect(await see(site([]))).toEqual({note});
		expect(await see(site([namespace('zenml-pro')]))).toEqual({note});
	});

	test('a level of pod security that the pods lack something for is told with what it is', async () => {
		const level = {'pod-security.kubernetes.io/enforce': 'restricted'};
		const migration =
			'Job migration: allowPrivilegeEscalation=false, capabilities.drop=["ALL"], runAsNonRoot=true, seccompProfile.type=RuntimeDefault';
		const server =
			'Deployment zenml: allowPrivilegeEscalation=false, capabilities.drop=["ALL"], seccompProfile.type=RuntimeDefault';
		expect(await refuse(site([namespace('zenml-pro', level)]))).toMatchObject({
			code: code('namespace-pod-security'),
			area: 'prerequisites',
			who: 'cluster admin',
			message:
				'Namespace zenml-pro would refuse pods of this install: it enforces the pod security level "restricted".',
			cause: `What they lack: ${server}; ${migration}.`,
			fix: 'Correct the user of the pods in the answers, or have the cluster admin lower the level of that namespace to "baseline".',
			nextSteps: ['kubectl label --overwrite namespace zenml-pro pod-security.kubernetes.io/enforce=baseline'],
			answers: ['controlPlane.podSecurityContext'],
			evidence: [server, migration],
		});
		expect(await see(site([namespace('zenml-pro', {'pod-security.kubernetes.io/enforce': 'baseline'})]))).toBeDefined();
	});

	test('limits that the pods, or the probes of this tool, do not fit are told', async () => {
		const limits = {type: 'Container', min: {memory: '512Mi'}, defaultRequest: {memory: '512Mi'}};
		expect(await refuse(site([namespace('zenml-pro'), range(limits)]))).toMatchObject({
			code: code('namespace-limits'),
			who: 'cluster admin',
			message: 'Namespace zenml-pro would refuse pods of this install: they do not fit its limits.',
			cause:
				'What does not fit: LimitRange team: container probe of the probes of this tool requests 64Mi memory, at least 512Mi is demanded.',
			fix: 'Change CPU and memory of the pods in the answers, or have the cluster admin change the LimitRange.',
			nextSteps: ['kubectl -n zenml-pro describe limitrange'],
			answers: ['controlPlane.resources.requests', 'controlPlane.resources.limits'],
		});
		const answers = answersOf((input) => ({...input, network: {podChecks: false}}));
		expect(await see(site([namespace('zenml-pro'), range(limits)], {answers}))).toBeDefined();
	});

	test('a quota that demands what the pods do not say, or that is too small, is told', async () => {
		expect(await refuse(site([namespace('zenml-pro'), quota({'limits.cpu': '1'})]))).toMatchObject({
			code: code('namespace-quota'),
			who: 'cluster admin',
			message: 'Namespace zenml-pro would refuse pods of this install: its quota does not allow them.',
			cause:
				'What does not fit: ResourceQuota team: container m of Job migration must say limits.cpu; ResourceQuota team: the pods together ask for more limits.cpu than the 1 that are allowed.',
			fix: 'Have the cluster admin make a LimitRange in that namespace with defaults for containers that say nothing, which no value of the chart reaches: m of Job migration.',
		});
	});

	test('a quota that is too small for pods that say all is told with what answers can change', async () => {
		const {template} = {template: async () => rendered.split('---')[0] ?? ''};
		const found = await refuse(site([namespace('zenml-pro'), quota({'limits.cpu': '1'})], {helm: {template}}));
		expect(found).toMatchObject({
			code: code('namespace-quota'),
			fix: 'Have the cluster admin raise the quota, or ask for less CPU and memory in the answers.',
			nextSteps: ['kubectl -n zenml-pro describe resourcequota'],
		});
	});

	test('a container that the chart gives no context, and no value reaches, is told with what helps', async () => {
		const context = JSON.stringify(restrictedContainer);
		const careless = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: zenml}
spec:
  template:
    spec:
      initContainers: [{name: update-ca-certificates, image: registry.corp/zenml/zenml-pro-server:1.0}]
      containers:
        - {name: server, image: registry.corp/zenml/zenml-pro-server:1.0, securityContext: ${context}, resources: {limits: {cpu: 1}}}
`;
		const given = site([namespace('zenml-pro', {'pod-security.kubernetes.io/enforce': 'restricted'})], {
			helm: {template: async () => careless},
		});
		const found = await refuse(given);
		expect(found).toMatchObject({code: code('namespace-pod-security'), who: 'cluster admin'});
		expect(found.cause).toContain('update-ca-certificates of Deployment zenml: allowPrivilegeEscalation=false');
		expect(found.fix).toContain('lower the level of that namespace to "baseline"');
		expect(found.fix).toContain('no answer and no value reaches them');
		expect(found.answers ?? []).toEqual([]);
	});

	test('pods of hooks and of CronJobs count, those of tests do not', () => {
		const spec = {containers: [{name: 'a'}]};
		const pod = (hook: string) => ({kind: 'Pod', metadata: {name: 'p', annotations: {'helm.sh/hook': hook}}, spec});
		expect(plannedPods(pod('pre-install'))).toMatchObject([{label: 'Pod p', count: 0}]);
		expect(plannedPods(pod('test'))).toEqual([]);
		const jobTemplate = {spec: {template: {spec}}};
		expect(plannedPods({kind: 'CronJob', metadata: {name: 'c'}, spec: {jobTemplate}})).toMatchObject([
			{label: 'CronJob c', count: 0},
		]);
	});

	test('a login that may not read the rules is told so, and nothing is refused', async () => {
		const {list, ...others} = kept(namespace('zenml-pro'));
		const forbidden: typeof list = async (of) => {
			if (of.kind === 'Namespace') return list(of);
			throw refusal('kubernetes-forbidden');
		};
		const cluster = {...others, list: forbidden, version: async () => 'v1.34.0'};
		expect((await see({...site([]), cluster})).warnings).toEqual([
			'This login may not read LimitRange in zenml-pro, ResourceQuota in zenml-pro: whether pods are let in is seen when they are made.',
		]);
	});

	test('objects that make no pods, and such of another shape, are passed over', () => {
		const object = {apiVersion: 'v1', kind: 'Service', metadata: {name: 's'}, spec: {template: {spec: {}}}};
		expect(plannedPods(object)).toEqual([]);
		expect(plannedPods({...object, kind: 'Deployment'})).toEqual([]);
		expect(brokenRange({...range(), spec: 'none'}, [])).toEqual([]);
		expect(brokenQuota({...quota({}), spec: 'none'}, [])).toEqual([]);
	});
});
