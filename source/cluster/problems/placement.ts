import type {ProblemTable} from '../../base/problem-table.ts';
import {cannotStart, does} from './says.ts';

/** Pods that find no node, lack a volume, or have to leave. */
export const placementTable = {
	'pod-volume-unbound': {
		...cannotStart('its volume is not there'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'A PersistentVolumeClaim of the pod is missing or bound to no volume.',
		fix: 'Have a default storage class set up, or a volume made for the claim.',
	},
	'cluster-too-small': {
		area: 'cluster',
		who: 'cluster admin',
		cases: {
			resources: {
				...cannotStart('no node has room for it'),
				cause: 'No node has enough free {lacking} for what the pod requests.',
				fix: 'Have a node added or freed, or request less.',
			},
			pods: {
				...cannotStart('no node may run more pods'),
				cause: 'Every node already runs as many pods as it may.',
				fix: 'Have a node added or freed.',
			},
			// Found before anything is asked of the scheduler.
			'all nodes': {
				message: 'The nodes are too small for what the pods request.',
				cause: 'Requested: {neededCpu} CPU and {neededMemory}. All nodes together: {cpu} CPU and {memory}.',
				fix: 'Add nodes, or lower the replicas or resource requests.',
			},
			'some nodes': {
				message: 'The nodes are too small for what the pods of the {components} request.',
				cause:
					'Requested: {neededCpu} CPU and {neededMemory}. The {nodes} that their node selectors and tolerations leave: {cpu} CPU and {memory}.',
				fix: 'Let more nodes take these pods, or lower the replicas or resource requests.',
			},
		},
	},
	'pod-no-matching-node': {
		...cannotStart('no node has the labels it asks for'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node selector or affinity of the pod fits no node that is free.',
		fix: 'Have the labels set on a node, or ask for other ones.',
	},
	'nodes-tainted': {
		...cannotStart('every node is tainted'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'Every node that has room carries a taint that keeps such pods away, or is not ready.',
		fix: 'Have an untainted node added, or the taint removed.',
	},
	'cluster-no-nodes': {
		...cannotStart('no node takes pods'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'All nodes are cordoned, or there is none.',
		fix: 'Have a node put back into service.',
	},
	'pod-unschedulable': {
		...cannotStart('no node fits'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The scheduler finds no node for the pod; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
	},
	'pod-volume-failed': {
		...cannotStart('a volume cannot be mounted'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node cannot mount a volume of the pod; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
	},
	'node-network-failed': {
		...cannotStart('the node cannot set up the pod'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node cannot make the network or the pause container of the pod; its own words are below.',
		fix: 'Have network plug-in and pause image of the node looked at; the pause image too must come from inside the air gap.',
	},
	'node-pause-image': {
		...cannotStart('the node lacks the pause image'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The container runtime of the node needs the image "{pause}" for every pod, and cannot pull it.',
		fix: 'Have the pause image put into a registry inside, and named in the configuration of the container runtime (sandbox_image, pause_image).',
	},
	'pod-evicted': {
		...does('was removed from its node'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The node gave the pod up ({reason}), mostly for want of memory or disk, or to be drained.',
		fix: 'Have the node looked at; Kubernetes starts a new pod elsewhere if it can.',
	},
} as const satisfies ProblemTable;
