import {existsSync} from 'node:fs';
import {appendFile, chown, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import type {LabAuthority} from '../certificates.ts';
import {runCommand} from '../commands.ts';
import type {Debian} from '../debian.ts';
import type {Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {LabError} from '../report.ts';
import {passwordFile} from './services.ts';

const account = async (): Promise<{readonly uid: number; readonly gid: number}> => {
	const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
	const line = ['postgres', 'nobody'].map((name) => lines.find((one) => one.startsWith(`${name}:`))).find(Boolean);
	const [, , uid, gid] = line?.split(':') ?? [];
	if (!uid || !gid) throw new LabError('There is neither a user postgres nor nobody: PostgreSQL does not run as root.');
	return {uid: Number(uid), gid: Number(gid)};
};

/** The programs where the server's account may go: a cache below root's home is closed to it, /var/lib in here is the lab's own. */
const reachable = async ({root, env}: Debian) => {
	const seen = '/var/lib/lab-debian';
	await mkdir(seen, {recursive: true});
	if (!existsSync(join(seen, 'usr'))) await runCommand('mount', ['--bind', root, seen]);
	const moved = Object.entries(env).map(([name, value]) => [name, value.replaceAll(root, seen)] as const);
	return {home: join(seen, 'usr/lib/postgresql/15'), env: Object.fromEntries(moved)};
};

/** PostgreSQL 15 with TLS from the lab's CA; every connection over the network needs TLS and a scram password. */
export const postgresPart = async (paths: LabPaths, authority: LabAuthority, debian: Debian): Promise<Part> => {
	const {home, env} = await reachable(debian);
	const data = join(paths.data, 'postgres');
	const who = await account();
	const password = await readFile(await passwordFile(paths, 'postgres'), 'utf8');
	if (!existsSync(join(data, 'PG_VERSION'))) {
		await mkdir(data, {recursive: true, mode: 0o700});
		await chown(data, who.uid, who.gid);
		const secret = join(paths.config, 'postgres.initial');
		await writeFile(secret, `${password}\n`, {mode: 0o600});
		await chown(secret, who.uid, who.gid);
		const args = [
			'-D',
			data,
			'-U',
			'postgres',
			'-E',
			'UTF8',
			'--locale=C.UTF-8',
			'--auth=scram-sha-256',
			`--pwfile=${secret}`,
		];
		await runCommand(join(home, 'bin/initdb'), args, {...who, cwd: '/', env});
		const pair = await authority.issue('postgres', {user: net.postgres, hosts: [net.postgres], ips: [net.node]});
		for (const [from, to] of [
			[pair.cert, join(data, 'server.crt')],
			[pair.key, join(data, 'server.key')],
		] as const) {
			await copyFile(from, to);
			await chown(to, who.uid, who.gid);
		}
		await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all all scram-sha-256\n');
		await appendFile(
			join(data, 'postgresql.conf'),
			`listen_addresses = '${net.node}'\nport = 5432\nunix_socket_directories = ''\nssl = on\npassword_encryption = 'scram-sha-256'\nfsync = off\n`,
		);
	}
	return {
		name: 'postgres',
		program: join(home, 'bin/postgres'),
		args: ['-D', data],
		env,
		account: who,
		ports: [5432],
		ready: async () => {
			const client = new pg.Client({
				host: net.node,
				port: 5432,
				user: 'postgres',
				password,
				database: 'postgres',
				ssl: {ca: authority.caPem},
				connectionTimeoutMillis: 3000,
			});
			await client.connect();
			await client.query('select 1');
			await client.end();
		},
	};
};
