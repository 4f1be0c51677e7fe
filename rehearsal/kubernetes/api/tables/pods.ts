import {conditionOf} from '../../objects/conditions.ts';
import type {Container, ContainerStatus, KubeObject, Pod} from '../../objects/types.ts';
import {age} from './age.ts';
import {at, type Column, named, none, since, wide, words} from './column.ts';

const statusesOf = ({status}: Pod): readonly ContainerStatus[] => status?.containerStatuses ?? [];
const initOf = ({status}: Pod): readonly ContainerStatus[] => status?.initContainerStatuses ?? [];

/** An init container that goes on beside the others. */
const isSidecar = (pod: Pod, {name}: ContainerStatus): boolean =>
	(pod.spec.initContainers ?? []).some((one: Container) => one.name === name && one.restartPolicy === 'Always');

const isThrough = (pod: Pod, status: ContainerStatus): boolean =>
	status.state.terminated?.exitCode === 0 || (isSidecar(pod, status) && status.started);

/** What an unfinished init container waits for or ended with. */
const initWords = ({state: {terminated, waiting}}: ContainerStatus, place: string): string => {
	if (terminated) return `Init:${terminated.reason || `ExitCode:${terminated.exitCode}`}`;
	return waiting && waiting.reason !== 'PodInitializing' ? `Init:${waiting.reason}` : `Init:${place}`;
};

/** Where the init containers stand; undefined when they are through. */
const initializing = (pod: Pod): string | undefined => {
	const statuses = initOf(pod);
	const open = statuses.findIndex((status) => !isThrough(pod, status));
	const status = statuses[open];
	return status && initWords(status, `${open}/${pod.spec.initContainers?.length ?? 0}`);
};

const isRunning = ({ready, state}: ContainerStatus): boolean => ready && state.running !== undefined;

/** What the first container that is not simply up says of itself. */
const ofContainers = (pod: Pod, phase: string): string => {
	const told = statusesOf(pod).flatMap(({state: {waiting, terminated}}) => {
		if (waiting?.reason) return [waiting.reason];
		return terminated ? [terminated.reason || `ExitCode:${terminated.exitCode}`] : [];
	});
	const [first = phase] = told;
	if (first !== 'Completed' || !statusesOf(pod).some(isRunning)) return first;
	return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
};

const statusOf = (object: KubeObject): string => {
	const pod = object as Pod;
	if (pod.metadata.deletionTimestamp) return 'Terminating';
	const phase = pod.status?.reason || pod.status?.phase || 'Unknown';
	return initializing(pod) ?? ofContainers(pod, phase);
};

const readyOf = (object: KubeObject): string => {
	const pod = object as Pod;
	const sidecars = initOf(pod).filter((status) => isSidecar(pod, status));
	const ready = [...statusesOf(pod), ...sidecars].filter(isRunning).length;
	return `${ready}/${pod.spec.containers.length + sidecars.length}`;
};

/** How often, and when last. While the init containers go on, theirs count; afterwards those of what stays up. */
const restartsOf = (object: KubeObject, now: Date): string => {
	const pod = object as Pod;
	const isStarting = initializing(pod) !== undefined;
	const staying = [...statusesOf(pod), ...initOf(pod).filter((status) => isSidecar(pod, status))];
	const counted = isStarting ? initOf(pod) : staying;
	const count = counted.reduce((sum, {restartCount}) => sum + restartCount, 0);
	const ends = counted.flatMap(({lastState}) => lastState.terminated?.finishedAt ?? []);
	const last = ends.sort().at(-1);
	return count > 0 && last !== undefined ? `${count} (${age(last, now)} ago)` : String(count);
};

/** Columns of pods. */
export const podColumns: readonly Column[] = [
	named,
	words('Ready', readyOf),
	words('Status', statusOf),
	words('Restarts', restartsOf),
	since,
	wide(words('IP', at('status.podIP'))),
	wide(words('Node', at('spec.nodeName'))),
	wide(words('Nominated Node', at('status.nominatedNodeName'))),
	wide(words('Readiness Gates', () => none)),
];
