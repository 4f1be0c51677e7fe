import {execFile} from 'node:child_process';
import {readdir, readFile, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {escape as quoted} from 'mysql2';
import {makeFolders} from '../../source/base/folders.ts';
import type {ProblemError} from '../../source/base/problem.ts';
import {firstOf} from '../../source/base/text.ts';
import {rehearsalProblems} from '../problems.ts';
import {give, type Owner, refuseUnreachable, wordsOfFailure, writeOwned} from '../servers/index.ts';
import type {MysqlProgram} from './program.ts';

const initTimeoutMs = 180_000;

/** MariaDB's first tables, in the order of its own mariadb-install-db. */
const tables = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];

/** What new data are made with. */
export type Making = {readonly program: MysqlProgram; readonly owner: Owner; readonly adminPassword: string};

/** Options that the first start and every later one share. */
export const commonOptions = (
	{share, base}: MysqlProgram,
	{folder, owner}: {readonly folder: string; readonly owner: Owner},
): readonly string[] => [
	'--no-defaults',
	...(owner.uid === 0 ? ['--user=root'] : []),
	`--basedir=${base}`,
	`--lc-messages-dir=${share}`,
	`--datadir=${folder}`,
	// A server that starts removes what looks like its own in its folder for temporary files: in a shared one that is another's.
	`--tmpdir=${folder}`,
];

/** Statements, one a line, that make the administrator: from everywhere, as a site's own. */
const adminStatements = (password: string): readonly string[] => [
	`CREATE USER 'root'@'%' IDENTIFIED BY ${quoted(password)};`,
	"GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;",
	"DROP USER IF EXISTS 'root'@'localhost';",
];

const run = async (command: readonly string[], owner: Owner, input: string): Promise<void> => {
	const [program = '', ...words] = command;
	await new Promise<void>((resolve, reject) => {
		const options = {
			cwd: '/',
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC'},
			timeout: initTimeoutMs,
			maxBuffer: 16 * 2 ** 20,
			...(owner.change && {uid: owner.uid, gid: owner.gid}),
		};
		const child = execFile(program, words, options, (error, _stdout, stderr) => {
			if (error) reject(Object.assign(error, {stderr}));
			else resolve();
		});
		// It may end before it has read all; what it says then is the reason.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
	});
};

const makeMysql = async (folder: string, {program, owner, adminPassword}: Making): Promise<void> => {
	const statements = `${folder}.sql`;
	try {
		await writeOwned(statements, `${adminStatements(adminPassword).join('\n')}\n`, owner);
		const options = [...commonOptions(program, {folder, owner}), '--initialize-insecure', `--init-file=${statements}`];
		await run([...program.command, ...options], owner, '');
	} finally {
		await rm(statements, {force: true});
	}
};

const makeMariadb = async (folder: string, {program, owner, adminPassword}: Making): Promise<void> => {
	const scripts = await Promise.all(tables.map((name) => readFile(join(program.share, name), 'utf8')));
	const begin = ['create database mysql;', 'use mysql;', 'set @auth_root_socket=NULL;'];
	// The scripts make accounts without a password, for this host's addresses, which would come before the one of all hosts.
	const bare = ["delete from mysql.global_priv where User <> 'mariadb.sys';", 'delete from mysql.proxies_priv;'];
	const admin = [...bare, 'flush privileges;', ...adminStatements(adminPassword)];
	const options = [...commonOptions(program, {folder, owner}), '--bootstrap', '--log-warnings=0'];
	await run([...program.command, ...options], owner, [...begin, ...scripts, ...admin, ''].join('\n'));
};

const initFailed = (folder: string, {product}: MysqlProgram, error: unknown): ProblemError => {
	const {words, evidence} = wordsOfFailure(error);
	return rehearsalProblems.error('rehearsal-mysql-init-failed', {product, folder, words}, {evidence, error});
};

/**
 * Ownership, mode and, for an empty folder, fresh data whose administrator is `root`.
 * @throws ProblemError `rehearsal-folder-unreachable`, `rehearsal-folder-not-given`, `rehearsal-folder-not-empty`, `rehearsal-mysql-init-failed`
 */
export const prepareDataFolder = async (folder: string, making: Making): Promise<void> => {
	const {owner, program} = making;
	await makeFolders(dirname(folder));
	await refuseUnreachable(folder, owner);
	await makeFolders(folder, 0o700);
	const entries = await readdir(folder);
	if (entries.includes('ibdata1')) return;
	if (entries.length > 0)
		throw rehearsalProblems.error('rehearsal-folder-not-empty', {folder, entries: firstOf(entries, 5)});
	if (owner.change) await give(folder, owner);
	try {
		await (program.product === 'MySQL' ? makeMysql : makeMariadb)(folder, making);
	} catch (error) {
		// Half-made data would look like a foreign folder at the next start.
		for (const name of await readdir(folder)) await rm(join(folder, name), {recursive: true, force: true});
		throw initFailed(folder, program, error);
	}
};
