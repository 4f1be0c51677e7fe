import type {KubeObject} from './types.ts';

type State = {
	readonly waiting?: {readonly reason?: string; readonly message?: string};
	readonly running?: Readonly<Record<string, unknown>>;
	readonly terminated?: {readonly reason?: string; readonly message?: string; readonly exitCode?: number};
};

/** `core/v1` ContainerStatus, as far as it is used. */
export type ContainerStatus = {
	readonly name: string;
	readonly image?: string;
	readonly ready?: boolean;
	readonly started?: boolean;
	readonly restartCount?: number;
	readonly state?: State;
	readonly lastState?: State;
};

/** `core/v1` Pod, as far as it is used. */
export type Pod = KubeObject & {
	readonly metadata: {
		readonly ownerReferences?: readonly {readonly kind: string; readonly name: string; readonly uid?: string}[];
	};
	readonly spec?: {
		readonly nodeName?: string;
		readonly containers?: readonly {readonly name: string; readonly image?: string}[];
		readonly initContainers?: readonly {readonly name: string; readonly image?: string}[];
	};
	readonly status?: {
		readonly phase?: string;
		readonly reason?: string;
		readonly message?: string;
		readonly conditions?: readonly {
			readonly type: string;
			readonly status: string;
			readonly reason?: string;
			readonly message?: string;
		}[];
		readonly initContainerStatuses?: readonly ContainerStatus[];
		readonly containerStatuses?: readonly ContainerStatus[];
	};
};

/** `core/v1` Event, as far as it is used. */
export type KubeEvent = KubeObject & {
	readonly type?: string;
	readonly reason?: string;
	readonly message?: string;
	readonly involvedObject?: {readonly kind?: string; readonly name?: string; readonly uid?: string};
	readonly lastTimestamp?: string | null;
	readonly eventTime?: string | null;
	/** How often it happened. */
	readonly count?: number;
};

/** One sign of trouble in the cluster's own words. */
export type Symptom = {
	/** Reason as Kubernetes writes it: `ImagePullBackOff`, `Unschedulable`, `FailedMount`. */
	readonly reason: string;
	readonly message: string;
	readonly container?: string;
	readonly image?: string;
	/** Of the run that ended last. */
	readonly exitCode?: number;
	readonly oomKilled?: boolean;
	/** How often the container was started again. */
	readonly restarts?: number;
	/** The pod is over and is not started again (phase Failed). */
	readonly final?: boolean;
	/** The only pull so far was made before the node had read the pull secret: the next one may well succeed. */
	readonly pulledTooSoon?: boolean;
	/** The container has run, so it may have a log; `previous` when the run that failed is over and a new one may exist. */
	readonly log?: 'current' | 'previous';
};

const imageReasons = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable'];

const timeOf = (event: KubeEvent): number =>
	Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '') || 0;

/** Warning events of one object, newest first. */
export const eventsOf = (events: readonly KubeEvent[], kind: string, name: string): readonly KubeEvent[] =>
	events
		.filter(
			({type, involvedObject}) => type !== 'Normal' && involvedObject?.kind === kind && involvedObject.name === name,
		)
		.sort((left, right) => timeOf(right) - timeOf(left));

const ofContainer = (
	status: ContainerStatus,
	events: readonly KubeEvent[],
	{oneShot, final}: {readonly oneShot: boolean; readonly final: boolean},
): readonly Symptom[] => {
	const {waiting, terminated} = status.state ?? {};
	const last = terminated ?? status.lastState?.terminated;
	const base = {
		container: status.name,
		...(status.image && {image: status.image}),
		...(last?.exitCode !== undefined && {exitCode: last.exitCode}),
		...(last?.reason === 'OOMKilled' && {oomKilled: true}),
		restarts: status.restartCount ?? 0,
		...(final && {final}),
	};
	if (waiting?.reason) {
		// The back-off hides why the pull failed; the kubelet keeps saying it in events.
		const pulls = imageReasons.includes(waiting.reason)
			? events.filter(({message}) => /Failed to pull image|rpc error/u.test(message ?? ''))
			: [];
		const message = [waiting.message, pulls[0]?.message].filter(Boolean).join(' ');
		// A node may be allowed to read a Secret only a moment after a pod that uses it came; the kubelet then pulls without login.
		const pulledTooSoon =
			events.some(({reason}) => reason === 'FailedToRetrieveImagePullSecret') &&
			pulls.reduce((sum, {count}) => sum + (count ?? 1), 0) <= 1;
		const early = pulledTooSoon ? {pulledTooSoon} : {};
		return [{reason: waiting.reason, message, ...base, ...early, ...(last && {log: 'previous' as const})}];
	}
	if (terminated && (terminated.exitCode !== 0 || terminated.reason === 'OOMKilled'))
		return [{reason: terminated.reason ?? 'Error', message: terminated.message ?? '', ...base, log: 'current'}];
	if (terminated || oneShot || status.ready !== false || !status.state?.running) return [];
	const probe = events.find(({reason}) => reason === 'Unhealthy');
	const crashed: Symptom[] =
		last && (last.exitCode !== 0 || base.oomKilled)
			? [{reason: last.reason ?? 'Error', message: last.message ?? '', ...base, log: 'previous'}]
			: [];
	return [
		...crashed,
		...(probe ? [{reason: 'Unhealthy', message: probe.message ?? '', ...base, log: 'current' as const}] : []),
	];
};

/** Reasons of pod events that tell a cause which the pod's status does not hold. */
const tellingEvents = [
	'FailedMount',
	'FailedAttachVolume',
	'FailedCreatePodSandBox',
	'FailedScheduling',
	'NetworkNotReady',
];

/** What is wrong with a pod that is not ready, most telling first; empty for a pod that is merely starting. */
export const symptomsOf = (pod: Pod, allEvents: readonly KubeEvent[]): readonly Symptom[] => {
	const {status} = pod;
	if (status?.phase === 'Succeeded') return [];
	const events = eventsOf(allEvents, 'Pod', pod.metadata.name);
	const final = status?.phase === 'Failed';
	const containers = [
		...(status?.initContainerStatuses ?? []).flatMap((entry) => ofContainer(entry, events, {oneShot: true, final})),
		...(status?.containerStatuses ?? []).flatMap((entry) => ofContainer(entry, events, {oneShot: false, final})),
	];
	const starting = containers.every(({reason}) => reason === 'ContainerCreating' || reason === 'PodInitializing');
	const scheduled = status?.conditions?.find(({type}) => type === 'PodScheduled');
	const whole: readonly Symptom[] = [
		...(final && status.reason ? [{reason: status.reason, message: status.message ?? ''}] : []),
		...(scheduled?.status === 'False'
			? [{reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? ''}]
			: []),
	];
	const told = events
		.filter(({reason}) => tellingEvents.includes(reason ?? ''))
		.filter(({reason}) => reason !== 'FailedScheduling' || status?.phase === 'Pending')
		.map(({reason = '', message = ''}): Symptom => ({reason, message}));
	return [...whole, ...(starting && status?.phase === 'Pending' ? told : []), ...containers];
};
