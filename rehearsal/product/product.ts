import {setTimeout as sleep} from 'node:timers/promises';
import type {ContainerRun, ExecPod, Outcome, Pod, RunPod} from '../kubernetes/index.ts';
import {type ClientToolPods, toolPrograms} from './client-tools.ts';
import {type Running, roleOf, runProgram, wordsOf} from './containers.ts';
import {answerControlPlane} from './control-plane/index.ts';
import {storeOf, withDatabase} from './database/index.ts';
import {type Containers, containerKey, type ExecPrograms, execIn} from './exec.ts';
import {PullError, parseImage, pullImage} from './images.ts';
import {type Answer, dashboardPage, dashboardScript, type Request} from './messages.ts';
import {insideOf} from './network/inside.ts';
import type {PodNetwork} from './network/pod-network.ts';
import {type Cluster, filesOf, trustOf} from './pod-view.ts';
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
	/** What commands in those containers do. */
	readonly execPod: ExecPod;
	/** What a server in a pod answers; rejects when it cannot, which the ingress controller tells as 502. */
	readonly answer: (pod: Pod, request: Request) => Promise<Answer>;
};

type Options = {
	/** Objects of the rehearsal cluster. */
	readonly cluster: () => Cluster;
	readonly network: PodNetwork;
	/** Host and port as in image references. */
	readonly registryHost: string;
	readonly interfere?: Interference;
	/** What the programs of client tools are run by; without it such an image has none. */
	readonly clientTools?: ClientToolPods | undefined;
	/** What may be run in containers beside their own program; that of client tools unless told. */
	readonly execPrograms?: ExecPrograms;
	/** How slow programs are: 1 as in life, 0 without pauses. */
	readonly slowness: number;
};

/** What runs: servers that are up, by the uid of their pod, and every container. */
type Up = {readonly servers: Map<string, Server>; readonly containers: Containers};

/** A server that is up, and where its log goes. */
type Server = Running & {readonly log: (line: string) => void};

const apiRoot = '/api/v1';
/** Pauses at slowness 1. */
const pullMs = 900;
const startUpMs = 700;

const initLines = (trust: readonly string[]): readonly string[] => [
	'Updating certificates in /etc/ssl/certs...',
	`${trust.length} added, 0 removed; done.`,
];

/** Pulls the image of a container; answers why it cannot be had. */
const pull = async ({registryHost, interfere, slowness}: Options, pod: Pod, run: ContainerRun) => {
	const {image} = run.container;
	const {pullSecrets, signal} = run;
	const refused = interfere?.pull?.(image, pod.metadata.namespace ?? '');
	if (refused !== undefined) return refused;
	try {
		await sleep(pullMs * slowness, undefined, {signal});
		run.pulled(await pullImage({pullSecrets, image, registryHost, signal}));
		return undefined;
	} catch (error) {
		if (error instanceof PullError) return error.message;
		throw error;
	}
};

/** Starts the program of a container; answers once it is ready or over. `up` is told as long as it is a server. */
const start = async (
	{network, slowness, clientTools}: Options,
	pod: Pod,
	run: ContainerRun & {readonly running: Running},
	{servers, containers}: Up,
): Promise<Outcome> => {
	const {running, signal, log} = run;
	const {uid} = pod.metadata;
	const key = containerKey(pod, run.container.name);
	const ready = Promise.withResolvers<Outcome>();
	const pause = async (ms: number): Promise<void> => {
		await sleep(running.resumed ? 0 : ms * slowness, undefined, {signal});
	};
	containers.set(key, {image: run.container.image, running});
	let message: string | undefined;
	const program = async (): Promise<number> => {
		await pause(startUpMs);
		return runProgram(pod, running, {
			network,
			signal,
			log,
			pause,
			ready: () => {
				servers.set(uid, {...running, log});
				ready.resolve({running: true, ended});
			},
			tool: async () => {
				const end = await clientTools?.runJob(pod, run.container, {...run, files: running.files});
				message = end?.message;
				return end?.exit ?? 0;
			},
		});
	};
	const ended = program()
		.then(
			(exit) => ({exit, ...(message !== undefined && {message})}),
			(error: unknown) => {
				log(String(error));
				return {exit: 1};
			},
		)
		.finally(async () => {
			servers.delete(uid);
			containers.delete(key);
			if (running.role === 'client-tools') await clientTools?.forget(pod);
		});
	return Promise.race([ended, ready.promise]);
};

/** Does a fault end a container at its start? It leaves its lines in the log. What goes on was started before. */
const isHit = ({interfere}: Options, pod: Pod, {resumed, log}: ContainerRun, role: Running['role']): boolean => {
	const lines = resumed ? undefined : interfere?.start?.(pod, role);
	for (const line of lines ?? []) log(line);
	return lines !== undefined;
};

const runIn =
	(options: Options, up: Up): RunPod =>
	async (pod, run) => {
		const {resumed} = run;
		const message = resumed ? undefined : await pull(options, pod, run);
		if (message !== undefined) return {waiting: {reason: 'ErrImagePull', message}};
		const trust = trustOf(options.cluster(), pod);
		if (run.isInit) {
			for (const line of initLines(trust)) run.log(line);
			return {exit: 0};
		}
		const {container, env: environment} = run;
		const role = roleOf(pod, container);
		if (isHit(options, pod, run, role)) return {exit: 1};
		const running = {
			role,
			version: parseImage(container.image).reference,
			words: wordsOf(container),
			environment,
			trust,
			files: filesOf(options.cluster(), pod, container),
			resumed,
		};
		return start(options, pod, {...run, running}, up);
	};

const notFound: Answer = {status: 404, json: {detail: 'Not Found'}};

/** The control plane answers below its root out of its own database. */
const answerApi = async (server: Server, request: Request): Promise<Answer> => {
	const {environment, version, log} = server;
	const path = request.path.replace(/\/$/u, '');
	if (path === apiRoot) return {status: 200, html: dashboardPage('ZenML Pro API - Swagger UI', version)};
	if (path === `${apiRoot}/health`) return {status: 200, json: 'OK'};
	const target = storeOf(environment, server);
	if (!path.startsWith(`${apiRoot}/`) || !target) return notFound;
	try {
		const below = {...request, path: path.slice(apiRoot.length)};
		return await withDatabase(target, (sql) => answerControlPlane(below, sql, environment));
	} catch (error) {
		log(`sqlalchemy.exc.OperationalError: ${String(error)}`);
		return {status: 500, json: {detail: 'Internal Server Error'}};
	}
};

/** Roles that serve HTTP, and what they answer. */
const servers: Readonly<
	Partial<Record<Running['role'], (server: Server, request: Request) => Answer | Promise<Answer>>>
> = {
	'control-plane': answerApi,
	dashboard: ({version}, {path}) =>
		path === dashboardScript
			? {status: 200, text: '// The dashboard of a rehearsal does nothing.\n'}
			: {status: 200, html: dashboardPage('ZenML Pro', version)},
	workspace: ({environment, version}, request) => answerWorkspace(request, environment, version),
};

const answerIn =
	(up: ReadonlyMap<string, Server>): Product['answer'] =>
	async ({metadata: {uid, name}}, request) => {
		const server = up.get(uid);
		if (!server) throw new Error(`nothing listens in pod ${name}`);
		const serve = servers[server.role];
		if (!serve) throw new Error(`pod ${name} is no server`);
		return serve(server, request);
	};

/**
 * The product as the rehearsal cluster runs it: real images from the rehearsal registry, real connections to the
 * database, real requests between the servers; only the programs in the images are played.
 */
export const createProduct = (options: Options): Product => {
	const up: Up = {servers: new Map(), containers: new Map()};
	const programs = options.execPrograms ?? toolPrograms(options.clientTools);
	const answer = answerIn(up.servers);
	const network = {...options.network, inside: insideOf(options.cluster, answer)};
	return {
		runPod: runIn({...options, network}, up),
		execPod: execIn(up.containers, network, programs),
		answer,
	};
};
