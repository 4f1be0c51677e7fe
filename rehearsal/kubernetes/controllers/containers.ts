import {createHash} from 'node:crypto';
import type {Container, ContainerStatus, KubeObject, Pod} from '../objects/types.ts';
import {timestamp} from '../objects/values.ts';
import {resolveEnv} from './environment.ts';
import type {Outcome, PodContext, Runtime} from './pods.ts';

type Ended = {readonly exit: number; readonly reason?: string; readonly message?: string; readonly restart?: boolean};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Pull secrets that exist; a missing one is only reported, and the pull is tried without it, as a kubelet does. */
const pullSecrets = (context: PodContext, runtime: Runtime): KubeObject[] => {
	const pod = runtime.pod();
	if (!pod) return [];
	const names = (pod.spec.imagePullSecrets ?? []).map((one) => one.name);
	const found = names.map((name) => context.store.get('secrets', runtime.key.namespace, name));
	const missing = names.filter((_, index) => !found[index]);
	if (missing.length > 0) {
		const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
		context.event(pod, 'Warning', 'FailedToRetrieveImagePullSecret', message, 'kubelet');
	}
	return found.filter((secret) => secret !== undefined);
};

/** The image without tag and digest; a colon before a slash is that of a port. */
const repositoryOf = (image: string): string => image.replace(/@.*$/u, '').replace(/:[^:/]*$/u, '');

const fieldPathOf = (container: Container, isInit: boolean): string =>
	`spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;

/** The image is on the node when some container was made of it before. */
const isOnNode = (context: PodContext, image: string): boolean =>
	context.store
		.list<Pod>('pods')
		.some(({status}) =>
			[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
				(one) => one.image === image && one.imageID !== '',
			),
		);

const delay = (context: PodContext, attempt: number): number =>
	context.pace.backoffMs * Math.min(10, 2 ** Math.max(0, attempt));

/** Wait until a container that is up becomes ready, then until it ends. */
const stayUp = async (
	context: PodContext,
	runtime: Runtime,
	status: ContainerStatus,
	container: Container,
	outcome: Exclude<Extract<Outcome, {running: true}>, string>,
	wasReady: boolean,
): Promise<Ended> => {
	const ended = outcome.ended ?? new Promise<never>(() => {});
	const aborted = new Promise<never>((_, reject) => {
		runtime.abort.signal.addEventListener('abort', () => reject(new Error('stopped')), {once: true});
	});
	const becomeReady = async (): Promise<never> => {
		if (outcome.ready === false) {
			const pod = runtime.pod();
			if (pod)
				context.event(
					pod,
					'Warning',
					'Unhealthy',
					`Readiness probe failed: ${outcome.message ?? 'HTTP probe failed with statuscode: 503'}`,
					'kubelet',
					fieldPathOf(container, false),
				);
			status.ready = false;
			status.started = true;
			runtime.report();
			return aborted;
		}
		if (!wasReady) await runtime.wait(outcome.readyAfterMs ?? context.pace.readyAfterMs);
		status.ready = true;
		status.started = true;
		runtime.report();
		return aborted;
	};
	return Promise.race([ended, becomeReady(), aborted]);
};

/** Start a container once and follow it until it ends or turns out unable to start. */
const runOnce = async (
	context: PodContext,
	runtime: Runtime,
	container: Container,
	status: ContainerStatus,
	isInit: boolean,
	env: Readonly<Record<string, string>>,
): Promise<Ended | Extract<Outcome, {waiting: unknown}>> => {
	const pod = runtime.pod();
	if (!pod) throw new Error('stopped');
	const {uid} = runtime.key;
	const wasReady = status.ready;
	const markRunning = (): void => {
		if (status.state.running) return;
		const say = (reason: string, message: string): void =>
			context.event(pod, 'Normal', reason, message, 'kubelet', fieldPathOf(container, isInit));
		if (isOnNode(context, container.image))
			say('Pulled', `Container image "${container.image}" already present on machine`);
		else {
			say('Pulling', `Pulling image "${container.image}"`);
			say('Pulled', `Successfully pulled image "${container.image}" in 1s (1s including waiting)`);
		}
		say('Created', `Created container: ${container.name}`);
		status.state = {running: {startedAt: timestamp(context.now())}};
		status.imageID = `${repositoryOf(container.image)}@sha256:${digest(container.image)}`;
		status.containerID = `containerd://${digest(`${uid}/${container.name}/${status.restartCount}`)}`;
		say('Started', `Started container ${container.name}`);
		runtime.report();
	};
	context.logs.start(uid, container.name);
	const soon = setTimeout(markRunning, 30);
	try {
		const running = context.runPod(pod, {
			container,
			isInit,
			attempt: status.restartCount,
			env,
			pullSecrets: pullSecrets(context, runtime),
			signal: runtime.abort.signal,
			log: (line) => context.logs.write(uid, container.name, line),
		});
		// A container that cannot even be tried is a fault to show, not the end of the cluster.
		const outcome = await running.catch((error: unknown): Outcome => {
			const message = error instanceof Error ? error.message : String(error);
			return {waiting: {reason: 'CreateContainerError', message}};
		});
		clearTimeout(soon);
		if (runtime.abort.signal.aborted) throw new Error('stopped');
		if (outcome !== 'running' && 'waiting' in outcome) return outcome;
		markRunning();
		if (outcome !== 'running' && 'exit' in outcome) return outcome;
		return await stayUp(
			context,
			runtime,
			status,
			container,
			outcome === 'running' ? {running: true} : outcome,
			wasReady,
		);
	} finally {
		clearTimeout(soon);
	}
};

const reportWaiting = async (
	context: PodContext,
	runtime: Runtime,
	container: Container,
	status: ContainerStatus,
	why: {readonly reason: string; readonly message: string},
	tries: number,
	isInit: boolean,
): Promise<void> => {
	const field = fieldPathOf(container, isInit);
	const pod = runtime.pod();
	const isPull = why.reason === 'ErrImagePull' || why.reason === 'ImagePullBackOff';
	status.state = {waiting: {reason: isPull ? 'ErrImagePull' : why.reason, message: why.message}};
	status.ready = false;
	runtime.report();
	if (pod && isPull) {
		context.event(pod, 'Normal', 'Pulling', `Pulling image "${container.image}"`, 'kubelet', field);
		context.event(
			pod,
			'Warning',
			'Failed',
			`Failed to pull image "${container.image}": ${why.message}`,
			'kubelet',
			field,
		);
		context.event(pod, 'Warning', 'Failed', 'Error: ErrImagePull', 'kubelet', field);
	} else if (pod) context.event(pod, 'Warning', 'Failed', `Error: ${why.message}`, 'kubelet', field);
	if (isPull) {
		await runtime.wait(context.pace.retryMs);
		status.state = {
			waiting: {
				reason: 'ImagePullBackOff',
				message: `Back-off pulling image "${container.image}": ErrImagePull: ${why.message}`,
			},
		};
		runtime.report();
		if (pod) context.event(pod, 'Normal', 'BackOff', `Back-off pulling image "${container.image}"`, 'kubelet', field);
	}
	await runtime.wait(isPull ? delay(context, tries) : context.pace.retryMs);
};

/**
 * Run a container by the pod's restart policy until it is over for good; answers its last exit code. Rejects when the
 * pod is stopped.
 */
export const runContainer = async (
	context: PodContext,
	runtime: Runtime,
	container: Container,
	status: ContainerStatus,
	isInit: boolean,
): Promise<number> => {
	const finished = status.state.terminated;
	if (finished && (isInit ? finished.exitCode === 0 : runtime.pod()?.spec.restartPolicy !== 'Always'))
		return finished.exitCode;
	const {name, namespace, uid} = runtime.key;
	for (let tries = 0; ; ) {
		const pod = runtime.pod();
		if (!pod) throw new Error('stopped');
		const environment = resolveEnv(context.store, pod, container);
		if ('missing' in environment) {
			await reportWaiting(context, runtime, container, status, environment.missing, tries, isInit);
			continue;
		}
		const startedAt = timestamp(context.now());
		const result = await runOnce(context, runtime, container, status, isInit, environment.env);
		if ('waiting' in result) {
			await reportWaiting(context, runtime, container, status, result.waiting, tries, isInit);
			tries += 1;
			continue;
		}
		const terminated = {
			exitCode: result.exit,
			reason: result.reason ?? (result.exit === 0 ? 'Completed' : 'Error'),
			...(result.message ? {message: result.message} : {}),
			startedAt: status.state.running?.startedAt ?? startedAt,
			finishedAt: timestamp(context.now()),
			containerID: status.containerID ?? '',
		};
		status.state = {terminated};
		status.ready = isInit && result.exit === 0;
		status.started = false;
		const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
		const byPolicy =
			isInit && policy === 'Always' && container.restartPolicy !== 'Always'
				? result.exit !== 0
				: policy === 'Always' || (policy === 'OnFailure' && result.exit !== 0);
		if (!(result.restart ?? byPolicy)) {
			runtime.report();
			return result.exit;
		}
		runtime.report();
		if (status.restartCount > 0 || result.exit !== 0) {
			const seconds = Math.min(300, 10 * 2 ** status.restartCount);
			const message = `back-off ${seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
			status.lastState = {terminated};
			status.state = {waiting: {reason: 'CrashLoopBackOff', message}};
			runtime.report();
			context.event(
				pod,
				'Warning',
				'BackOff',
				`Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
				'kubelet',
				fieldPathOf(container, isInit),
			);
			await runtime.wait(delay(context, status.restartCount));
		}
		status.lastState = {terminated};
		status.restartCount += 1;
	}
};
