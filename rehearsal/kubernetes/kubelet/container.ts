import type {ContainerState, Pod} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {resolveEnv} from './environment.ts';
import {sayOf} from './say.ts';
import {startOnce} from './start.ts';
import {type Ended, type Node, type PodRun, type Slot, stopped, type Waiting} from './types.ts';

type Terminated = NonNullable<ContainerState['terminated']>;
type Why = Waiting['waiting'];

const isPullFailure = ({reason}: Why): boolean => reason === 'ErrImagePull' || reason === 'ImagePullBackOff';

/** The pause after so many failures, ms. */
const pauseAfter = ({pace}: Node, failures: number): number => pace.backoffMs * Math.min(10, 2 ** failures);

const show = (run: PodRun, {status}: Slot, state: ContainerState): void => {
	status.state = state;
	run.report();
};

const waitAfterFailedPull = async (node: Node, run: PodRun, slot: Slot, why: string): Promise<void> => {
	const {image} = slot.container;
	const pod = run.pod();
	const say = pod ? sayOf(node, pod, slot) : () => undefined;
	say('Normal', 'Pulling', `Pulling image "${image}"`);
	say('Warning', 'Failed', `Failed to pull image "${image}": ${why}`);
	say('Warning', 'Failed', 'Error: ErrImagePull');
	await run.wait(node.pace.retryMs);
	const backingOff = `Back-off pulling image "${image}"`;
	show(run, slot, {waiting: {reason: 'ImagePullBackOff', message: `${backingOff}: ErrImagePull: ${why}`}});
	say('Normal', 'BackOff', backingOff);
	await run.wait(pauseAfter(node, slot.failedPulls));
	slot.failedPulls += 1;
};

/** Show why a container does not start, and wait until it may be tried again. */
const waitForNextTry = async (node: Node, run: PodRun, slot: Slot, why: Why): Promise<void> => {
	const isPull = isPullFailure(why);
	slot.status.ready = false;
	show(run, slot, {waiting: {reason: isPull ? 'ErrImagePull' : why.reason, message: why.message}});
	if (isPull) return waitAfterFailedPull(node, run, slot, why.message);
	const pod = run.pod();
	if (pod) sayOf(node, pod, slot)('Warning', 'Failed', `Error: ${why.message}`);
	await run.wait(node.pace.retryMs);
};

const terminatedOf = (node: Node, {status}: Slot, startedAt: string, end: Ended): Terminated => ({
	exitCode: end.exit,
	reason: end.reason ?? (end.exit === 0 ? 'Completed' : 'Error'),
	...(end.message ? {message: end.message} : {}),
	startedAt: status.state.running?.startedAt ?? startedAt,
	finishedAt: timestamp(node.now()),
	containerID: status.containerID ?? '',
});

/** Is a container that ended started again? A sidecar, whatever it did; an init container only until it ended well. */
const restarts = (pod: Pod, {container, isInit}: Slot, {exit, restart}: Ended): boolean => {
	if (restart !== undefined) return restart;
	const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
	const isDone = exit === 0 && (policy === 'OnFailure' || (isInit && container.restartPolicy !== 'Always'));
	return policy !== 'Never' && !isDone;
};

const inMinutes = (seconds: number): string =>
	seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;

/** Wait between two runs of a container that fails again and again. */
const backOff = async (node: Node, run: PodRun, slot: Slot, pod: Pod): Promise<void> => {
	const {container, status} = slot;
	const {name, namespace, uid} = run.key;
	const pause = inMinutes(Math.min(300, 10 * 2 ** status.restartCount));
	const where = `${name}_${namespace}(${uid})`;
	const message = `back-off ${pause} restarting failed container=${container.name} pod=${where}`;
	show(run, slot, {waiting: {reason: 'CrashLoopBackOff', message}});
	const said = `Back-off restarting failed container ${container.name} in pod ${where}`;
	sayOf(node, pod, slot)('Warning', 'BackOff', said);
	await run.wait(pauseAfter(node, status.restartCount));
};

/** What a container left when the cluster was stopped, if it was over for good. */
const endedBefore = (run: PodRun, {isInit, status}: Slot): number | undefined => {
	const finished = status.state.terminated;
	if (!finished) return undefined;
	const isOver = isInit ? finished.exitCode === 0 : run.pod()?.spec.restartPolicy !== 'Always';
	return isOver ? finished.exitCode : undefined;
};

/**
 * One try: the environment is made and the container started; where a reference leads nowhere, it is not even tried.
 */
const tryOnce = async (node: Node, run: PodRun, slot: Slot, pod: Pod): Promise<Ended | Waiting> => {
	const environment = resolveEnv(node.store, pod, slot.container);
	return 'missing' in environment ? {waiting: environment.missing} : startOnce(node, run, slot, environment.env);
};

/**
 * Run a container by the pod's restart policy until it is over for good; answers its last exit code. Rejects when the
 * pod is ended.
 */
export const runContainer = async (node: Node, run: PodRun, slot: Slot): Promise<number> => {
	const before = endedBefore(run, slot);
	if (before !== undefined) return before;
	const {status, isInit} = slot;
	for (;;) {
		const pod = run.pod();
		if (!pod) throw stopped();
		const startedAt = timestamp(node.now());
		const end = await tryOnce(node, run, slot, pod);
		if ('waiting' in end) {
			await waitForNextTry(node, run, slot, end.waiting);
			continue;
		}
		const terminated = terminatedOf(node, slot, startedAt, end);
		status.ready = isInit && end.exit === 0;
		status.started = false;
		show(run, slot, {terminated});
		if (!restarts(pod, slot, end)) return end.exit;
		status.lastState = {terminated};
		if (status.restartCount > 0 || end.exit !== 0) await backOff(node, run, slot, pod);
		status.restartCount += 1;
	}
};
