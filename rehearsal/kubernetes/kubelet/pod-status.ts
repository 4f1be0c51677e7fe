import {withCondition} from '../objects/conditions.ts';
import type {Condition, ContainerStatus, Pod, PodStatus} from '../objects/types.ts';
import {copy, same} from '../objects/values.ts';

/** What is known of the containers of a pod. */
type Parts = {
	readonly init: readonly ContainerStatus[];
	readonly main: readonly ContainerStatus[];
	readonly initialized: boolean;
};

const hasFailed = ({state}: ContainerStatus): boolean => (state.terminated?.exitCode ?? 0) !== 0;

/** A container that has run once keeps the pod in Running while it waits to be started again. */
const hasStarted = ({state, lastState}: ContainerStatus): boolean =>
	Boolean(state.running ?? state.terminated ?? lastState.terminated);

const phaseOf = (pod: Pod, {init, main, initialized}: Parts): PodStatus['phase'] => {
	const policy = pod.spec.restartPolicy ?? 'Always';
	if (!initialized) return init.some(hasFailed) && policy === 'Never' ? 'Failed' : 'Pending';
	if (!main.every(({state}) => state.terminated)) return main.some(hasStarted) ? 'Running' : 'Pending';
	if (policy === 'Always') return 'Running';
	return main.some(hasFailed) ? 'Failed' : 'Succeeded';
};

const names = (statuses: readonly ContainerStatus[]): string => `[${statuses.map(({name}) => name).join(' ')}]`;

const initializedIs = ({init, initialized}: Parts, phase: PodStatus['phase']): Condition => {
	if (initialized)
		return {
			type: 'Initialized',
			status: 'True',
			...(phase === 'Succeeded' ? {reason: 'PodCompleted'} : {}),
		};
	const incomplete = init.filter(({state, ready}) => state.terminated?.exitCode !== 0 && !ready);
	return {
		type: 'Initialized',
		status: 'False',
		reason: 'ContainersNotInitialized',
		message: `containers with incomplete status: ${names(incomplete)}`,
	};
};

const overReasons = {Succeeded: 'PodCompleted', Failed: 'PodFailed'} as const;

const readyIs = (type: 'Ready' | 'ContainersReady', {main}: Parts, phase: PodStatus['phase']): Condition => {
	if (phase === 'Succeeded' || phase === 'Failed') return {type, status: 'False', reason: overReasons[phase]};
	const unready = main.filter(({ready}) => !ready);
	if (unready.length === 0) return {type, status: 'True'};
	const message = `containers with unready status: ${names(unready)}`;
	return {type, status: 'False', reason: 'ContainersNotReady', message};
};

const conditionsOf = (parts: Parts, phase: PodStatus['phase']): readonly Condition[] => [
	{type: 'PodReadyToStartContainers', status: phase === 'Succeeded' || phase === 'Failed' ? 'False' : 'True'},
	initializedIs(parts, phase),
	readyIs('Ready', parts, phase),
	readyIs('ContainersReady', parts, phase),
];

/** The status that follows from the states of a pod's containers; undefined when it is the one the pod has. */
export const podStatus = (pod: Pod, parts: Parts, now: Date): PodStatus | undefined => {
	const phase = phaseOf(pod, parts);
	const conditions = conditionsOf(parts, phase).reduce<readonly Condition[]>(
		(before, fact) => withCondition(before, {observedGeneration: 1, lastProbeTime: null, ...fact}, now),
		pod.status?.conditions ?? [],
	);
	const next: PodStatus = {
		...pod.status,
		observedGeneration: 1,
		phase,
		conditions: [...conditions],
		containerStatuses: copy([...parts.main]),
		...(parts.init.length > 0 ? {initContainerStatuses: copy([...parts.init])} : {}),
	};
	return same(next, pod.status) ? undefined : next;
};
