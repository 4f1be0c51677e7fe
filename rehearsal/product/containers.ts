import type {Container, Pod} from '../kubernetes/index.ts';
import {ensureAdmin} from './control-plane.ts';
import {isMigrated, migrateControlPlane, migrateWorkspace} from './control-plane-data.ts';
import {databaseTraceback, type StoreTarget, storeOf, withDatabase} from './database.ts';
import {EnrolmentError, reportToControlPlane} from './enrolment.ts';
import {parseImage} from './images.ts';
import type {PodNetwork} from './pod-network.ts';
import {runProbe} from './probe.ts';
import {isPro} from './workspace.ts';

export type Role =
	| 'control-plane'
	| 'dashboard'
	| 'workspace'
	| 'control-plane-migration'
	| 'workspace-migration'
	| 'probe'
	| 'other';

/** A container about to run: what the kubelet resolved for it. */
export type Running = {
	readonly role: Role;
	readonly version: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly trust: readonly string[];
};

/** What a program needs from its node. `ready` tells that the readiness probe would now succeed. */
export type Node = {
	readonly network: PodNetwork;
	readonly signal: AbortSignal;
	readonly log: (line: string) => void;
	/** Takes as long as such work takes, in ms; shorter in a fast rehearsal. */
	readonly pause: (ms: number) => Promise<void>;
	readonly ready: () => void;
};

const probeAnnotation = 'zenml-airgap.io/probe';

/** True for a pod that belongs to a Job. */
const isJobPod = (pod: Pod): boolean =>
	(pod.metadata.ownerReferences ?? []).some(({kind}) => kind === 'Job') ||
	pod.metadata.labels?.['batch.kubernetes.io/job-name'] !== undefined;

/** What a container is, told by its image and its pod. */
export const roleOf = (pod: Pod, container: Container): Role => {
	if (pod.metadata.annotations?.[probeAnnotation] !== undefined) return 'probe';
	const image = parseImage(container.image).repository.split('/').at(-1);
	const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
	const migrates = isJobPod(pod) || /migrat/u.test(words);
	if (image === 'zenml-pro-api') return migrates ? 'control-plane-migration' : 'control-plane';
	if (image === 'zenml-pro-server') return migrates ? 'workspace-migration' : 'workspace';
	return image === 'zenml-pro-dashboard' ? 'dashboard' : 'other';
};

const untilStopped = (signal: AbortSignal): Promise<number> =>
	new Promise((done) => {
		if (signal.aborted) done(0);
		else signal.addEventListener('abort', () => done(0), {once: true});
	});

const stamp = (): string => new Date().toISOString().replace('T', ' ').slice(0, 19);

const withStore = async (
	{environment, trust}: Running,
	{log}: Node,
	work: (target: StoreTarget) => Promise<number>,
): Promise<number> => {
	const target = storeOf(environment, trust);
	if (!target) {
		log(`${stamp()} WARNING  No database is configured; using SQLite in the container.`);
		return work({driver: 'sqlite', shown: 'sqlite', config: {}});
	}
	if (target.driver !== 'postgresql') {
		log(`ValueError: Invalid SQL driver value \`${target.driver}\`: this server has no such driver.`);
		return 1;
	}
	log(`${stamp()} INFO  Connecting to database ${target.shown}`);
	try {
		return await work(target);
	} catch (error) {
		for (const line of databaseTraceback(target, error)) log(line);
		return 1;
	}
};

const migrate = (running: Running, node: Node): Promise<number> =>
	withStore(running, node, async (target) => {
		if (target.driver === 'sqlite') return 0;
		await node.pause(1200);
		const work = running.role === 'workspace-migration' ? migrateWorkspace : migrateControlPlane;
		await withDatabase(target, (client) => work(client, node.log));
		node.log('Database migration finished.');
		return 0;
	});

const uvicorn = (node: Node, port: number): void => {
	node.log('INFO:     Application startup complete.');
	node.log(`INFO:     Uvicorn running on http://0.0.0.0:${port} (Press CTRL+C to quit)`);
	node.ready();
};

const serveControlPlane = (running: Running, node: Node): Promise<number> =>
	withStore(running, node, async (target) => {
		if (target.driver === 'sqlite') {
			node.log('pydantic_core.ValidationError: 1 validation error for ServerConfiguration: database: Field required');
			return 1;
		}
		node.log('INFO:     Started server process [1]');
		const ready = await withDatabase(target, async (client) => {
			if (!(await isMigrated(client))) return false;
			await ensureAdmin(client, running.environment);
			return true;
		});
		if (!ready) {
			node.log('RuntimeError: The database schema is not up to date; run the database migration first.');
			return 1;
		}
		await node.pause(600);
		uvicorn(node, 8000);
		return untilStopped(node.signal);
	});

/** Makes the tables of a server that comes up on an empty database. */
const prepareWorkspace = async (target: StoreTarget, node: Node): Promise<void> => {
	if (target.driver === 'sqlite' || (await withDatabase(target, isMigrated))) return;
	await withDatabase(target, (client) => migrateWorkspace(client, node.log));
};

/** Tells the control plane that this server is there. False, with a traceback in the log, when that fails. */
const report = async ({environment, trust, version}: Running, node: Node): Promise<boolean> => {
	node.log(`${stamp()} INFO  Reporting to the control plane at ${environment.ZENML_SERVER_PRO_API_URL ?? ''}`);
	try {
		await reportToControlPlane({
			environment,
			trust,
			version,
			network: node.network,
			serverUrl: environment.ZENML_SERVER_SERVER_URL ?? '',
			signal: node.signal,
		});
		return true;
	} catch (error) {
		if (!(error instanceof EnrolmentError)) throw error;
		for (const line of error.lines) node.log(line);
		return false;
	}
};

const serveWorkspace = (running: Running, node: Node): Promise<number> =>
	withStore(running, node, async (target) => {
		node.log('INFO:     Started server process [1]');
		node.log('INFO:     Waiting for application startup.');
		await prepareWorkspace(target, node);
		if (isPro(running.environment) && !(await report(running, node))) return 3;
		await node.pause(600);
		uvicorn(node, 8080);
		return untilStopped(node.signal);
	});

const probe: Program = async ({environment}, node) => {
	const {exitCode, result} = await runProbe({...node, environment});
	node.log(JSON.stringify(result));
	return exitCode;
};

const serveDashboard: Program = (_, node) => {
	node.log('/docker-entrypoint.sh: Configuration complete; ready for start up');
	node.ready();
	return untilStopped(node.signal);
};

const unknown: Program = async (_, node, pod) => {
	node.ready();
	return isJobPod(pod) ? 0 : untilStopped(node.signal);
};

/** A program that runs in a container, and its exit code. */
type Program = (running: Running, node: Node, pod: Pod) => Promise<number>;

const programs: Readonly<Record<Role, Program>> = {
	probe,
	'control-plane': serveControlPlane,
	'control-plane-migration': migrate,
	workspace: serveWorkspace,
	'workspace-migration': migrate,
	dashboard: serveDashboard,
	other: unknown,
};

/**
 * Runs what the container of the product, or of the installer's probe, would run, and hands back its exit code. Servers
 * run until the signal ends them. Programs that the rehearsal does not know end with 0 in a Job and sleep elsewhere.
 */
export const runProgram = (pod: Pod, running: Running, node: Node): Promise<number> =>
	programs[running.role](running, node, pod);
