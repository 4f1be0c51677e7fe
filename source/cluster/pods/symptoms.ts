import type {ContainerStatus, KubeEvent, Pod} from '../kinds.ts';
import type {Symptom} from './types.ts';

const pulls = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable'];

/** An event is told by older parts of Kubernetes with `lastTimestamp`, by newer ones with `eventTime` and a series (events.k8s.io/v1). */
const timeOf = ({lastTimestamp, eventTime, series, metadata}: KubeEvent): number =>
	Math.max(
		...[lastTimestamp, eventTime, series?.lastObservedTime, metadata.creationTimestamp].map(
			(time) => Date.parse(time ?? '') || 0,
		),
	);

/** Warning events of one object, newest first. */
export const eventsOf = (events: readonly KubeEvent[], kind: string, name: string): readonly KubeEvent[] =>
	events
		.filter(
			({type, involvedObject}) => type !== 'Normal' && involvedObject.kind === kind && involvedObject.name === name,
		)
		.sort((left, right) => timeOf(right) - timeOf(left));

/** Warnings that are shown of one object. */
const mostEvents = 5;

/** The newest warnings about one object as lines of evidence, `REASON: message`. */
export const warningLines = (events: readonly KubeEvent[], kind: string, name: string): readonly string[] =>
	eventsOf(events, kind, name)
		.slice(0, mostEvents)
		.map(({reason = 'Warning', message = ''}) => `${reason}: ${message}`);

/** What all symptoms of a container share. */
type OfContainer = Omit<Symptom, 'reason' | 'message' | 'log'>;

const sharedOf = ({name, image, state, lastState, restartCount}: ContainerStatus, final: boolean): OfContainer => {
	const last = state?.terminated ?? lastState?.terminated;
	return {
		container: name,
		image,
		exitCode: last?.exitCode,
		oomKilled: last?.reason === 'OOMKilled',
		restarts: restartCount,
		final,
	};
};

/** Events in which the kubelet says why a pull failed; the back-off in the status hides it. */
const pullsIn = (events: readonly KubeEvent[]): readonly KubeEvent[] =>
	events.filter(({message = ''}) => /Failed to pull image|rpc error/u.test(message));

const timesOf = (events: readonly KubeEvent[]): number =>
	events.reduce((sum, {count, series}) => sum + Math.max(count ?? 1, series?.count ?? 1), 0);

/**
 * True while the only pull was made without login: a node may be allowed to read a Secret only a moment after a pod
 * that uses it came, and the kubelet then pulls without it.
 */
const isPulledTooSoon = (events: readonly KubeEvent[], failed: readonly KubeEvent[]): boolean =>
	events.some(({reason}) => reason === 'FailedToRetrieveImagePullSecret') && timesOf(failed) <= 1;

const whileWaiting = (
	status: ContainerStatus,
	reason: string,
	events: readonly KubeEvent[],
	shared: OfContainer,
): Symptom => {
	const failed = pulls.includes(reason) ? pullsIn(events) : [];
	return {
		...shared,
		reason,
		message: [status.state?.waiting?.message, failed[0]?.message].filter(Boolean).join(' '),
		failedPulls: timesOf(failed),
		pulledTooSoon: isPulledTooSoon(events, failed),
		log: shared.exitCode === undefined ? undefined : 'previous',
	};
};

const isFailure = ({exitCode, oomKilled}: OfContainer): boolean =>
	exitCode !== undefined && (exitCode !== 0 || oomKilled === true);

/** A container that runs and is not ready: its last crash, and what its health check says. */
const whileRunning = (
	{lastState}: ContainerStatus,
	events: readonly KubeEvent[],
	shared: OfContainer,
): readonly Symptom[] => {
	const {reason = 'Error', message = ''} = lastState?.terminated ?? {};
	const check = events.find((event) => event.reason === 'Unhealthy');
	return [
		...(isFailure(shared) ? [{...shared, reason, message, log: 'previous' as const}] : []),
		...(check ? [{...shared, reason: 'Unhealthy', message: check.message ?? '', log: 'current' as const}] : []),
	];
};

/** What is wrong with one container. An init container that runs is at work: it never gets ready. */
const ofContainer = (
	status: ContainerStatus,
	events: readonly KubeEvent[],
	{oneShot, final}: {readonly oneShot: boolean; readonly final: boolean},
): readonly Symptom[] => {
	const {waiting, terminated, running} = status.state ?? {};
	const shared = sharedOf(status, final);
	if (waiting?.reason) return [whileWaiting(status, waiting.reason, events, shared)];
	if (terminated) {
		const {reason = 'Error', message = ''} = terminated;
		return isFailure(shared) ? [{...shared, reason, message, log: 'current'}] : [];
	}
	return oneShot || status.ready || !running ? [] : whileRunning(status, events, shared);
};

/** What is wrong with the pod as a whole: it was given up, or no node takes it. */
const ofWhole = ({status}: Pod): readonly Symptom[] => {
	const lost =
		status?.phase === 'Failed' && status.reason ? [{reason: status.reason, message: status.message ?? ''}] : [];
	const scheduled = status?.conditions?.find(({type}) => type === 'PodScheduled');
	if (scheduled?.status !== 'False') return lost;
	return [...lost, {reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? ''}];
};

/** Reasons of pod events that tell a cause which the pod's status does not hold. */
const telling = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox', 'FailedScheduling', 'NetworkNotReady'];

/** True for a pod that has its node: what kept it from one before does no longer count. */
const isPlaced = ({status}: Pod): boolean =>
	status?.conditions?.some(({type, status: value}) => type === 'PodScheduled' && value === 'True') === true;

/** What the newest warnings say of a pod that does not start: those that tell a cause first, else the very newest. */
const warnedOf = (pod: Pod, events: readonly KubeEvent[]): readonly Symptom[] => {
	const counting = events.filter(({reason}) => !(reason === 'FailedScheduling' && isPlaced(pod)));
	const told = counting.filter(({reason = ''}) => telling.includes(reason));
	return (told.length > 0 ? told : counting.slice(0, 1)).map(
		({reason = 'Warning', message = ''}): Symptom => ({reason, message}),
	);
};

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
	const isStarting = containers.every(({reason}) => reason === 'ContainerCreating' || reason === 'PodInitializing');
	const waits = isStarting && (status?.phase ?? 'Pending') === 'Pending';
	return [...ofWhole(pod), ...(waits ? warnedOf(pod, events) : []), ...containers];
};
