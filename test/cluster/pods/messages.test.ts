import {describe, expect, it} from 'vitest';
import {findCulprit} from '../../../source/cluster/pods/culprit.ts';
import type {Picture} from '../../../source/cluster/pods/picture.ts';
import type {ClusterCode} from '../support/problem-of.ts';
import {event, picture, podOf, pull, refused, unscheduled, waiting} from './fixtures.ts';

type Message = readonly [message: string, code: ClusterCode, lasts: 'transient' | 'final'];

const testEach = (messages: readonly Message[], found: (message: string) => Picture): void => {
	it.each(messages)('%s: %s, %s', (message, code, lasts) => {
		const culprit = findCulprit(found(message), 'a');
		expect(culprit?.problem({})).toMatchObject({code});
		expect(culprit?.stuck ? 'final' : 'transient').toBe(lasts);
	});
};

const host = 'https://registry.lab/v2/zenml/zenml/manifests/0.98.0';
const resolve = 'failed to pull and unpack image: failed to resolve reference "registry.lab/zenml/zenml:0.98.0":';
const cri = 'initializing source docker://registry.lab/zenml/zenml:0.98.0: pinging container registry registry.lab:';

describe('what containerd says of a pull', () =>
	testEach(
		[
			[
				`${resolve} unexpected status from HEAD request to ${host}: 503 Service Unavailable`,
				'image-registry-busy',
				'transient',
			],
			[
				`${resolve} unexpected status from HEAD request to ${host}: 502 Bad Gateway`,
				'image-registry-busy',
				'transient',
			],
			[
				`${resolve} unexpected status from HEAD request to ${host}: 504 Gateway Timeout`,
				'image-registry-busy',
				'transient',
			],
			[
				`${resolve} unexpected status from GET request to ${host}: 500 Internal Server Error`,
				'image-registry-busy',
				'transient',
			],
			[
				`${resolve} unexpected status from HEAD request to ${host}: 429 Too Many Requests`,
				'image-registry-busy',
				'transient',
			],
			[
				'failed to copy: httpReadSeeker: failed open: unexpected status code https://registry.lab/v2/x: 503 Service Unavailable',
				'image-registry-busy',
				'transient',
			],
			[
				`${resolve} failed to authorize: failed to fetch anonymous token: unexpected status: 503 Service Unavailable`,
				'image-registry-busy',
				'transient',
			],
			['pull QPS exceeded', 'image-registry-busy', 'transient'],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp 10.0.0.9:443: i/o timeout`,
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp 10.0.0.9:443: connect: connection refused`,
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": net/http: TLS handshake timeout`,
				'image-registry-unreachable',
				'transient',
			],
			[`${resolve} failed to do request: Head "${host}": EOF`, 'image-registry-unreachable', 'transient'],
			[
				'failed to copy: httpReadSeeker: failed open: read tcp 10.0.0.4:5->10.0.0.9:443: read: connection reset by peer',
				'image-registry-unreachable',
				'transient',
			],
			[
				'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
				'image-registry-unreachable',
				'transient',
			],
			[
				'rpc error: code = Canceled desc = failed to pull image: context canceled',
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp: lookup registry.lab on 10.0.0.2:53: server misbehaving`,
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp: lookup registry.lab: Temporary failure in name resolution`,
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp: lookup registry.lab on 10.0.0.2:53: read udp 10.0.0.4:40000->10.0.0.2:53: i/o timeout`,
				'image-registry-unreachable',
				'transient',
			],
			[
				`${resolve} failed to do request: Head "${host}": dial tcp: lookup registry.lab on 10.0.0.2:53: no such host`,
				'image-registry-unreachable',
				'final',
			],
			[
				'failed to extract layer sha256:1: write /var/lib/containerd/x: no space left on device',
				'node-disk-full',
				'transient',
			],
			['rpc error: code = Unavailable desc = error reading from server', 'image-pull-failed', 'transient'],
			[`${resolve} registry.lab/zenml/zenml:0.98.0: not found`, 'image-not-found', 'final'],
			[`${resolve} unexpected status from HEAD request to ${host}: 401 Unauthorized`, 'image-unauthorized', 'final'],
			[`${resolve} unexpected status from HEAD request to ${host}: 403 Forbidden`, 'image-unauthorized', 'final'],
			[
				`${resolve} failed to do request: Head "${host}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
				'image-registry-untrusted',
				'final',
			],
			[
				`${resolve} failed to do request: Head "${host}": http: server gave HTTP response to HTTPS client`,
				'image-registry-plain-http',
				'final',
			],
			[
				'failed commit on ref "layer-sha256:404a": unexpected commit digest sha256:404b, expected sha256:404a',
				'image-damaged',
				'final',
			],
			['wrong diff id calculated on extraction "sha256:1"', 'image-damaged', 'final'],
		],
		pull,
	));

describe('what CRI-O says of a pull', () =>
	testEach(
		[
			[`${cri} received unexpected HTTP status: 503 Service Unavailable`, 'image-registry-busy', 'transient'],
			[
				'reading manifest 0.98.0 in registry.lab/zenml/zenml: toomanyrequests: slow down',
				'image-registry-busy',
				'transient',
			],
			[
				`${cri} Get "https://registry.lab/v2/": dial tcp 10.0.0.9:443: connect: no route to host`,
				'image-registry-unreachable',
				'transient',
			],
			[
				'copying system image from manifest list: reading blob sha256:1: unexpected EOF',
				'image-registry-unreachable',
				'transient',
			],
			['reading manifest 0.98.0 in registry.lab/zenml/zenml: manifest unknown', 'image-not-found', 'final'],
			[
				'reading manifest 0.98.0 in registry.lab/zenml/zenml: unauthorized: authentication required',
				'image-unauthorized',
				'final',
			],
			['Source image rejected: A signature was required, but no signature exists', 'image-signature-refused', 'final'],
		],
		pull,
	));

describe('what keeps a controller from making pods', () =>
	testEach(
		[
			[
				'Internal error occurred: failed calling webhook "validate.kyverno.svc": failed to call webhook: Post "https://kyverno": context deadline exceeded',
				'pod-webhook-failed',
				'transient',
			],
			[
				'Internal error occurred: failed calling webhook "istio": failed to call webhook: Post "https://istiod": dial tcp 10.1.0.1:443: connect: connection refused',
				'pod-webhook-failed',
				'transient',
			],
			[
				'Internal error occurred: failed calling webhook "istio": no endpoints available for service "istiod"',
				'pod-webhook-failed',
				'transient',
			],
			[
				'admission webhook "validate.gatekeeper.sh" denied the request: no such registry',
				'kubernetes-admission-denied',
				'final',
			],
			[
				'Operation cannot be fulfilled on resourcequotas "compute": the object has been modified; please apply your changes to the latest version and try again',
				'pod-not-created',
				'transient',
			],
			[
				'pods "p" is forbidden: status unknown for quota: compute, resources: limits.cpu',
				'pod-not-created',
				'transient',
			],
			['pods "p" is forbidden: exceeded quota: compute, requested: limits.cpu=2', 'kubernetes-quota', 'final'],
			['pods "p" is forbidden: failed quota: compute: must specify limits.cpu', 'kubernetes-quota', 'final'],
			['etcdserver: request timed out', 'pod-not-created', 'transient'],
			['the server is currently unable to handle the request', 'pod-not-created', 'transient'],
			[
				'pods "p" is forbidden: violates PodSecurity "restricted:latest": seccompProfile',
				'kubernetes-pod-security',
				'final',
			],
			[
				'pods "p" is forbidden: error looking up service account a/s: serviceaccount "s" not found',
				'pod-service-account-missing',
				'final',
			],
			[
				'pods "p" is forbidden: unable to create new content in namespace a because it is being terminated',
				'pod-not-created',
				'final',
			],
			['Pod "p" is invalid: spec.containers[0].image: Required value', 'pod-not-created', 'final'],
		],
		(message) => picture({deployments: [refused(message)]}),
	));

describe('what the kubelet says of a container that it cannot configure', () =>
	testEach(
		[
			['failed to sync secret cache: timed out waiting for the condition', 'pod-configuration', 'transient'],
			['failed to sync configmap cache: timed out waiting for the condition', 'pod-configuration', 'transient'],
			['secret "zenml-db" not found', 'pod-secret-missing', 'final'],
			['container has runAsNonRoot and image will run as root', 'pod-must-not-be-root', 'final'],
			['host IP unknown; known addresses: []', 'pod-configuration', 'final'],
		],
		(message) => picture({pods: [waiting('CreateContainerConfigError', message)]}),
	));

describe('what a container runtime says of a container that does not start', () =>
	testEach(
		[
			['context deadline exceeded', 'pod-cannot-start', 'transient'],
			[
				'failed to reserve container name "c_p_a_0": name "c_p_a_0" is reserved for "12ab"',
				'pod-cannot-start',
				'transient',
			],
			[
				"failed to create containerd task: OCI runtime create failed: unable to start container process: can't get final child's PID from pipe: EOF",
				'pod-cannot-start',
				'transient',
			],
			['error mounting: device or resource busy', 'pod-cannot-start', 'transient'],
			['exec: "zenml": executable file not found in $PATH', 'pod-command-missing', 'final'],
			['error setting cgroup config: operation not permitted', 'pod-cannot-start', 'final'],
		],
		(message) => picture({pods: [waiting('CreateContainerError', message)]}),
	));

describe('what the kubelet says of sandboxes and volumes', () => {
	testEach(
		[
			[
				'failed to setup network for sandbox "1": plugin type="calico" failed (add): connection is unauthorized',
				'node-network-failed',
				'transient',
			],
			[
				'failed to get sandbox image "registry.k8s.io/pause:3.10": failed to pull image: dial tcp: lookup registry.k8s.io: no such host',
				'node-pause-image',
				'final',
			],
			[
				'failed to get sandbox image "registry.lab/pause:3.10": 503 Service Unavailable',
				'node-pause-image',
				'transient',
			],
		],
		(message) => picture({pods: [waiting('ContainerCreating')], events: [event('FailedCreatePodSandBox', message)]}),
	);
	testEach(
		[
			['MountVolume.SetUp failed for volume "ca" : object "a"/"ca" not registered', 'pod-volume-failed', 'transient'],
			[
				'MountVolume.SetUp failed for volume "ca" : failed to sync secret cache: timed out waiting for the condition',
				'pod-volume-failed',
				'transient',
			],
			['MountVolume.SetUp failed for volume "ca" : secret "ca" not found', 'pod-secret-missing', 'final'],
		],
		(message) => picture({pods: [waiting('ContainerCreating')], events: [event('FailedMount', message)]}),
	);
});

describe('what the scheduler says, which may always pass', () =>
	testEach(
		[
			['0/3 nodes are available: 3 Insufficient memory.', 'cluster-too-small', 'transient'],
			[
				'0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
				'nodes-tainted',
				'transient',
			],
			[
				'0/3 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.',
				'nodes-tainted',
				'transient',
			],
			[
				"0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
				'pod-no-matching-node',
				'transient',
			],
			['no nodes available to schedule pods', 'cluster-no-nodes', 'transient'],
		],
		(message) => picture({pods: [unscheduled(message)]}),
	));

describe('what takes a pod from its node', () =>
	testEach(
		['Evicted', 'NodeShutdown', 'OutOfmemory', 'OutOfcpu', 'OutOfpods', 'UnexpectedAdmissionError'].map(
			(reason): Message => [reason, 'pod-evicted', 'transient'],
		),
		(reason) => picture({pods: [podOf({phase: 'Failed', reason, message: 'Pod was rejected'})]}),
	));

describe('a pull that fails again and again', () => {
	const failing = (message: string, count: number): Picture =>
		picture({
			pods: [waiting('ImagePullBackOff', 'Back-off pulling image')],
			events: [{...event('Failed', `Failed to pull image "x": ${message}`), count}],
		});

	it.each([
		['dial tcp 10.0.0.9:443: i/o timeout', 3],
		['lookup registry.lab on 10.0.0.2:53: server misbehaving', 3],
		['no space left on device', 3],
		['unexpected status: 503 Service Unavailable', 5],
		['toomanyrequests: slow down', 5],
		['rpc error: code = Unavailable desc = transport is closing', 5],
	])('is waited for no longer: %s, %i times', (message, most) => {
		expect(findCulprit(failing(message, most - 1), 'a')?.stuck).toBe(false);
		expect(findCulprit(failing(message, most), 'a')?.stuck).toBe(true);
	});
});
