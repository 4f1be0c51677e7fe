import {onlyOf, plain} from './facts.ts';
import {unlessPassing} from './passing.ts';
import type {Row} from './types.ts';

const scheduling = ['Unschedulable', 'FailedScheduling'];
const mounts = ['FailedMount', 'FailedAttachVolume'];

/** Pods that find no node. Messages of the scheduler; waiting may help with all of them. */
const placement: readonly Row[] = [
	{
		code: 'pod-volume-unbound',
		reasons: scheduling,
		message: /persistentvolumeclaim "([^"]+)" not found|unbound immediate PersistentVolumeClaims/u,
		facts: plain,
		stuck: false,
	},
	{
		code: 'cluster-too-small',
		reasons: scheduling,
		message: /Insufficient (cpu|memory|ephemeral-storage)(?:.*Insufficient (cpu|memory))?/u,
		facts: (facts, found) => ({
			case: 'resources',
			...facts,
			lacking: [...new Set(found.filter((name) => name))].join(' and '),
		}),
		answers: ['resources.requests'],
		stuck: false,
	},
	{
		code: 'cluster-too-small',
		reasons: scheduling,
		message: /Too many pods/u,
		facts: (facts) => ({case: 'pods', ...facts}),
		stuck: false,
	},
	{
		code: 'pod-no-matching-node',
		reasons: scheduling,
		message: /node affinity|node selector|pod affinity|anti-affinity/u,
		facts: plain,
		stuck: false,
	},
	{
		code: 'nodes-tainted',
		reasons: scheduling,
		message: /untolerated taint|had taints? that the pod didn't tolerate/u,
		facts: plain,
		stuck: false,
	},
	{
		code: 'cluster-no-nodes',
		reasons: scheduling,
		message: /unschedulable|no nodes available/u,
		facts: plain,
		stuck: false,
	},
	{
		code: 'pod-unschedulable',
		reasons: scheduling,
		facts: plain,
		stuck: false,
	},
];

/** Volumes, the network of a pod, and pods that have to leave. Messages of the kubelet. */
const onTheNode: readonly Row[] = [
	{
		code: 'pod-secret-missing',
		reasons: mounts,
		message: /secret "([^"]+)" not found/u,
		facts: (facts, [secret = '']) => ({case: 'volume', ...facts, secret}),
		stuck: true,
	},
	{
		code: 'pod-configmap-missing',
		reasons: mounts,
		message: /configmap "([^"]+)" not found/u,
		facts: (facts, [configMap = '']) => ({case: 'volume', ...facts, configMap}),
		stuck: true,
	},
	{
		code: 'pod-secret-key-missing',
		reasons: mounts,
		message: /references non-existent (?:secret|config) key: (\S+)/u,
		facts: (facts, [key = '']) => ({case: 'volume', ...facts, key}),
		stuck: true,
	},
	{
		code: 'pod-volume-failed',
		reasons: mounts,
		facts: plain,
		stuck: false,
	},
	{
		code: 'node-pause-image',
		reasons: ['FailedCreatePodSandBox'],
		message: /failed to get sandbox image "([^"]+)"|pull sandbox image "?([^\s":]+)/u,
		facts: (facts, found) => ({...facts, pause: onlyOf(found)}),
		stuck: unlessPassing,
	},
	{
		code: 'node-network-failed',
		reasons: ['FailedCreatePodSandBox', 'NetworkNotReady'],
		facts: plain,
		stuck: false,
	},
	{
		code: 'pod-evicted',
		reasons: [
			'Evicted',
			'Preempting',
			'NodeLost',
			'NodeShutdown',
			'Terminated',
			'NodeAffinity',
			'UnexpectedAdmissionError',
			'OutOfcpu',
			'OutOfmemory',
			'OutOfpods',
			'NodeNotReady',
		],
		facts: plain,
		stuck: false,
	},
];

export const podReasons: readonly Row[] = [...placement, ...onTheNode];
