import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {dirname, join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {createConnection} from 'mysql2/promise';
import {isErrno} from '../../source/base/errno.ts';
import type {ProblemError} from '../../source/base/problem.ts';
import {rehearsalProblems} from '../problems.ts';
import {
	canTraverse,
	chooseOwner,
	freePort,
	lastLogLines,
	type Owner,
	release,
	type ServerTls,
	spawnKept,
	writeOwned,
} from '../servers/index.ts';
import {commonOptions, prepareDataFolder} from './data-folder.ts';
import type {MysqlProgram} from './program.ts';

/** How to start a MySQL or MariaDB server. */
export type MysqlOptions = {
	readonly program: MysqlProgram;
	/** Kept between starts; made when it does not exist. As root it is given to the user that the server runs as. */
	readonly dataDirectory: string;
	/** A free one unless told. */
	readonly port?: number;
	/** Password of the administrator `root`; set at the first start, later starts must name the same. */
	readonly adminPassword: string;
	/** File that the server's own log is appended to. */
	readonly log: string;
	/** Turns TLS on; without it the server offers none. */
	readonly tls?: ServerTls;
	/** Further options of the server, e.g. `{require_secure_transport: 'ON'}`. */
	readonly settings?: Readonly<Record<string, string>>;
	/** How long it may take until the administrator can log in, ms; two minutes unless told. */
	readonly startTimeoutMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** A running server on 127.0.0.1. `stop` returns when it has ended; calling it again does nothing. */
export type RunningMysql = {
	readonly host: '127.0.0.1';
	readonly port: number;
	readonly product: 'MySQL' | 'MariaDB';
	readonly adminUsername: 'root';
	readonly caPem?: string;
	readonly stop: () => Promise<void>;
};

const defaultStartTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;

type Place = {readonly folder: string; readonly port: number; readonly owner: Owner};

const tlsOptionsOf = async ({tls, program}: MysqlOptions, {folder, owner}: Place): Promise<readonly string[]> => {
	// Without certificates MySQL makes some of its own.
	if (!tls) return program.product === 'MySQL' ? ['--auto-generate-certs=OFF', '--tls-version='] : ['--skip-ssl'];
	for (const [name, text] of Object.entries({
		'server-ca.pem': tls.ca,
		'server-cert.pem': tls.cert,
		'server-key.pem': tls.key,
	}))
		await writeOwned(join(folder, name), text, owner);
	return ['--ssl-ca=server-ca.pem', '--ssl-cert=server-cert.pem', '--ssl-key=server-key.pem'];
};

const optionsOf = async (options: MysqlOptions, place: Place): Promise<readonly string[]> => [
	...commonOptions(options.program, place),
	'--bind-address=127.0.0.1',
	`--port=${place.port}`,
	// In the data folder, which is where the server works: a longer path may not fit into a socket's address.
	'--socket=mysqld.sock',
	'--pid-file=mysqld.pid',
	'--skip-name-resolve',
	'--skip-log-bin',
	// A rehearsal's data may be lost with the machine; with the process they are not.
	'--innodb-flush-log-at-trx-commit=0',
	'--innodb-buffer-pool-size=32M',
	// Debian's default for it is a folder of the installed package.
	'--secure-file-priv=',
	...(options.program.product === 'MySQL' ? ['--mysqlx=OFF'] : []),
	...(await tlsOptionsOf(options, place)),
	...Object.entries(options.settings ?? {}).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`),
];

type WhyNot =
	| {readonly case: 'ended'; readonly how: string | number}
	| {readonly case: 'silent'; readonly seconds: number}
	| {readonly case: 'other password'};

const startFailed = async ({log, program}: MysqlOptions, folder: string, why: WhyNot): Promise<ProblemError> => {
	const evidence = await lastLogLines(log, 10);
	const facts = {...why, product: program.product, folder, log};
	return rehearsalProblems.error('rehearsal-mysql-start-failed', facts, {evidence});
};

/** Refusals that only a server that is up can say: settings of whoever started it keep this login out. */
const signsOfLife = ['ER_HOST_NOT_PRIVILEGED', 'ER_SECURE_TRANSPORT_REQUIRED'] as const;

const answers = async (port: number, password: string): Promise<'yes' | 'not yet' | 'wrong password'> => {
	const login = {host: '127.0.0.1', port, user: 'root', password, database: 'mysql', connectTimeout: 5000};
	try {
		const connection = await createConnection(login);
		await connection.end();
		return 'yes';
	} catch (error) {
		if (isErrno(error, ...signsOfLife)) return 'yes';
		return isErrno(error, 'ER_ACCESS_DENIED_ERROR') ? 'wrong password' : 'not yet';
	}
};

const waitForAnswer = async (child: ChildProcess, {folder, port}: Place, options: MysqlOptions): Promise<void> => {
	const {startTimeoutMs = defaultStartTimeoutMs, adminPassword, signal} = options;
	const end = Date.now() + startTimeoutMs;
	for (;;) {
		signal?.throwIfAborted();
		const how = child.exitCode ?? child.signalCode;
		if (how !== null) throw await startFailed(options, folder, {case: 'ended', how});
		const answer = await answers(port, adminPassword);
		if (answer === 'yes') return;
		if (answer === 'wrong password') throw await startFailed(options, folder, {case: 'other password'});
		if (Date.now() >= end) throw await startFailed(options, folder, {case: 'silent', seconds: startTimeoutMs / 1000});
		await pause(100);
	}
};

const stopServer = async (child: ChildProcess): Promise<void> => {
	const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
	release(child);
	await Promise.race([ended, pause(stopTimeoutMs, undefined, {ref: false})]);
};

/**
 * Who the server runs as. Unlike PostgreSQL it runs as root where it is told to: better than a copy of 300 MB where the
 * programs lie in root's own home, which no other user may enter.
 */
export const ownerFor = async ({command}: MysqlProgram): Promise<Owner> => {
	const owner = chooseOwner();
	const isReachable = !owner.change || (await canTraverse(dirname(command.at(-1) ?? '/'), owner));
	return isReachable ? owner : {name: 'root', uid: 0, gid: 0, change: false};
};

/**
 * Starts a real server on 127.0.0.1 and returns when it lets the administrator log in. It does not outlive this process: see kept-server.ts.
 * @throws ProblemError `rehearsal-no-user`, `rehearsal-folder-…`, `rehearsal-mysql-init-failed`, `rehearsal-mysql-start-failed`
 */
export const startMysql = async (options: MysqlOptions): Promise<RunningMysql> => {
	const {program, adminPassword, tls} = options;
	const folder = resolve(options.dataDirectory);
	const owner = await ownerFor(program);
	await prepareDataFolder(folder, {program, owner, adminPassword});
	const place: Place = {folder, owner, port: options.port || (await freePort())};
	const child = spawnKept([...program.command, ...(await optionsOf(options, place))], options.log, owner);
	try {
		await once(child, 'spawn');
		await waitForAnswer(child, place, options);
	} catch (error) {
		await stopServer(child);
		throw error;
	}
	let stopping: Promise<void> | undefined;
	return {
		host: '127.0.0.1',
		port: place.port,
		product: program.product,
		adminUsername: 'root',
		...(tls && {caPem: tls.ca}),
		stop: async () => {
			stopping ??= stopServer(child);
			await stopping;
		},
	};
};
