import {createHash} from 'node:crypto';
import type {KubeObject, Pod} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {sayOf} from './say.ts';
import {type Ended, type Node, type Outcome, type PodRun, type Slot, stopped, type Up, type Waiting} from './types.ts';

/** A container that turns out not to run after all is not shown as running before that, ms. */
const shownAfterMs = 30;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The image without tag and digest; a colon before a slash is that of a port. */
const repositoryOf = (image: string): string => image.replace(/@.*$/u, '').replace(/:[^:/]*$/u, '');

/** As containerd tells it: by the digest under which it was pulled; of an image that no registry was asked for, one is made up. */
const imageIdOf = ({container: {image}, pulled = `sha256:${digest(image)}`}: Slot): string =>
	`${repositoryOf(image)}@${pulled}`;

/** The image is on the node when some container was made of it before. */
const isOnNode = ({store}: Node, image: string): boolean =>
	store
		.list<Pod>('pods')
		.flatMap(({status}) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
		.some((one) => one.image === image && one.imageID !== '');

/** Pull secrets that exist; a missing one is only reported, and the pull is tried without it, as a kubelet does. */
const pullSecrets = ({store, record}: Node, pod: Pod): KubeObject[] => {
	const names = (pod.spec.imagePullSecrets ?? []).map((one) => one.name);
	const found = names.map((name) => store.get('secrets', pod.metadata.namespace ?? '', name));
	const missing = names.filter((_, index) => !found[index]);
	if (missing.length > 0) {
		const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
		record(pod, {component: 'kubelet', type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message});
	}
	return found.filter((secret) => secret !== undefined);
};

/** Show a container as running, and tell what the node did for it. */
const showRunning = (node: Node, run: PodRun, slot: Slot, pod: Pod): void => {
	const {container, status} = slot;
	if (status.state.running) return;
	const say = sayOf(node, pod, slot);
	if (isOnNode(node, container.image))
		say('Normal', 'Pulled', `Container image "${container.image}" already present on machine`);
	else {
		say('Normal', 'Pulling', `Pulling image "${container.image}"`);
		say('Normal', 'Pulled', `Successfully pulled image "${container.image}" in 1s (1s including waiting)`);
	}
	say('Normal', 'Created', `Created container: ${container.name}`);
	status.state = {running: {startedAt: timestamp(node.now())}};
	status.imageID = imageIdOf(slot);
	status.containerID = `containerd://${digest(`${run.key.uid}/${container.name}/${status.restartCount}`)}`;
	say('Normal', 'Started', `Started container ${container.name}`);
	run.report();
};

const untilAborted = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(stopped()), {once: true});
	});

/** A container that is up becomes ready after its time, or tells why it does not. */
const becomeReady = async (node: Node, run: PodRun, slot: Slot, up: Up): Promise<void> => {
	const {status} = slot;
	const pod = run.pod();
	if (up.ready === false) {
		const why = up.message ?? 'HTTP probe failed with statuscode: 503';
		if (pod) sayOf(node, pod, slot)('Warning', 'Unhealthy', `Readiness probe failed: ${why}`);
	} else if (!status.ready) await run.wait(up.readyAfterMs ?? node.pace.readyAfterMs);
	status.ready = up.ready !== false;
	status.started = true;
	run.report();
};

/** Follow a container that is up until it ends. */
const stayUp = async (node: Node, run: PodRun, slot: Slot, up: Up): Promise<Ended> => {
	const aborted = untilAborted(run.abort.signal);
	const never = becomeReady(node, run, slot, up).then(() => aborted);
	return Promise.race([up.ended ?? aborted, never, aborted]);
};

/**
 * What became of a container that was tried; one that cannot even be tried is a fault to show, not the end of the
 * cluster.
 */
const outcomeOf = async (running: Promise<Outcome>): Promise<Up | Ended | Waiting> => {
	try {
		const outcome = await running;
		return outcome === 'running' ? {running: true} : outcome;
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		return {waiting: {reason: 'CreateContainerError', message}};
	}
};

/** Start a container once and follow it until it ends or turns out unable to start. Rejects when the pod is ended. */
export const startOnce = async (
	node: Node,
	run: PodRun,
	slot: Slot,
	env: Readonly<Record<string, string>>,
): Promise<Ended | Waiting> => {
	const pod = run.pod();
	if (!pod) throw stopped();
	const {uid} = run.key;
	const {container, isInit, status} = slot;
	const {signal} = run.abort;
	const resumed = slot.resumes;
	slot.resumes = false;
	node.logs.start(uid, container.name);
	const soon = setTimeout(() => showRunning(node, run, slot, pod), shownAfterMs);
	try {
		const outcome = await outcomeOf(
			node.runPod(pod, {
				container,
				isInit,
				attempt: status.restartCount,
				resumed,
				env,
				pullSecrets: pullSecrets(node, pod),
				signal,
				pulled: (found) => {
					slot.pulled = found;
					if (status.state.running) status.imageID = imageIdOf(slot);
				},
				log: (line) => node.logs.write(uid, container.name, line),
			}),
		);
		clearTimeout(soon);
		if (signal.aborted) throw stopped();
		if ('waiting' in outcome) return outcome;
		showRunning(node, run, slot, pod);
		return 'exit' in outcome ? outcome : await stayUp(node, run, slot, outcome);
	} finally {
		clearTimeout(soon);
	}
};
