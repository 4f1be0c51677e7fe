import {existsSync} from 'node:fs';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {LabAuthority} from '../certificates.ts';
import {runCommand} from '../commands.ts';
import type {Debian} from '../debian.ts';
import type {Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {passwordFile} from './services.ts';

const tables = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'] as const;

/** A server that starts removes what looks like its own in its folder for temporary files: in a shared one that is another's. */
const inFolder = (data: string): readonly string[] => [`--datadir=${data}`, `--tmpdir=${data}`];

/** Debian's MariaDB 10.11 with TLS from the lab's CA; root logs in over the network with TLS and a password only. */
export const mariadbPart = async (paths: LabPaths, authority: LabAuthority, debian: Debian): Promise<Part> => {
	const data = join(paths.data, 'mariadb');
	const share = join(debian.root, 'usr/share/mysql');
	const server = join(debian.root, 'usr/sbin/mariadbd');
	const common = [
		'--no-defaults',
		'--user=root',
		`--basedir=${join(debian.root, 'usr')}`,
		`--lc-messages-dir=${share}`,
	];
	const secret = await passwordFile(paths, 'mariadb');
	const password = await readFile(secret, 'utf8');
	if (!existsSync(data)) {
		const making = `${data}.making`;
		await rm(making, {recursive: true, force: true});
		await mkdir(making, {recursive: true, mode: 0o700});
		// The bootstrap reads one statement a line, as Debian's own mariadb-install-db feeds it.
		const scripts = await Promise.all(tables.map((name) => readFile(join(share, name), 'utf8')));
		const input = ['create database mysql;', 'use mysql;', 'set @auth_root_socket=NULL;', ...scripts].join('\n');
		await runCommand(server, [...common, '--bootstrap', ...inFolder(making), '--log-warnings=0'], {
			env: debian.env,
			input,
		});
		await rename(making, data);
	}
	const pair = await authority.issue('mariadb', {user: net.mariadb, hosts: [net.mariadb], ips: [net.node]});
	const init = join(paths.config, 'mariadb.sql');
	const account = `'root'@'%'`;
	await writeFile(
		init,
		[
			`create user if not exists ${account} identified by '${password}' require ssl;`,
			`grant all privileges on *.* to ${account} with grant option;`,
			"drop user if exists 'root'@'localhost';",
		].join('\n'),
		{mode: 0o600},
	);
	const client = join(paths.config, 'mariadb.cnf');
	await writeFile(client, `[client]\nuser=root\npassword=${password}\n`, {mode: 0o600});
	return {
		name: 'mariadb',
		program: server,
		args: [
			...common,
			...inFolder(data),
			`--bind-address=${net.node}`,
			`--port=${net.mariadbPort}`,
			`--socket=${join(data, 'mariadb.sock')}`,
			`--pid-file=${join(data, 'mariadb.pid')}`,
			`--init-file=${init}`,
			`--ssl-ca=${authority.ca}`,
			`--ssl-cert=${pair.cert}`,
			`--ssl-key=${pair.key}`,
			'--skip-name-resolve',
			'--innodb-flush-log-at-trx-commit=0',
		],
		env: debian.env,
		ports: [net.mariadbPort],
		patience: 60,
		ready: async () => {
			const args = [
				`--defaults-file=${client}`,
				`--host=${net.mariadb}`,
				`--port=${net.mariadbPort}`,
				'--ssl',
				`--ssl-ca=${authority.ca}`,
				'--ssl-verify-server-cert',
			];
			await runCommand(join(debian.root, 'usr/bin/mariadb'), [...args, '--batch', '-e', 'select 1'], {
				env: debian.env,
				timeoutMs: 5000,
			});
		},
	};
};
