import {setTimeout as sleep} from 'node:timers/promises';
import type {ContainerRun, Outcome, Pod, RunPod} from '../kubernetes/index.ts';
import {type Running, roleOf, runProgram} from './containers.ts';
import {answerControlPlane} from './control-plane.ts';
import {storeOf, withDatabase} from './database.ts';
import {PullError, parseImage, pullImage} from './images.ts';
import {type Answer, dashboardPage, type Request} from './messages.ts';
import type {PodNetwork} from './pod-network.ts';
import {type Cluster, trustOf} from './pod-view.ts';
import {answerWorkspace} from './workspace.ts';

/** Faults that a rehearsal plays: each may refuse a container before it does its real work. */
export type Interference = {
	/** A reason why this image cannot be pulled now. */
	readonly pull?: (image: string, namespace: string) => string | undefined;
	/** Log lines after which this container ends with code 1. */
	readonly start?: (pod: Pod, role: Running['role']) => readonly string[] | undefined;
};

export type Product = {
	/** What the containers of the rehearsal cluster do. */
	readonly runPod: RunPod;
	/** What a server in a pod answers; rejects when it cannot, which the ingress controller tells as 502. */
	readonly answer: (pod: Pod, request: Request) => Promise<Answer>;
};

const apiRoot = '/api/v1';
/** Pauses at slowness 1. */
const pullMs = 900;
const startUpMs = 700;

const initLines = (trust: readonly string[]): readonly string[] => [
	'Updating certificates in /etc/ssl/certs...',
	`${trust.length} added, 0 removed; done.`,
];

/**
 * The product as the rehearsal cluster runs it: real images from the rehearsal registry, real connections to the
 * database, real requests between the servers; only the programs in the images are played.
 * @param options.cluster objects of the rehearsal cluster. @param options.registryHost host and port as in image
 * references.
 */
export const createProduct = (options: {
	readonly cluster: () => Cluster;
	readonly network: PodNetwork;
	readonly registryHost: string;
	readonly interfere?: Interference;
	/** How slow programs are: 1 as in life, 0 without pauses. */
	readonly slowness: number;
}): Product => {
	const {network, registryHost, slowness, interfere = {}} = options;
	const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
		await sleep(ms * slowness, undefined, {signal});
	};
	const servers = new Map<string, Running & {readonly log: (line: string) => void}>();

	const start = async (pod: Pod, run: ContainerRun, running: Running): Promise<Outcome> => {
		const lines = interfere.start?.(pod, running.role);
		if (lines) {
			for (const line of lines) run.log(line);
			return {exit: 1};
		}
		const {uid} = pod.metadata;
		const ready = Promise.withResolvers<Outcome>();
		const program = pause(startUpMs, run.signal).then(() =>
			runProgram(pod, running, {
				network,
				signal: run.signal,
				log: run.log,
				pause: (ms) => pause(ms, run.signal),
				ready: () => {
					servers.set(uid, {...running, log: run.log});
					ready.resolve({running: true, ended});
				},
			}),
		);
		const ended = program.then(
			(exit) => ({exit}),
			(error: unknown) => {
				run.log(String(error));
				return {exit: 1};
			},
		);
		void ended.then(() => servers.delete(uid));
		return Promise.race([ended, ready.promise]);
	};

	const runPod: RunPod = async (pod, run) => {
		const {image} = run.container;
		const refused = interfere.pull?.(image, pod.metadata.namespace ?? '');
		if (refused) return {waiting: {reason: 'ErrImagePull', message: refused}};
		try {
			await pause(pullMs, run.signal);
			await pullImage({pullSecrets: run.pullSecrets, image, registryHost, signal: run.signal});
		} catch (error) {
			if (error instanceof PullError) return {waiting: {reason: 'ErrImagePull', message: error.message}};
			throw error;
		}
		const trust = trustOf(options.cluster(), pod);
		if (run.isInit) {
			for (const line of initLines(trust)) run.log(line);
			return {exit: 0};
		}
		const role = roleOf(pod, run.container);
		return start(pod, run, {role, version: parseImage(image).reference, environment: run.env, trust});
	};

	const answer: Product['answer'] = async (pod, request) => {
		const running = servers.get(pod.metadata.uid);
		if (!running) throw new Error(`nothing listens in pod ${pod.metadata.name}`);
		const {role, environment, version, trust} = running;
		if (role === 'dashboard') return {status: 200, html: dashboardPage('ZenML Pro', version)};
		if (role === 'workspace') return answerWorkspace(request, environment, version);
		if (role !== 'control-plane') throw new Error(`pod ${pod.metadata.name} is no server`);
		const path = request.path.replace(/\/$/u, '');
		if (path === apiRoot) return {status: 200, html: dashboardPage('ZenML Pro API - Swagger UI', version)};
		if (path === `${apiRoot}/health`) return {status: 200, json: 'OK'};
		const target = storeOf(environment, trust);
		if (!path.startsWith(`${apiRoot}/`) || !target) return {status: 404, json: {detail: 'Not Found'}};
		try {
			return await withDatabase(target, (client) =>
				answerControlPlane({...request, path: path.slice(apiRoot.length)}, client, environment),
			);
		} catch (error) {
			running.log(`sqlalchemy.exc.OperationalError: ${String(error)}`);
			return {status: 500, json: {detail: 'Internal Server Error'}};
		}
	};
	return {runPod, answer};
};
