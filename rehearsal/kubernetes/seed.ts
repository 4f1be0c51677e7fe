import {randomUUID} from 'node:crypto';
import type {Store} from './objects/store.ts';
import type {KubeObject} from './objects/types.ts';
import {type Dict, timestamp} from './objects/values.ts';

/**
 * Put into an empty store what a fresh cluster has: the system namespaces, one amd64 node with 8 CPU and 32 GiB, the
 * ingress class `nginx`, a default storage class and the `kubernetes` Service. The administrator's rights come from no role.
 */
export const seed = (store: Store, now: () => Date, version: string): void => {
	const put = (
		shelf: string,
		apiVersion: string,
		kind: string,
		name: string,
		rest: Dict = {},
		meta: Dict = {},
	): void => {
		const namespace = String(meta.namespace ?? '');
		if (store.get(shelf, namespace, name)) return;
		const metadata = {name, uid: randomUUID(), resourceVersion: '', creationTimestamp: timestamp(now()), ...meta};
		store.put(shelf, {apiVersion, kind, metadata, ...rest} as KubeObject);
	};
	for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
		put(
			'namespaces',
			'v1',
			'Namespace',
			name,
			{spec: {finalizers: ['kubernetes']}, status: {phase: 'Active'}},
			{labels: {'kubernetes.io/metadata.name': name}},
		);
	}
	const resources = {cpu: '8', memory: '32Gi', 'ephemeral-storage': '200Gi', pods: '110'};
	const at = timestamp(now());
	const condition = (type: string, status: string, reason: string, message: string): Dict => ({
		type,
		status,
		reason,
		message,
		lastHeartbeatTime: at,
		lastTransitionTime: at,
	});
	put(
		'nodes',
		'v1',
		'Node',
		'rehearsal-1',
		{
			spec: {podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24']},
			status: {
				capacity: resources,
				allocatable: resources,
				addresses: [
					{type: 'InternalIP', address: '10.0.0.11'},
					{type: 'Hostname', address: 'rehearsal-1'},
				],
				conditions: [
					condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
					condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
					condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
					condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
				],
				nodeInfo: {
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
				},
			},
		},
		{
			labels: {
				'kubernetes.io/arch': 'amd64',
				'kubernetes.io/os': 'linux',
				'kubernetes.io/hostname': 'rehearsal-1',
				'node-role.kubernetes.io/control-plane': '',
			},
		},
	);
	put('ingressclasses.networking.k8s.io', 'networking.k8s.io/v1', 'IngressClass', 'nginx', {
		spec: {controller: 'k8s.io/ingress-nginx'},
	});
	put(
		'storageclasses.storage.k8s.io',
		'storage.k8s.io/v1',
		'StorageClass',
		'standard',
		{provisioner: 'rehearsal.local/path', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'},
		{annotations: {'storageclass.kubernetes.io/is-default-class': 'true'}},
	);
	put(
		'services',
		'v1',
		'Service',
		'kubernetes',
		{
			spec: {
				type: 'ClusterIP',
				clusterIP: '10.96.0.1',
				clusterIPs: ['10.96.0.1'],
				ports: [{name: 'https', port: 443, protocol: 'TCP', targetPort: 6443}],
				sessionAffinity: 'None',
			},
			status: {loadBalancer: {}},
		},
		{namespace: 'default'},
	);
};
