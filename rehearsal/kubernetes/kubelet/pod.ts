import {setTimeout as sleep} from 'node:timers/promises';
import type {Container, ContainerStatus, Pod} from '../objects/types.ts';
import {runContainer} from './container.ts';
import {podStatus} from './pod-status.ts';
import {schedule} from './scheduler.ts';
import type {Node, PodRun, Slot} from './types.ts';
import {mount} from './volumes.ts';

const mountsOf = ({volumeMounts = []}: Container): Record<string, unknown>[] =>
	volumeMounts.map((mount) => ({...mount, ...('readOnly' in mount ? {recursiveReadOnly: 'Disabled'} : {})}));

const freshStatus = (container: Container, reason: string): ContainerStatus => ({
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
	...(container.volumeMounts?.length ? {volumeMounts: mountsOf(container)} : {}),
});

const isThrough = ({status}: Slot): boolean => status.state.terminated?.exitCode === 0;

/** Containers with what is known of them from before a restart of the cluster. */
const slotsOf = ({spec, status}: Pod): Pick<PodRun, 'init' | 'main'> => {
	const {initContainers = [], containers} = spec;
	const reason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
	const slots = (group: readonly Container[], before: readonly ContainerStatus[] = [], isInit = false): Slot[] =>
		group.map((container) => {
			const known = before.find((one) => one.name === container.name);
			const status = {...(known ?? freshStatus(container, reason))};
			return {container, isInit, status, failedPulls: 0, resumes: Boolean(status.state.running) && status.ready};
		});
	return {
		init: slots(initContainers, status?.initContainerStatuses, true),
		main: slots(containers, status?.containerStatuses),
	};
};

/**
 * Run the init containers in their order; answers the native sidecars among them, which start before the others and go
 * on beside them. Undefined when one ended badly for good.
 */
const initialize = async (node: Node, run: PodRun): Promise<readonly Promise<number>[] | undefined> => {
	const sidecars: Promise<number>[] = [];
	for (const slot of run.init) {
		const running = runContainer(node, run, slot);
		if (slot.container.restartPolicy === 'Always') {
			// Its failure is told where all are waited for; until then nobody listens.
			running.catch(() => undefined);
			sidecars.push(running);
		} else if ((await running) !== 0) return undefined;
	}
	return sidecars;
};

const live = async (node: Node, run: PodRun): Promise<void> => {
	await schedule(node, run);
	if (!run.pod()) return;
	run.report();
	await mount(node, run);
	const sidecars = await initialize(node, run);
	if (sidecars) {
		run.initialized = true;
		run.report();
		await Promise.all([...run.main.map((slot) => runContainer(node, run, slot)), ...sidecars]);
	}
	run.report();
};

const createRun = ({store, now}: Node, first: Pod): PodRun => {
	const {namespace = '', name, uid} = first.metadata;
	const abort = new AbortController();
	const slots = slotsOf(first);
	const run: PodRun = {
		...slots,
		key: {namespace, name, uid},
		abort,
		// After a restart of the cluster a pod whose init containers are through goes on where it was.
		initialized: slots.init.every(isThrough),
		pod: () => {
			const found = store.get<Pod>('pods', namespace, name);
			return found?.metadata.uid === uid ? found : undefined;
		},
		report: () => {
			const pod = run.pod();
			if (!pod || abort.signal.aborted) return;
			const [init, main] = [run.init, run.main].map((group) => group.map(({status}) => status));
			const status = podStatus(pod, {init: init ?? [], main: main ?? [], initialized: run.initialized}, now());
			if (status) store.put('pods', {...pod, status});
		},
		wait: async (milliseconds) => {
			await sleep(milliseconds, undefined, {signal: abort.signal});
		},
	};
	return run;
};

/** Run the life of one pod from scheduling to its end; answers the handle that can stop it. */
export const startPod = (node: Node, pod: Pod): {readonly abort: AbortController; readonly done: Promise<void>} => {
	const run = createRun(node, pod);
	const done = live(node, run).catch((error: unknown) => {
		// Deleting a pod aborts whatever it waits for; everything else is a real error.
		if (!run.abort.signal.aborted) throw error;
	});
	return {abort: run.abort, done};
};
