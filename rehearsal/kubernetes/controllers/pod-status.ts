import type {Condition, ContainerStatus, Pod, PodStatus} from '../objects/types.ts';
import {copy, same} from '../objects/values.ts';
import {withCondition} from './context.ts';

type Parts = {
	readonly init: readonly ContainerStatus[];
	readonly main: readonly ContainerStatus[];
	readonly initialized: boolean;
};

const phaseOf = (pod: Pod, {init, main, initialized}: Parts): PodStatus['phase'] => {
	const policy = pod.spec.restartPolicy ?? 'Always';
	const failedInit = init.some((one) => (one.state.terminated?.exitCode ?? 0) !== 0);
	if (!initialized) return failedInit && policy === 'Never' ? 'Failed' : 'Pending';
	if (main.every((one) => one.state.terminated)) {
		if (main.some((one) => one.state.terminated?.exitCode !== 0)) return policy === 'Always' ? 'Running' : 'Failed';
		return policy === 'Always' ? 'Running' : 'Succeeded';
	}
	// A container that has run once keeps the pod in Running while it waits to be started again.
	const hasStarted = main.some((one) => one.state.running || one.state.terminated || one.lastState.terminated);
	return hasStarted ? 'Running' : 'Pending';
};

/** The status that follows from the states of a pod's containers; undefined when it is the one the pod has. */
export const podStatus = (pod: Pod, parts: Parts, now: Date): PodStatus | undefined => {
	const phase = phaseOf(pod, parts);
	const isOver = phase === 'Succeeded' || phase === 'Failed';
	const unready = parts.main.filter((one) => !one.ready).map((one) => one.name);
	const done = phase === 'Succeeded' ? 'PodCompleted' : undefined;
	const names = `[${unready.join(' ')}]`;
	const uninitialized = parts.init
		.filter((one) => one.state.terminated?.exitCode !== 0 && !one.ready)
		.map((one) => one.name);
	const facts: Condition[] = [
		{type: 'PodReadyToStartContainers', status: isOver ? 'False' : 'True'},
		parts.initialized
			? {type: 'Initialized', status: 'True', ...(done ? {reason: done} : {})}
			: {
					type: 'Initialized',
					status: 'False',
					reason: 'ContainersNotInitialized',
					message: `containers with incomplete status: [${uninitialized.join(' ')}]`,
				},
		...(['Ready', 'ContainersReady'] as const).map(
			(type): Condition =>
				unready.length === 0 && !isOver
					? {type, status: 'True'}
					: {
							type,
							status: 'False',
							reason: done ?? (phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady'),
							...(isOver ? {} : {message: `containers with unready status: ${names}`}),
						},
		),
	];
	const conditions = facts.reduce(
		(before, fact) => withCondition(before, {observedGeneration: 1, lastProbeTime: null, ...fact}, now),
		pod.status?.conditions ?? [],
	);
	const next: PodStatus = {
		...pod.status,
		observedGeneration: 1,
		phase,
		conditions,
		containerStatuses: copy([...parts.main]),
		...(parts.init.length > 0 ? {initContainerStatuses: copy([...parts.init])} : {}),
	};
	return same(next, pod.status) ? undefined : next;
};
