import {randomUUID} from 'node:crypto';
import {apiVersionOf, type KindInfo, kindById} from './objects/kinds.ts';
import {madeMetadata} from './objects/made.ts';
import type {Store} from './objects/store.ts';
import type {ObjectMeta} from './objects/types.ts';
import {type Dict, timestamp} from './objects/values.ts';

/** An object of a fresh cluster: id of its kind, what its metadata says, and the rest. */
type Seed = {
	readonly kind: string;
	readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
	readonly rest?: Dict;
};

const namespace = (name: string): Seed => ({
	kind: 'namespaces',
	metadata: {name, labels: {'kubernetes.io/metadata.name': name}},
	rest: {spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}},
});

const nodeName = 'rehearsal-1';
const resources = {cpu: '8', memory: '32Gi', 'ephemeral-storage': '200Gi', pods: '110'};

const nodeConditions = (at: string): Dict[] =>
	[
		['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
		['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
		['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
		['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
	].map(([type, status, reason, message]) => ({
		type,
		status,
		reason,
		message,
		lastHeartbeatTime: at,
		lastTransitionTime: at,
	}));

const nodeInfo = (version: string): Dict => ({
	architecture: 'amd64',
	operatingSystem: 'linux',
	kubeletVersion: version,
	kubeProxyVersion: '',
	containerRuntimeVersion: 'containerd://2.1.4',
	osImage: 'Debian GNU/Linux 12 (bookworm)',
	kernelVersion: '6.1.0-38-amd64',
	machineID: '0'.repeat(32),
	systemUUID: randomUUID(),
	bootID: randomUUID(),
});

const node = (at: string, version: string): Seed => ({
	kind: 'nodes',
	metadata: {
		name: nodeName,
		labels: {
			'kubernetes.io/arch': 'amd64',
			'kubernetes.io/os': 'linux',
			'kubernetes.io/hostname': nodeName,
			'node-role.kubernetes.io/control-plane': '',
		},
	},
	rest: {
		spec: {podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24']},
		status: {
			capacity: resources,
			allocatable: resources,
			addresses: [
				{type: 'InternalIP', address: '10.0.0.11'},
				{type: 'Hostname', address: nodeName},
			],
			conditions: nodeConditions(at),
			nodeInfo: nodeInfo(version),
		},
	},
});

const ingressClass: Seed = {
	kind: 'ingressclasses.networking.k8s.io',
	metadata: {name: 'nginx'},
	rest: {spec: {controller: 'k8s.io/ingress-nginx'}},
};

const storageClass: Seed = {
	kind: 'storageclasses.storage.k8s.io',
	metadata: {name: 'standard', annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}},
	rest: {provisioner: 'rehearsal.local/path', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'},
};

const apiService: Seed = {
	kind: 'services',
	metadata: {name: 'kubernetes', namespace: 'default'},
	rest: {
		spec: {
			type: 'ClusterIP',
			clusterIP: '10.96.0.1',
			clusterIPs: ['10.96.0.1'],
			ports: [{name: 'https', port: 443, protocol: 'TCP', targetPort: 6443}],
			sessionAffinity: 'None',
		},
		status: {loadBalancer: {}},
	},
};

/**
 * Put into an empty store what a fresh cluster has: the system namespaces, one amd64 node with 8 CPU and 32 GiB, the
 * ingress class `nginx`, a default storage class and the `kubernetes` Service. The administrator's rights come from no
 * role. What is there already stays. @param version of the node
 */
export const seed = (store: Store, now: () => Date, version: string): void => {
	const seeds = [
		...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespace),
		node(timestamp(now()), version),
		ingressClass,
		storageClass,
		apiService,
	];
	for (const {kind, metadata, rest} of seeds) {
		if (store.get(kind, metadata.namespace ?? '', metadata.name)) continue;
		const info: KindInfo = kindById(kind);
		store.put(kind, {
			apiVersion: apiVersionOf(info),
			kind: info.kind,
			metadata: madeMetadata(now(), metadata),
			...rest,
		});
	}
};
