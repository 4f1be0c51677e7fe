import {setTimeout as sleep} from 'node:timers/promises';
import semver from 'semver';
import type {Container, Pod} from '../kubernetes/index.ts';
import {isMigrated, migrateControlPlane} from './control-plane/data.ts';
import {ensureAdmin} from './control-plane/index.ts';
import {
	coloured,
	databaseTraceback,
	driverComplaint,
	type StoreTarget,
	storeOf,
	UnknownRevision,
	withDatabase,
} from './database/index.ts';
import {EnrolmentError, reportToControlPlane} from './enrolment.ts';
import {parseImage} from './images.ts';
import type {PodNetwork} from './network/pod-network.ts';
import {runProbe} from './probe.ts';
import {isPro} from './workspace.ts';
import {migrateWorkspace, openWorkspace} from './workspace-data.ts';

export type Role =
	| 'control-plane'
	| 'dashboard'
	| 'workspace'
	| 'control-plane-migration'
	| 'workspace-migration'
	| 'probe'
	| 'client-tools'
	| 'other';

/** A container about to run: what the kubelet resolved for it. */
export type Running = {
	readonly role: Role;
	readonly version: string;
	/** Command and arguments that the pod gives it. */
	readonly words: string;
	readonly environment: Readonly<Record<string, string>>;
	readonly trust: readonly string[];
	/** Files that volumes put into it, by path. */
	readonly files: ReadonlyMap<string, string>;
	/** It was up when the cluster was stopped: what a server does at its start alone is behind it. */
	readonly resumed?: boolean | undefined;
};

/** What a program needs from its node. `ready` tells that the readiness probe would now succeed. */
export type Node = {
	readonly network: PodNetwork;
	readonly signal: AbortSignal;
	readonly log: (line: string) => void;
	/** Takes as long as such work takes, in ms; shorter in a fast rehearsal. */
	readonly pause: (ms: number) => Promise<void>;
	readonly ready: () => void;
	/** Runs what a Job gives to a container of client tools; answers its exit code. */
	readonly tool: () => Promise<number>;
};

/** Node's timers hold no more than this, ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Exit code of what SIGKILL ended. */
const killed = 137;

const probeAnnotation = 'zenml-airgap.io/probe';

/** True for a pod that belongs to a Job. */
const isJobPod = (pod: Pod): boolean =>
	(pod.metadata.ownerReferences ?? []).some(({kind}) => kind === 'Job') ||
	pod.metadata.labels?.['batch.kubernetes.io/job-name'] !== undefined;

/** An image of client tools, as docs/bundle.md says it; the node knows no role that a bundle gives by another name. */
export const clientToolsName = /(?:^|[-_.])client[-_]tools(?:$|[-_.])/u;

/** Command and arguments of a container, in one line. */
export const wordsOf = ({command = [], args = []}: Container): string => [...command, ...args].join(' ');

/** What a container is, told by its image and its pod. */
export const roleOf = (pod: Pod, container: Container): Role => {
	if (pod.metadata.annotations?.[probeAnnotation] !== undefined) return 'probe';
	const image = parseImage(container.image).repository.split('/').at(-1) ?? '';
	const migrates = isJobPod(pod) || /migrat/u.test(wordsOf(container));
	if (image === 'zenml-pro-api') return migrates ? 'control-plane-migration' : 'control-plane';
	if (image === 'zenml-pro-server') return migrates ? 'workspace-migration' : 'workspace';
	if (clientToolsName.test(image)) return 'client-tools';
	return image === 'zenml-pro-dashboard' ? 'dashboard' : 'other';
};

const untilStopped = (signal: AbortSignal): Promise<number> =>
	new Promise((done) => {
		if (signal.aborted) done(0);
		else signal.addEventListener('abort', () => done(0), {once: true});
	});

const sqlite: StoreTarget = {
	driver: 'sqlite',
	shown: 'sqlite',
	config: {host: '', port: 0, user: '', database: '', connectionTimeoutMillis: 0},
};

const stamp = (): string => new Date().toISOString().replace('T', ' ').slice(0, 19);

/** Engines that each program has a driver for; the workspace server takes MySQL alone. */
const driversOf = ({role}: Running): readonly string[] =>
	role === 'workspace' || role === 'workspace-migration' ? ['mysql'] : ['postgresql', 'mysql'];

/** How long a server tries its database before it gives up, at slowness 1, ms. */
const databaseTriesMs = 1500;

const withStore = async (
	running: Running,
	{log, pause}: Node,
	work: (target: StoreTarget) => Promise<number>,
): Promise<number> => {
	const target = storeOf(running.environment, running);
	const say = (lines: readonly string[]): void => {
		for (const line of lines) log(coloured(running.environment, line));
	};
	if (!target) {
		log(`${stamp()} WARNING  No database is configured; using SQLite in the container.`);
		return work(sqlite);
	}
	if (!driversOf(running).includes(target.driver)) {
		say(driverComplaint(target));
		return 1;
	}
	log(`${stamp()} INFO  Connecting to database ${target.shown}`);
	try {
		return await work(target);
	} catch (error) {
		if (error instanceof UnknownRevision) {
			say([error.message]);
			return 1;
		}
		await pause(databaseTriesMs);
		say(databaseTraceback(target, error));
		return 1;
	}
};

/** Charts from 0.97.0 on start the migration as a module, which older images lack. */
const lacksModule = ({words, version}: Running): boolean =>
	words.includes('zenml.zen_server.database_migration') &&
	semver.valid(version) !== null &&
	semver.lt(version, '0.97.0');

const migrate = (running: Running, node: Node): Promise<number> => {
	if (lacksModule(running)) {
		node.log('/usr/local/bin/python: No module named zenml.zen_server.database_migration');
		return Promise.resolve(1);
	}
	return withStore(running, node, async (target) => {
		if (target.driver === 'sqlite') return 0;
		await node.pause(1200);
		if (running.role === 'workspace-migration') await migrateWorkspace(target, {...running, log: node.log});
		else await withDatabase(target, (sql) => migrateControlPlane(sql, running.version, node.log));
		node.log('Database migration finished.');
		return 0;
	});
};

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
		const ready = await withDatabase(target, async (sql) => {
			if (!(await isMigrated(sql, running.version))) return false;
			await ensureAdmin(sql, running.environment);
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

/** Opens the store: a server that is told to leave the tables alone needs them, another makes them. False for those of another version. */
const openStore = async (target: StoreTarget, {environment, version}: Running, node: Node): Promise<boolean> => {
	if (target.driver === 'sqlite') return true;
	if (environment.DISABLE_DATABASE_MIGRATION?.toLowerCase() !== 'true')
		await migrateWorkspace(target, {version, log: node.log});
	return openWorkspace(target, version);
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
			pause: node.pause,
		});
		return true;
	} catch (error) {
		if (!(error instanceof EnrolmentError)) throw error;
		for (const line of error.lines) node.log(coloured(environment, line));
		return false;
	}
};

const serveWorkspace = (running: Running, node: Node): Promise<number> =>
	withStore(running, node, async (target) => {
		node.log('INFO:     Started server process [1]');
		node.log('INFO:     Waiting for application startup.');
		if (!(await openStore(target, running, node))) {
			node.log('RuntimeError: The database schema is not that of this server; run the database migration first.');
			return 1;
		}
		// All servers of a world go on at once: the control plane may not be back yet, and was told before.
		const enrols = isPro(running.environment) && running.resumed !== true;
		if (enrols && !(await report(running, node))) return 3;
		await node.pause(600);
		uvicorn(node, 8080);
		return untilStopped(node.signal);
	});

const probe: Program = async ({environment, files}, node) => {
	const {exitCode, result} = await runProbe({...node, environment, files});
	node.log(JSON.stringify(result));
	return exitCode;
};

const serveDashboard: Program = (_, node) => {
	node.log('/docker-entrypoint.sh: Configuration complete; ready for start up');
	node.ready();
	return untilStopped(node.signal);
};

/** How long a container whose command is `sleep` sleeps, s; undefined for another. */
const sleepOf = ({words}: Running): number | undefined => {
	const [, seconds] = /^(?:\/bin\/)?sleep (\d+)$/u.exec(words) ?? [];
	return seconds === undefined ? undefined : Number(seconds);
};

/** It ends with its time, or is killed: a program that is process 1 hears no SIGTERM it does not ask for. */
const sleepFor = async (seconds: number, {signal}: Node): Promise<number> => {
	const asleep = sleep(Math.min(seconds * 1000, longestTimerMs), undefined, {signal});
	return asleep.then(
		() => 0,
		() => killed,
	);
};

const unknown: Program = async (running, node, pod) => {
	node.ready();
	const seconds = sleepOf(running);
	if (seconds !== undefined) return sleepFor(seconds, node);
	return isJobPod(pod) ? 0 : untilStopped(node.signal);
};

/** A Job's is run; any other waits for commands, and so does one that is told to sleep. */
const clientTools: Program = async (running, node, pod) => {
	node.ready();
	const seconds = sleepOf(running);
	if (seconds !== undefined) return sleepFor(seconds, node);
	return isJobPod(pod) ? node.tool() : untilStopped(node.signal);
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
	'client-tools': clientTools,
	other: unknown,
};

/**
 * Runs what the container of the product, or of the installer's probe, would run, and hands back its exit code. Servers
 * run until the signal ends them. Programs that the rehearsal does not know end with 0 in a Job and sleep elsewhere.
 */
export const runProgram = (pod: Pod, running: Running, node: Node): Promise<number> =>
	programs[running.role](running, node, pod);
