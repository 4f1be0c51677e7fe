import {setTimeout as sleep} from 'node:timers/promises';
import type {Logs} from '../objects/logs.ts';
import {selects} from '../objects/selectors.ts';
import type {Change} from '../objects/store.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import type {Operations} from '../writes/operations.ts';
import {type Context, createEventRecorder} from './context.ts';
import {reconcileDeployment} from './deployments.ts';
import {reconcileJob} from './jobs.ts';
import {collect, reconcileClaim, reconcileNamespace} from './lifecycle.ts';
import {reconcileBudget, reconcileIngress, reconcileService} from './network.ts';
import {defaultPace, type Pace, type RunPod, startPod} from './pods.ts';
import {createQueue, type Queue} from './queue.ts';
import {reconcileReplicaSet} from './replicasets.ts';

export type ControllerOptions = {
	readonly operations: Operations;
	readonly logs: Logs;
	readonly runPod: RunPod;
	readonly pace: Partial<Pace>;
	readonly ingressAddress: string;
	readonly caPem: string;
};

const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

const shelfOfOwner: Readonly<Record<string, string>> = {
	Deployment: 'deployments.apps',
	ReplicaSet: 'replicasets.apps',
	Job: 'jobs.batch',
};

/**
 * Start every controller on a store: they look at what is there, then follow each write. Answers a function that stops
 * them and all containers, and resolves when the containers' promises have settled or one second has passed.
 */
export const startControllers = (options: ControllerOptions): (() => Promise<void>) => {
	const {operations, logs} = options;
	const {store, now} = operations;
	const abort = new AbortController();
	const pace = {...defaultPace, ...options.pace};
	const context: Context = {operations, store, logs, now, signal: abort.signal, event: createEventRecorder(store, now)};
	const running = new Map<string, ReturnType<typeof startPod>>();

	const queues: Readonly<Record<string, Queue>> = {
		'deployments.apps': createQueue((namespace, name) => reconcileDeployment(context, namespace, name)),
		'replicasets.apps': createQueue((namespace, name) => reconcileReplicaSet(context, namespace, name)),
		'jobs.batch': createQueue((namespace, name) => reconcileJob(context, namespace, name)),
		services: createQueue((namespace, name) =>
			reconcileService(context, namespace, name, options.ingressAddress, pace.addressMs),
		),
		'ingresses.networking.k8s.io': createQueue((namespace, name) =>
			reconcileIngress(context, namespace, name, options.ingressAddress, pace.addressMs),
		),
		'poddisruptionbudgets.policy': createQueue((namespace, name) => reconcileBudget(context, namespace, name)),
		persistentvolumeclaims: createQueue((namespace, name) => reconcileClaim(context, namespace, name)),
		namespaces: createQueue((_, name) => reconcileNamespace(context, name, options.caPem)),
	};

	const followPod = (change: Change): void => {
		const pod = change.object as Pod;
		const {uid} = pod.metadata;
		const handle = running.get(uid);
		if (change.type === 'DELETED') {
			handle?.abort.abort();
			running.delete(uid);
			logs.forget(uid);
			return;
		}
		if (pod.metadata.deletionTimestamp) {
			if (handle && !handle.abort.signal.aborted) {
				for (const {name, state} of pod.status?.containerStatuses ?? [])
					if (state.running) {
						const field = `spec.containers{${name}}`;
						context.event(pod, 'Normal', 'Killing', `Stopping container ${name}`, 'kubelet', field);
					}
				handle.abort.abort();
			}
			endPod(pod);
			return;
		}
		const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
		if (!handle && !isOver) running.set(uid, startPod({...context, runPod: options.runPod, pace}, pod));
	};

	const ending = new Set<string>();
	const endPod = (pod: Pod): void => {
		const {uid, namespace = '', name} = pod.metadata;
		if (ending.has(uid) || pod.metadata.finalizers?.length) return;
		ending.add(uid);
		const grace = pod.metadata.deletionGracePeriodSeconds === 0 ? 0 : pace.stopMs;
		const remove = (): void => {
			ending.delete(uid);
			if (store.get('pods', namespace, name)?.metadata.uid === uid) store.remove('pods', namespace, name);
		};
		sleep(grace, undefined, {signal: abort.signal}).then(remove, (error: unknown) => {
			// Only the stop of the whole cluster interrupts the wait; the pod is then ended at the next start.
			if (!abort.signal.aborted) throw error;
		});
	};

	const follow = (change: Change): void => {
		const {object, shelf} = change;
		queues[shelf]?.add(keyOf(object));
		const {namespace = ''} = object.metadata;
		for (const owner of object.metadata.ownerReferences ?? []) {
			const place = shelfOfOwner[owner.kind];
			if (place && owner.controller) queues[place]?.add(`${namespace}/${owner.name}`);
			// An owner that waits for its dependents looks again when one of them goes.
			if (change.type === 'DELETED' && place) {
				const waiting = store.get(place, namespace, owner.name);
				if (waiting?.metadata.deletionTimestamp) setImmediate(() => collect(context, place, waiting));
				const grand = waiting?.metadata.ownerReferences?.[0];
				const above = grand ? shelfOfOwner[grand.kind] : undefined;
				if (grand && above) queues[above]?.add(`${namespace}/${grand.name}`);
			}
		}
		if (shelf === 'pods') {
			setImmediate(() => {
				if (!abort.signal.aborted) followPod(change);
			});
			for (const service of store.list('services', namespace)) {
				const selector = dict(dict(service.spec).selector) as Record<string, string>;
				if (Object.keys(selector).length > 0 && selects({matchLabels: selector}, object.metadata.labels))
					queues.services?.add(keyOf(service));
			}
			for (const budget of store.list('poddisruptionbudgets.policy', namespace))
				queues['poddisruptionbudgets.policy']?.add(keyOf(budget));
		}
		if (shelf !== 'events' && (change.type === 'DELETED' || object.metadata.deletionTimestamp)) {
			setImmediate(() => {
				if (!abort.signal.aborted) collect(context, shelf, object);
			});
		}
	};

	const unsubscribe = store.subscribe(follow);
	for (const [shelf, queue] of Object.entries(queues)) for (const object of store.list(shelf)) queue.add(keyOf(object));
	for (const pod of store.list<Pod>('pods')) followPod({version: 0, type: 'MODIFIED', shelf: 'pods', object: pod});

	return async () => {
		unsubscribe();
		abort.abort();
		for (const queue of Object.values(queues)) queue.stop();
		const handles = [...running.values()];
		for (const handle of handles) handle.abort.abort();
		const all = Promise.allSettled(handles.map((handle) => handle.done));
		const limit = new AbortController();
		await Promise.race([all, sleep(1000, undefined, {signal: limit.signal}).catch(() => undefined)]);
		limit.abort();
	};
};
