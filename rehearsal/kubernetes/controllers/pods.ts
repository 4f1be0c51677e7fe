import {setTimeout as sleep} from 'node:timers/promises';
import type {Container, ContainerStatus, KubeObject, Pod} from '../objects/types.ts';
import {dict, list, quantity, timestamp} from '../objects/values.ts';
import {runContainer} from './containers.ts';
import type {Context} from './context.ts';
import {missingVolume} from './environment.ts';
import {podStatus} from './pod-status.ts';

/** How fast the rehearsal cluster moves. All in milliseconds. */
export type Pace = {
	/** From the start of a server's container until it is ready. */
	readonly readyAfterMs: number;
	/** From asking to end a pod until it is gone. */
	readonly stopMs: number;
	/** First wait before a crashed container or a failed image pull is tried again; doubles up to ten times this. */
	readonly backoffMs: number;
	/** Between looks at something that is missing (a Secret, room on a node). */
	readonly retryMs: number;
	/** Until an Ingress or a LoadBalancer Service has its address. */
	readonly addressMs: number;
};

export const defaultPace: Pace = {readyAfterMs: 300, stopMs: 50, backoffMs: 1000, retryMs: 250, addressMs: 200};

/** What became of a container that was started. */
export type Outcome =
	/** It is up. `ended` lets it end later; without `ready: false` it is ready after `readyAfterMs` (default: the pace). */
	| 'running'
	| {
			readonly running: true;
			readonly ready?: boolean;
			readonly readyAfterMs?: number;
			/** Why it is not ready, for the Event. */
			readonly message?: string;
			readonly ended?: Promise<{readonly exit: number}>;
	  }
	/** It ended. `restart` overrules the pod's restart policy. */
	| {readonly exit: number; readonly reason?: string; readonly message?: string; readonly restart?: boolean}
	/** It cannot start, for example `ErrImagePull`; it is tried again later. */
	| {readonly waiting: {readonly reason: string; readonly message: string}};

/** One start of one container. */
export type ContainerRun = {
	readonly container: Container;
	readonly isInit: boolean;
	/** How often it was started before. */
	readonly attempt: number;
	/** The environment with every reference resolved. */
	readonly env: Readonly<Record<string, string>>;
	/** Secrets named by `imagePullSecrets` that exist; what is missing was reported as an Event. */
	readonly pullSecrets: readonly KubeObject[];
	/** Aborted when the pod is deleted or the cluster stops. */
	readonly signal: AbortSignal;
	/** Append a line to the container's log. */
	readonly log: (line: string) => void;
};

/**
 * The edge where containers "run": called for each start of each container, init containers first and in order. As long
 * as the promise is pending the container counts as running and not ready. A rejection is shown as `CreateContainerError`.
 */
export type RunPod = (pod: Pod, run: ContainerRun) => Promise<Outcome>;

/** The memory of one pod that runs here. */
export type Runtime = {
	readonly key: {readonly namespace: string; readonly name: string; readonly uid: string};
	readonly abort: AbortController;
	readonly init: ContainerStatus[];
	readonly main: ContainerStatus[];
	initialized: boolean;
	/** The pod as it is stored now; undefined when it is gone. */
	readonly pod: () => Pod | undefined;
	/** Write the status that follows from the containers' states. */
	readonly report: () => void;
	readonly wait: (milliseconds: number) => Promise<void>;
};

export type PodContext = Context & {readonly runPod: RunPod; readonly pace: Pace};

const blank = (container: Container, before: readonly ContainerStatus[] | undefined, reason: string): ContainerStatus =>
	before?.find((one) => one.name === container.name) ?? {
		name: container.name,
		image: container.image,
		imageID: '',
		ready: false,
		started: false,
		restartCount: 0,
		state: {waiting: {reason}},
		lastState: {},
		...(container.resources?.requests ? {allocatedResources: container.resources.requests} : {}),
		resources: container.resources ?? {},
		...(container.volumeMounts?.length
			? {
					volumeMounts: container.volumeMounts.map((mount) => ({
						...mount,
						...('readOnly' in mount ? {recursiveReadOnly: 'Disabled'} : {}),
					})),
				}
			: {}),
	};

const requests = (pod: Pod, resource: string): number =>
	pod.spec.containers.reduce((sum, container) => sum + quantity(container.resources?.requests?.[resource]), 0);

/** The node for a pod, or why there is none, worded like the scheduler. */
const chooseNode = (context: Context, pod: Pod): {readonly node: string} | {readonly why: string} => {
	const nodes = context.store.list('nodes');
	const reasons = new Map<string, number>();
	for (const node of nodes) {
		const selector = Object.entries(pod.spec.nodeSelector ?? {});
		const others = context.store
			.list<Pod>('pods')
			.filter(
				(other) =>
					other.spec.nodeName === node.metadata.name && !['Succeeded', 'Failed'].includes(other.status?.phase ?? ''),
			);
		const room = dict(dict(node.status).allocatable);
		const lacking = ['cpu', 'memory'].find(
			(resource) =>
				requests(pod, resource) > 0 &&
				others.reduce((sum, other) => sum + requests(other, resource), requests(pod, resource)) >
					quantity(room[resource]),
		);
		const why = dict(node.spec).unschedulable
			? 'node(s) were unschedulable'
			: selector.some(([key, value]) => node.metadata.labels?.[key] !== value)
				? "node(s) didn't match Pod's node affinity/selector"
				: lacking
					? `Insufficient ${lacking}`
					: undefined;
		if (!why) return {node: node.metadata.name};
		reasons.set(why, (reasons.get(why) ?? 0) + 1);
	}
	const text = [...reasons].map(([why, count]) => `${count} ${why}`).join(', ');
	return {why: `0/${nodes.length} nodes are available: ${text || 'no nodes'}.`};
};

const schedule = async (context: PodContext, runtime: Runtime): Promise<void> => {
	for (;;) {
		const pod = runtime.pod();
		if (!pod || pod.spec.nodeName) return;
		const choice = chooseNode(context, pod);
		const at = timestamp(context.now());
		if ('node' in choice) {
			const conditions = [
				{
					type: 'PodScheduled',
					observedGeneration: 1,
					status: 'True' as const,
					lastProbeTime: null,
					lastTransitionTime: at,
				},
			];
			const used = new Set(context.store.list<Pod>('pods').map((other) => other.status?.podIP));
			let number = 2;
			while (used.has(`10.244.0.${number}`) && number < 65_000) number += 1;
			const ip = number < 255 ? `10.244.0.${number}` : `10.244.${Math.floor(number / 254)}.${(number % 254) + 1}`;
			context.store.put('pods', {
				...pod,
				spec: {...pod.spec, nodeName: choice.node},
				status: {
					...pod.status,
					phase: 'Pending',
					conditions,
					startTime: at,
					hostIP: '10.0.0.11',
					hostIPs: [{ip: '10.0.0.11'}],
					podIP: ip,
					podIPs: [{ip}],
				},
			} as Pod);
			context.event(
				pod,
				'Normal',
				'Scheduled',
				`Successfully assigned ${runtime.key.namespace}/${runtime.key.name} to ${choice.node}`,
				'default-scheduler',
			);
			return;
		}
		const condition = {
			type: 'PodScheduled',
			observedGeneration: 1,
			status: 'False' as const,
			lastProbeTime: null,
			reason: 'Unschedulable',
			message: choice.why,
			lastTransitionTime: at,
		};
		if (pod.status?.conditions?.[0]?.message !== choice.why) {
			context.store.put('pods', {...pod, status: {...pod.status, phase: 'Pending', conditions: [condition]}} as Pod);
			context.event(pod, 'Warning', 'FailedScheduling', choice.why, 'default-scheduler');
		}
		await runtime.wait(context.pace.retryMs);
	}
};

const mount = async (context: PodContext, runtime: Runtime): Promise<void> => {
	for (let said = ''; ; ) {
		const pod = runtime.pod();
		if (!pod) return;
		const claim = list(pod.spec.volumes)
			.map((volume) => dict(dict(volume).persistentVolumeClaim).claimName)
			.find(
				(name) =>
					name &&
					dict(context.store.get('persistentvolumeclaims', runtime.key.namespace, String(name))?.status).phase !==
						'Bound',
			);
		const why = claim ? `persistentvolumeclaim "${claim}" not found` : missingVolume(context.store, pod);
		if (!why) return;
		if (why !== said) context.event(pod, 'Warning', 'FailedMount', why, 'kubelet');
		said = why;
		runtime.report();
		await runtime.wait(context.pace.retryMs);
	}
};

const live = async (context: PodContext, runtime: Runtime): Promise<void> => {
	await schedule(context, runtime);
	const pod = runtime.pod();
	if (!pod) return;
	runtime.report();
	await mount(context, runtime);
	for (const [index, container] of (pod.spec.initContainers ?? []).entries()) {
		const status = runtime.init[index];
		if (!status) continue;
		const run = runContainer(context, runtime, container, status, true);
		// A native sidecar starts before the others and goes on beside them.
		if (container.restartPolicy === 'Always') continue;
		if ((await run) !== 0) {
			runtime.report();
			return;
		}
	}
	runtime.initialized = true;
	runtime.report();
	await Promise.all(
		pod.spec.containers.map((container, index) => {
			const status = runtime.main[index];
			return status ? runContainer(context, runtime, container, status, false) : undefined;
		}),
	);
	runtime.report();
};

/** Run the life of one pod from scheduling to its end; answers the handle that can stop it. */
export const startPod = (context: PodContext, first: Pod): Runtime & {readonly done: Promise<void>} => {
	const {namespace = '', name, uid} = first.metadata;
	const abort = new AbortController();
	const reason = first.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
	const runtime: Runtime = {
		key: {namespace, name, uid},
		abort,
		init: (first.spec.initContainers ?? []).map((one) => ({
			...blank(one, first.status?.initContainerStatuses, reason),
		})),
		main: first.spec.containers.map((one) => ({...blank(one, first.status?.containerStatuses, reason)})),
		// After a restart of the cluster a pod whose init containers are through goes on where it was.
		initialized: (first.spec.initContainers ?? []).every((container) => {
			const before = first.status?.initContainerStatuses?.find((one) => one.name === container.name);
			return before?.state.terminated?.exitCode === 0;
		}),
		pod: () => {
			const found = context.store.get<Pod>('pods', namespace, name);
			return found?.metadata.uid === uid ? found : undefined;
		},
		report: () => {
			const pod = runtime.pod();
			if (!pod || abort.signal.aborted) return;
			const status = podStatus(pod, runtime, context.now());
			if (status) context.store.put('pods', {...pod, status} as Pod);
		},
		wait: async (milliseconds) => {
			await sleep(milliseconds, undefined, {signal: abort.signal});
		},
	};
	const done = live(context, runtime).catch((error: unknown) => {
		// Deleting a pod aborts whatever it waits for; everything else is a real error.
		if (!abort.signal.aborted) throw error;
	});
	return Object.assign(runtime, {done});
};
