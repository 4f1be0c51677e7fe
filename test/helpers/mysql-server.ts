import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdtemp, readFile, rename, rm} from 'node:fs/promises';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {type Authority, createAuthority} from '../../rehearsal/authority/index.ts';
import {prepareDataFolder} from '../../rehearsal/mysql/data-folder.ts';
import {findMysql, type MysqlProgram} from '../../rehearsal/mysql/program.ts';
import {ownerFor, startMysql} from '../../rehearsal/mysql/server.ts';
import {debianPackages, debianRoot} from '../../rehearsal/servers/index.ts';
import {withConnection} from '../../source/database/mysql/connect.ts';
import type {DatabaseLogin, NeededDatabase} from '../../source/database/types.ts';

/** Passwords that must be seen nowhere but in a login. */
export const adminPassword = "canary-admin-7f'4\\b";
export const accountPassword = "canary-account-é'\\-91c";

const cache = join(homedir(), '.cache', 'zenml-airgap', 'mysql');

/** The server's program, from Debian's package, fetched once; undefined where it cannot be had. */
export const programOf = async (product: 'MySQL' | 'MariaDB'): Promise<MysqlProgram | undefined> =>
	debianRoot(cache, debianPackages[product]).then(findMysql, () => undefined);

const limits = {connectTimeoutMs: 5000, statementTimeoutMs: 20_000};
const {signal} = new AbortController();

/** Runs statements with a login, one after the other; rows of the last one. */
export const execute = async (login: DatabaseLogin, ...statements: readonly string[]) =>
	withConnection({login, limits, signal}, async (query) => {
		let rows: Awaited<ReturnType<typeof query>> = [];
		for (const statement of statements) rows = await query(statement);
		return rows;
	});

/**
 * Data of a fresh server with the administrator of the tests, copied from those that the first test of a run has made: a server takes
 * longer to make them than to start. Of two that make them at once one is used.
 */
const freshData = async (program: MysqlProgram, folder: string): Promise<string> => {
	const made = join(tmpdir(), `fresh-${program.product}`);
	if (!existsSync(made)) {
		const own = await mkdtemp(`${made}-`);
		await chmod(own, 0o755);
		await prepareDataFolder(join(own, 'data'), {program, owner: await ownerFor(program), adminPassword});
		// Another test was first where it cannot be renamed.
		await rename(own, made).catch(() => undefined);
	}
	const data = join(folder, 'data');
	// With its owner, which is not that of the tests where those are root.
	await promisify(execFile)('cp', ['-a', join(made, 'data'), data]);
	return data;
};

/** A real server with TLS that logs every statement. */
export const startServer = async (program: MysqlProgram, settings: Readonly<Record<string, string>> = {}) => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-mysql-test-'));
	await chmod(folder, 0o755);
	const authority: Authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['db.example.internal'], ips: ['127.0.0.1']});
	const server = await startMysql({
		program,
		dataDirectory: await freshData(program, folder),
		adminPassword,
		log: join(folder, 'log'),
		tls: {...pair, ca: authority.caPem},
		settings: {general_log: 'ON', general_log_file: join(folder, 'data', 'statements.log'), ...settings},
	});
	const admin: DatabaseLogin = {
		host: server.host,
		port: server.port,
		tls: 'verify-full',
		ca: authority.caPem,
		username: 'root',
		password: adminPassword,
		database: 'mysql',
		from: 'database.admin',
	};
	const needed = (name: string): NeededDatabase => ({
		database: name,
		username: `${name}_user`,
		password: accountPassword,
		from: 'controlPlane.database',
	});
	return {
		admin,
		authority,
		needed,
		/** Runs statements as the administrator. */
		execute: async (...statements: readonly string[]) => execute(admin, ...statements),
		/** What the server has written of its statements. */
		readLog: async () => readFile(join(folder, 'data', 'statements.log'), 'utf8'),
		/** The login of the account of a needed database on this server. */
		login: (of: NeededDatabase): DatabaseLogin => ({...admin, ...of}),
		stop: async () => {
			await server.stop();
			await rm(folder, {recursive: true, force: true});
		},
	};
};
