import {describe, expect, it} from 'vitest';
import {diagnosePicture, findCulprit, type Picture} from '../../source/cluster/diagnose.ts';
import {podView} from '../../source/cluster/pods.ts';
import type {ContainerStatus, KubeEvent, Pod} from '../../source/cluster/symptoms.ts';

const image = 'registry.lab/zenml/zenml-pro-api:0.13.0';
const podOf = (status: Pod['status'], more: Partial<Pod> = {}): Pod => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'p', namespace: 'a'},
	spec: {nodeName: 'n1', containers: [{name: 'c', image}]},
	...(status && {status}),
	...more,
});
const waiting = (reason: string, message = '', more: Partial<ContainerStatus> = {}): Pod =>
	podOf({
		phase: 'Pending',
		containerStatuses: [{name: 'c', image, ready: false, state: {waiting: {reason, message}}, ...more}],
	});
const ended = (exitCode: number, reason = 'Error') => ({terminated: {exitCode, reason}});
const unscheduled = (message: string): Pod =>
	podOf({
		phase: 'Pending',
		conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message}],
	});
let serial = 0;
const event = (reason: string, message: string, kind = 'Pod', name = 'p'): KubeEvent => ({
	apiVersion: 'v1',
	kind: 'Event',
	metadata: {name: `e${serial++}`, namespace: 'a'},
	type: 'Warning',
	reason,
	message,
	involvedObject: {kind, name},
});
const picture = (found: Partial<Picture>): Picture => ({pods: [], jobs: [], deployments: [], events: [], ...found});
const workload = (kind: string, name: string, type: string, reason: string, message: string) => ({
	apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
	kind,
	metadata: {name, namespace: 'a'},
	status: {conditions: [{type, status: 'True', reason, message}]},
});

const pull = (message: string): Picture => picture({pods: [waiting('ErrImagePull', message)]});
const noLogs = {logs: async () => []};
const signal = new AbortController().signal;
const diagnose = (found: Picture, component?: string) => diagnosePicture(noLogs, found, 'a', signal, component);

describe('what Kubernetes says', () => {
	// Messages in the words of containerd 1.7 and 2, CRI-O, kubelet, scheduler and kube-apiserver.
	it.each<readonly [string, Picture, string, string, boolean]>([
		[
			'a registry CA that the node does not know',
			pull(
				'failed to do request: Head "https://registry.lab/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
			),
			'image-registry-untrusted',
			'cluster admin',
			true,
		],
		[
			'a registry certificate for other names',
			pull('tls: failed to verify certificate: x509: certificate is valid for a.lab, not registry.lab'),
			'image-registry-certificate',
			'cluster admin',
			true,
		],
		[
			'a registry without TLS',
			pull('http: server gave HTTP response to HTTPS client'),
			'image-registry-plain-http',
			'cluster admin',
			true,
		],
		[
			'a wrong registry password',
			pull('failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized'),
			'image-unauthorized',
			'operator',
			true,
		],
		...([1, 2] as const).map(
			(count) =>
				[
					`pull number ${count} after the node could not read the pull secret at first`,
					picture({
						pods: [waiting('ErrImagePull', 'unexpected status: 401 Unauthorized')],
						events: [
							event('FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets (s)'),
							{...event('Failed', `Failed to pull image "${image}": 401 Unauthorized`), count},
						],
					}),
					'image-unauthorized',
					'operator',
					count > 1,
				] as const,
		),
		[
			'a repository that may not be read',
			pull('pull access denied, repository does not exist or may require authorization'),
			'image-unauthorized',
			'operator',
			true,
		],
		[
			'an image that is not there',
			pull(`failed to resolve reference "${image}": ${image}: not found`),
			'image-not-found',
			'operator',
			true,
		],
		[
			'a manifest that CRI-O misses',
			pull('reading manifest 0.13.0 in registry.lab/zenml: manifest unknown'),
			'image-not-found',
			'operator',
			true,
		],
		[
			'a registry name that the node cannot resolve',
			pull('dial tcp: lookup registry.lab on 10.0.0.2:53: no such host'),
			'image-registry-unreachable',
			'network team',
			true,
		],
		[
			'a registry behind a firewall',
			pull('dial tcp 10.0.0.9:443: i/o timeout'),
			'image-registry-unreachable',
			'network team',
			true,
		],
		[
			'an image for another processor',
			pull('no match for platform in manifest: not found'),
			'image-wrong-platform',
			'cluster admin',
			true,
		],
		['a full node disk', pull('write /var/lib: no space left on device'), 'node-disk-full', 'cluster admin', true],
		['any other failed pull', pull('something new'), 'image-pull-failed', 'operator', true],
		[
			'a back-off whose cause is only in an event',
			picture({
				pods: [waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)],
				events: [event('Failed', `Failed to pull image "${image}": x509: certificate signed by unknown authority`)],
			}),
			'image-registry-untrusted',
			'cluster admin',
			true,
		],
		[
			'an image reference that is none',
			picture({pods: [waiting('InvalidImageName', '')]}),
			'image-name-invalid',
			'operator',
			true,
		],
		[
			'a missing secret',
			picture({pods: [waiting('CreateContainerConfigError', 'secret "zenml-db" not found')]}),
			'pod-secret-missing',
			'operator',
			true,
		],
		[
			'a missing key of a secret',
			picture({pods: [waiting('CreateContainerConfigError', "couldn't find key password in Secret a/zenml-db")]}),
			'pod-secret-key-missing',
			'operator',
			true,
		],
		[
			'a missing config map',
			picture({pods: [waiting('CreateContainerConfigError', 'configmap "ca" not found')]}),
			'pod-configmap-missing',
			'operator',
			true,
		],
		[
			'an image that wants root',
			picture({
				pods: [
					waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root (pod: "p")'),
				],
			}),
			'pod-must-not-be-root',
			'operator',
			true,
		],
		[
			'a program for another processor',
			picture({pods: [waiting('CrashLoopBackOff', 'exec /bin/zenml: exec format error')]}),
			'image-wrong-platform',
			'cluster admin',
			true,
		],
		[
			'a command that is not in the image',
			picture({
				pods: [waiting('RunContainerError', 'exec: "python3": executable file not found in $PATH: unknown')],
			}),
			'pod-command-missing',
			'vendor',
			true,
		],
		[
			'a server that has crashed once',
			picture({pods: [waiting('CrashLoopBackOff', 'back-off', {restartCount: 1, lastState: ended(1)})]}),
			'pod-crashing',
			'operator',
			false,
		],
		[
			'a server that crashes again and again',
			picture({pods: [waiting('CrashLoopBackOff', 'back-off', {restartCount: 5, lastState: ended(1)})]}),
			'pod-crashing',
			'operator',
			true,
		],
		[
			'a container that the kernel killed',
			picture({pods: [waiting('CrashLoopBackOff', 'back-off', {lastState: ended(137, 'OOMKilled')})]}),
			'pod-out-of-memory',
			'operator',
			true,
		],
		[
			'a pod that ended with an error',
			picture({pods: [podOf({phase: 'Failed', containerStatuses: [{name: 'c', state: ended(2)}]})]}),
			'pod-failed',
			'operator',
			true,
		],
		[
			'a failing readiness probe',
			picture({
				pods: [
					podOf({
						phase: 'Running',
						conditions: [{type: 'Ready', status: 'False'}],
						containerStatuses: [{name: 'c', ready: false, state: {running: {}}}],
					}),
				],
				events: [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')],
			}),
			'pod-probe-failing',
			'operator',
			false,
		],
		[
			'too little cpu and memory',
			picture({pods: [unscheduled('0/2 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.')]}),
			'cluster-too-small',
			'cluster admin',
			false,
		],
		[
			'taints',
			picture({pods: [unscheduled('0/1 nodes are available: 1 node(s) had untolerated taint {gpu: true}.')]}),
			'nodes-tainted',
			'cluster admin',
			false,
		],
		[
			'an unfitting node selector',
			picture({pods: [unscheduled("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")]}),
			'pod-no-matching-node',
			'cluster admin',
			false,
		],
		[
			'an unbound volume claim',
			picture({pods: [unscheduled('pod has unbound immediate PersistentVolumeClaims')]}),
			'pod-volume-unbound',
			'cluster admin',
			false,
		],
		[
			'cordoned nodes',
			picture({pods: [unscheduled('0/1 nodes are available: 1 node(s) were unschedulable.')]}),
			'cluster-no-nodes',
			'cluster admin',
			false,
		],
		[
			'a volume with a missing secret',
			picture({
				pods: [waiting('ContainerCreating')],
				events: [event('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "zenml-tls" not found')],
			}),
			'pod-secret-missing',
			'operator',
			true,
		],
		[
			'a volume that does not come',
			picture({
				pods: [waiting('ContainerCreating')],
				events: [event('FailedMount', 'Unable to attach or mount volumes: timed out waiting for the condition')],
			}),
			'pod-volume-failed',
			'cluster admin',
			false,
		],
		[
			'a node without network plug-in',
			picture({
				pods: [waiting('ContainerCreating')],
				events: [event('FailedCreatePodSandBox', 'failed to setup network for sandbox: plugin type="calico" failed')],
			}),
			'node-network-failed',
			'cluster admin',
			false,
		],
		[
			'an evicted pod',
			picture({pods: [podOf({phase: 'Failed', reason: 'Evicted', message: 'low on memory'})]}),
			'pod-evicted',
			'cluster admin',
			false,
		],
		[
			'a used-up quota',
			picture({
				deployments: [
					workload(
						'Deployment',
						'd',
						'ReplicaFailure',
						'FailedCreate',
						'pods "d-1" is forbidden: exceeded quota: small, requested: memory=1Gi',
					),
				],
			}),
			'kubernetes-quota',
			'cluster admin',
			true,
		],
		[
			'a Pod Security level',
			picture({
				jobs: [{...workload('Job', 'j', 'Suspended', '', ''), status: {}}],
				events: [
					event(
						'FailedCreate',
						'pods "j-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot',
						'Job',
						'j',
					),
				],
			}),
			'kubernetes-pod-security',
			'cluster admin',
			true,
		],
		[
			'a missing service account',
			picture({
				deployments: [
					workload(
						'Deployment',
						'd',
						'ReplicaFailure',
						'FailedCreate',
						'pods "d-" is forbidden: error looking up service account a/zenml: serviceaccount "zenml" not found',
					),
				],
			}),
			'pod-service-account-missing',
			'operator',
			true,
		],
		[
			'a refusing policy',
			picture({
				deployments: [
					workload(
						'Deployment',
						'd',
						'ReplicaFailure',
						'FailedCreate',
						'admission webhook "validate.kyverno.svc" denied the request: no latest',
					),
				],
			}),
			'kubernetes-admission-denied',
			'cluster admin',
			true,
		],
		[
			'a failed Job whose pods are gone',
			picture({
				jobs: [workload('Job', 'j', 'Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')],
			}),
			'job-failed',
			'operator',
			true,
		],
		[
			'a Job that ran too long',
			picture({
				jobs: [workload('Job', 'j', 'Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')],
			}),
			'pod-too-slow',
			'operator',
			true,
		],
		[
			'a reason of the future',
			picture({pods: [waiting('BrandNewReason', 'because')]}),
			'pod-not-ready',
			'operator',
			false,
		],
	])('about %s is told with cause, fix and the one who must act', async (_, found, code, who, stuck) => {
		const told = await diagnose(found);
		expect(told).toMatchObject({code, who, area: 'cluster'});
		expect(told?.cause).not.toMatch(/undefined/u);
		expect(told?.fix).not.toBe('');
		const [pod] = found.pods;
		if (!pod) return;
		const view = podView(pod, found.events);
		expect(view).toMatchObject({stuck, ready: false});
		expect(view.reason).toBeTruthy();
	});

	it.each<readonly [string, Picture]>([
		['a pod that is being made', picture({pods: [waiting('ContainerCreating')]})],
		['a pod that nobody has looked at yet', picture({pods: [podOf({phase: 'Pending'})]})],
		['an init container that works', picture({pods: [waiting('PodInitializing')]})],
		[
			'a running, ready pod with old warnings',
			picture({
				pods: [podOf({phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]})],
				events: [event('Unhealthy', 'Readiness probe failed: EOF')],
			}),
		],
		[
			'a pod that has done its work',
			picture({pods: [podOf({phase: 'Succeeded', containerStatuses: [{name: 'c', state: ended(0, 'Completed')}]})]}),
		],
		[
			'the failed first try of a Job that ended well',
			picture({
				jobs: [workload('Job', 'j', 'Complete', '', '')],
				pods: [
					podOf(
						{phase: 'Failed', containerStatuses: [{name: 'c', state: ended(1)}]},
						{metadata: {name: 'p', namespace: 'a', ownerReferences: [{kind: 'Job', name: 'j'}]}},
					),
				],
			}),
		],
	])('about %s is no reason to worry', async (_, found) => {
		expect(findCulprit(found)).toBeUndefined();
		expect(await diagnose(found)).toBeUndefined();
	});
});

describe('a diagnosis', () => {
	it('prefers what cannot mend itself over what may', async () => {
		const other = {metadata: {name: 'q', namespace: 'a'}};
		const found = picture({
			pods: [unscheduled('0/1 nodes are available: 1 Insufficient cpu.'), {...waiting('InvalidImageName'), ...other}],
		});
		expect((await diagnose(found))?.code).toBe('image-name-invalid');
	});

	it('shows the log of the run that crashed, the exit code and the commands to look further', async () => {
		const asked: unknown[] = [];
		const crashed = waiting('CrashLoopBackOff', 'back-off', {restartCount: 4, lastState: ended(127)});
		const found = await diagnosePicture(
			{
				logs: async (pod, {previous}) => {
					asked.push({...pod, previous});
					return ['line one', 'could not connect to server'];
				},
			},
			picture({pods: [crashed]}),
			'a',
			signal,
		);
		expect(asked).toEqual([{namespace: 'a', name: 'p', container: 'c', previous: true}]);
		expect(found?.evidence).toEqual(['back-off', 'line one', 'could not connect to server']);
		expect(found?.cause).toContain('exit code 127: its program does not exist in the image');
		expect(found?.nextSteps).toEqual(['kubectl -n a describe pod p', 'kubectl -n a logs p -c c --previous']);
	});

	it('points to the answers of the component it is asked about', async () => {
		const found = picture({pods: [waiting('CrashLoopBackOff', '', {lastState: ended(137, 'OOMKilled')})]});
		expect((await diagnose(found, 'workspaces.1'))?.answers).toEqual(['workspaces.1.resources']);
		expect((await diagnose(found))?.answers).toEqual(['controlPlane.resources', 'workspaces']);
	});

	it('never shows a value of the environment of a pod', async () => {
		const pod = waiting('CrashLoopBackOff', 'back-off', {restartCount: 4, lastState: ended(1)});
		const secretive = {
			...pod,
			spec: {containers: [{...pod.spec?.containers?.[0], env: [{name: 'PASSWORD', value: 'hunter2'}]}]},
		} as unknown as Pod;
		const found = picture({pods: [secretive]});
		expect(JSON.stringify([await diagnose(found), podView(secretive, [])])).not.toContain('hunter2');
	});
});

describe('the view of a pod', () => {
	it('has phase, readiness, restarts, node and the images of all containers', () => {
		const pod = podOf(
			{
				phase: 'Running',
				conditions: [{type: 'Ready', status: 'True'}],
				initContainerStatuses: [{name: 'i', restartCount: 1, state: ended(0, 'Completed')}],
				containerStatuses: [{name: 'c', ready: true, restartCount: 2, state: {running: {}}}],
			},
			{spec: {nodeName: 'n1', initContainers: [{name: 'i', image: 'init:1'}], containers: [{name: 'c', image}]}},
		);
		expect(podView(pod, [])).toEqual({
			name: 'p',
			namespace: 'a',
			phase: 'Running',
			ready: true,
			restarts: 3,
			node: 'n1',
			images: ['init:1', image],
			stuck: false,
		});
	});

	it('gives the reason in plain words, with that of Kubernetes and its message', () => {
		expect(podView(waiting('ErrImagePull', 'manifest unknown'), []).reason).toBe(
			'the image is not in the registry (ErrImagePull): manifest unknown',
		);
	});

	it('that is being deleted is Terminating and never stuck', () => {
		const pod = waiting('InvalidImageName');
		const view = podView({...pod, metadata: {...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z'}}, []);
		expect(view).toMatchObject({phase: 'Terminating', stuck: false});
	});

	it('that has succeeded stays so while it is being deleted', () => {
		const pod = podOf({phase: 'Succeeded', containerStatuses: [{name: 'c', state: ended(0, 'Completed')}]});
		const view = podView({...pod, metadata: {...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z'}}, []);
		expect(view).toMatchObject({phase: 'Succeeded', stuck: false});
	});
});
