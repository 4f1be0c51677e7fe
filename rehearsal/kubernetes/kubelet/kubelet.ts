import {setTimeout as sleep} from 'node:timers/promises';
import type {Change} from '../objects/store.ts';
import type {Pod} from '../objects/types.ts';
import {startPod} from './pod.ts';
import {sayOf} from './say.ts';
import type {Node} from './types.ts';

/** How long containers may take to end when the cluster stops, ms. */
const stopMs = 1000;

export type Kubelet = {
	/** Start, end or forget what a change of a pod asks for. */
	readonly follow: (change: Pick<Change, 'type' | 'object'>) => void;
	/** End all containers; resolves when they have settled or one second has passed. */
	readonly stop: () => Promise<void>;
};

type Handle = ReturnType<typeof startPod>;

const isOver = ({status}: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const sayKilling = (node: Node, pod: Pod): void => {
	const {containers} = pod.spec;
	for (const {name, state} of pod.status?.containerStatuses ?? []) {
		const container = containers.find((one) => one.name === name);
		if (state.running && container)
			sayOf(node, pod, {container, isInit: false})('Normal', 'Killing', `Stopping container ${name}`);
	}
};

/** Takes pods that were told to end out of the store after their time, each once. */
const createUndertaker = ({store, pace}: Node, signal: AbortSignal): ((pod: Pod) => void) => {
	const ending = new Set<string>();
	return ({metadata}) => {
		const {uid, namespace = '', name, finalizers, deletionGracePeriodSeconds} = metadata;
		if (ending.has(uid) || finalizers?.length) return;
		ending.add(uid);
		const remove = (): void => {
			ending.delete(uid);
			if (store.get('pods', namespace, name)?.metadata.uid === uid) store.remove('pods', namespace, name);
		};
		const grace = deletionGracePeriodSeconds === 0 ? 0 : pace.stopMs;
		sleep(grace, undefined, {signal}).then(remove, (error: unknown) => {
			// Only the stop of the whole cluster interrupts the wait; the pod is then ended at the next start.
			if (!signal.aborted) throw error;
		});
	};
};

/** The node: it runs the pods of the store and ends those that are deleted. */
export const createKubelet = (node: Node): Kubelet => {
	const running = new Map<string, Handle>();
	const stopping = new AbortController();
	const bury = createUndertaker(node, stopping.signal);
	const end = (pod: Pod): void => {
		const handle = running.get(pod.metadata.uid);
		if (handle && !handle.abort.signal.aborted) {
			sayKilling(node, pod);
			handle.abort.abort();
		}
		bury(pod);
	};
	const forget = ({metadata: {uid}}: Pod): void => {
		running.get(uid)?.abort.abort();
		running.delete(uid);
		node.logs.forget(uid);
	};
	return {
		follow: ({type, object}) => {
			const pod = object as Pod;
			const {uid, deletionTimestamp} = pod.metadata;
			if (type === 'DELETED') forget(pod);
			else if (deletionTimestamp) end(pod);
			else if (!running.has(uid) && !isOver(pod)) running.set(uid, startPod(node, pod));
		},
		stop: async () => {
			stopping.abort();
			const handles = [...running.values()];
			for (const {abort} of handles) abort.abort();
			const limit = new AbortController();
			const late = sleep(stopMs, undefined, {signal: limit.signal}).catch(() => undefined);
			await Promise.race([Promise.allSettled(handles.map(({done}) => done)), late]);
			limit.abort();
		},
	};
};
