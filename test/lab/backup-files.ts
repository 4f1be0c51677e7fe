import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {clientToolsRoot, postgresPrograms} from '../../lab/client-tools.ts';
import {labPaths} from '../../lab/paths.ts';
import {labFacts} from './lab.ts';

const facts = labFacts();
const paths = labPaths(process.env);

export type Said = {readonly code: number; readonly out: string; readonly err: string};

/** Runs a program of Debian's own packages: age, pg_restore, mysql and mysqldump as anybody has them. */
export const ofDebian = async (
	name: string,
	args: readonly string[],
	options: {readonly input?: Buffer | string; readonly env?: NodeJS.ProcessEnv} = {},
): Promise<Said> => {
	const root = await clientToolsRoot(paths);
	const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
	const program = join(root, name.startsWith('pg_') ? postgresPrograms : 'usr/bin', name);
	const words = ['--library-path', `${libraries}:${join(root, 'usr/lib/mysql/private')}`, program, ...args];
	return new Promise((done) => {
		const child = execFile(
			join(libraries, 'ld-linux-x86-64.so.2'),
			words,
			{encoding: 'utf8', maxBuffer: 1 << 30, env: {...process.env, ...options.env}},
			(error, out, err) => done({code: Number(error?.code ?? 0), out, err}),
		);
		child.stdin?.on('error', () => undefined).end(options.input ?? '');
	});
};

/** An age identity made by age-keygen, in a file of the folder, and the public key of it. */
export const makeIdentity = async (folder: string): Promise<{readonly file: string; readonly recipient: string}> => {
	const file = join(folder, 'identity.txt');
	const {err} = await ofDebian('age-keygen', ['-o', file]);
	const recipient = /age1[a-z0-9]+/u.exec(err + readFileSync(file, 'utf8'))?.[0];
	if (recipient === undefined) throw new Error(`age-keygen said no recipient: ${err}`);
	return {file, recipient};
};

/** A file of a backup as age reads it. @throws Error with its words */
export const decrypted = async (file: string, identity: string): Promise<string> => {
	const {code, out, err} = await ofDebian('age', ['--decrypt', '--identity', identity, file]);
	if (code !== 0) throw new Error(err);
	return out;
};

/** The folders of the backups in a folder, oldest first. */
export const backupsIn = async (folder: string): Promise<readonly string[]> => {
	const names = await readdir(folder).catch((): string[] => []);
	return names
		.filter((name) => /^\d{8}T\d{6}Z-/u.test(name))
		.sort()
		.map((name) => join(folder, name));
};

/** Bytes of every file of a folder that begin with nothing of age: the parts of a backup that anybody may read. */
export const clearFiles = async (folder: string): Promise<ReadonlyMap<string, string>> => {
	const files = new Map<string, string>();
	for (const name of await readdir(folder)) {
		const bytes = await readFile(join(folder, name));
		// The header of age is in the clear as well.
		const isClear = !bytes.subarray(0, 21).toString().startsWith('age-encryption.org/v1');
		files.set(name, isClear ? bytes.toString() : (bytes.toString('latin1').split('\n---')[0] ?? ''));
	}
	return files;
};

const logins = [`--host=${facts.mysql.host}`, `--port=${facts.mysql.port}`, '--user=root', `--ssl-ca=${facts.ca}`];
const password = (): NodeJS.ProcessEnv => ({MYSQL_PWD: readFileSync(facts.mysql.passwordFile, 'utf8').trim()});

/** Runs the mysql of Debian as administrator. @throws Error with its words */
export const mysqlProgram = async (args: readonly string[], input?: string): Promise<string> => {
	const said = await ofDebian('mysql', [...logins, ...args], {env: password(), ...(input !== undefined && {input})});
	if (said.code !== 0) throw new Error(said.err);
	return said.out;
};

/** Rows that the workspace server takes away by itself five minutes after it wrote them. */
const passing = /^INSERT INTO `api_transaction(?:_result)?` /u;

/** What a dump of MySQL holds: definitions and rows, without the comments around them. */
export const contentsOfSql = (sql: string): readonly string[] =>
	sql
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('--') && !line.startsWith('/*M!') && !passing.test(line));

/** A database of MySQL, dumped by Debian's mysqldump as the tool does it. */
export const sqlOf = async (database: string): Promise<readonly string[]> => {
	const how = [
		'--single-transaction',
		'--skip-lock-tables',
		'--skip-add-locks',
		'--skip-dump-date',
		'--no-tablespaces',
	];
	const more = ['--hex-blob', '--triggers', '--default-character-set=utf8mb4', '--set-gtid-purged=OFF'];
	const words = [...logins, ...how, ...more, '--column-statistics=0', '--', database];
	const {code, out, err} = await ofDebian('mysqldump', words, {env: password()});
	if (code !== 0) throw new Error(err);
	return contentsOfSql(out);
};
