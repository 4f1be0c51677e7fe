import {quantityOf} from '../../../source/base/quantity.ts';
import type {Store} from '../objects/store.ts';
import type {Condition, KubeObject, Pod} from '../objects/types.ts';
import {dict, timestamp} from '../objects/values.ts';
import type {Node, PodRun} from './types.ts';

const hostAddress = '10.0.0.11';

const amountOf = (value: unknown): number => quantityOf(String(value ?? 0)) || 0;

const requested = (pods: readonly Pod[], resource: string): number =>
	pods
		.flatMap(({spec}) => spec.containers)
		.reduce((sum, {resources}) => sum + amountOf(resources?.requests?.[resource]), 0);

const isOver = ({status}: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Why a pod cannot go to a node, in the words of the scheduler; undefined when it can. */
const obstacleOn = (node: KubeObject, pod: Pod, others: readonly Pod[]): string | undefined => {
	if (dict(node.spec).unschedulable) return 'node(s) were unschedulable';
	const selector = Object.entries(pod.spec.nodeSelector ?? {});
	if (selector.some(([key, value]) => node.metadata.labels?.[key] !== value))
		return "node(s) didn't match Pod's node affinity/selector";
	const room = dict(dict(node.status).allocatable);
	const lacking = ['cpu', 'memory'].find(
		(resource) => requested([pod], resource) > 0 && requested([pod, ...others], resource) > amountOf(room[resource]),
	);
	return lacking && `Insufficient ${lacking}`;
};

/** The node for a pod, or why there is none, worded like the scheduler. */
const chooseNode = (store: Store, pod: Pod): {readonly node: string} | {readonly why: string} => {
	const nodes = store.list('nodes');
	const reasons = new Map<string, number>();
	for (const node of nodes) {
		const others = store.list<Pod>('pods').filter((one) => one.spec.nodeName === node.metadata.name && !isOver(one));
		const why = obstacleOn(node, pod, others);
		if (!why) return {node: node.metadata.name};
		reasons.set(why, (reasons.get(why) ?? 0) + 1);
	}
	const text = [...reasons].map(([why, count]) => `${count} ${why}`).join(', ');
	return {why: `0/${nodes.length} nodes are available: ${text || 'no nodes'}.`};
};

const freeAddress = (store: Store): string => {
	const used = new Set(store.list<Pod>('pods').map(({status}) => status?.podIP));
	let number = 2;
	while (used.has(`10.244.0.${number}`) && number < 65_000) number += 1;
	return number < 255 ? `10.244.0.${number}` : `10.244.${Math.floor(number / 254)}.${(number % 254) + 1}`;
};

const scheduled = (now: Date, more: Pick<Condition, 'status' | 'reason' | 'message'>): Condition => ({
	type: 'PodScheduled',
	observedGeneration: 1,
	lastProbeTime: null,
	...more,
	lastTransitionTime: timestamp(now),
});

const bind = ({store, now, record}: Node, pod: Pod, node: string): void => {
	const ip = freeAddress(store);
	store.put('pods', {
		...pod,
		spec: {...pod.spec, nodeName: node},
		status: {
			...pod.status,
			phase: 'Pending',
			conditions: [scheduled(now(), {status: 'True'})],
			startTime: timestamp(now()),
			hostIP: hostAddress,
			hostIPs: [{ip: hostAddress}],
			podIP: ip,
			podIPs: [{ip}],
		},
	});
	const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`;
	record(pod, {component: 'default-scheduler', type: 'Normal', reason: 'Scheduled', message});
};

const leavePending = ({store, now, record}: Node, pod: Pod, message: string): void => {
	if (pod.status?.conditions?.[0]?.message === message) return;
	const condition = scheduled(now(), {status: 'False', reason: 'Unschedulable', message});
	store.put('pods', {...pod, status: {...pod.status, phase: 'Pending', conditions: [condition]}});
	record(pod, {component: 'default-scheduler', type: 'Warning', reason: 'FailedScheduling', message});
};

/** Wait until a node has room for the pod, and put it there. */
export const schedule = async (node: Node, run: PodRun): Promise<void> => {
	for (;;) {
		const pod = run.pod();
		if (!pod || pod.spec.nodeName) return;
		const choice = chooseNode(node.store, pod);
		if ('node' in choice) return bind(node, pod, choice.node);
		leavePending(node, pod, choice.why);
		await run.wait(node.pace.retryMs);
	}
};
