import {existsSync} from 'node:fs';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createConnection} from 'mysql2/promise';
import type {LabAuthority} from '../certificates.ts';
import {runCommand} from '../commands.ts';
import type {ForeignProgram} from '../mysql-packages.ts';
import type {Part} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {passwordFile} from './services.ts';

const optionsOf = ({root}: ForeignProgram, data: string): readonly string[] => [
	'--no-defaults',
	'--user=root',
	`--basedir=${join(root, 'usr')}`,
	`--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
	`--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
	`--datadir=${data}`,
	`--tmpdir=${data}`,
];

const initialize = async (server: ForeignProgram, data: string): Promise<void> => {
	const making = `${data}.making`;
	await rm(making, {recursive: true, force: true});
	await mkdir(making, {recursive: true, mode: 0o700});
	const args = [...server.args, ...optionsOf(server, making), '--initialize-insecure'];
	await runCommand(server.program, args, {cwd: '/', env: {}, timeoutMs: 120_000});
	await rename(making, data);
};

/**
 * Debian unstable's MySQL 9.7 with TLS from the lab's CA, as sites run it: caching_sha2_password, a primary key in every table,
 * and an administrator who logs in over the network with TLS and a password only.
 */
export const mysqlPart = async (paths: LabPaths, authority: LabAuthority, server: ForeignProgram): Promise<Part> => {
	const data = join(paths.data, 'mysql');
	const password = await readFile(await passwordFile(paths, 'mysql'), 'utf8');
	if (!existsSync(data)) await initialize(server, data);
	const pair = await authority.issue('mysql', {user: net.mysql, hosts: [net.mysql], ips: [net.node]});
	const init = join(paths.config, 'mysql.sql');
	const account = "'root'@'%'";
	const statements = [
		`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}' REQUIRE SSL;`,
		`GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
		"DROP USER IF EXISTS 'root'@'localhost';",
	];
	await writeFile(init, statements.join('\n'), {mode: 0o600});
	return {
		name: 'mysql',
		program: server.program,
		args: [
			...server.args,
			...optionsOf(server, data),
			`--bind-address=${net.node}`,
			'--port=3306',
			'--mysqlx=OFF',
			'--secure-file-priv=NULL',
			`--socket=${join(data, 'mysql.sock')}`,
			`--pid-file=${join(data, 'mysql.pid')}`,
			`--init-file=${init}`,
			`--ssl-ca=${authority.ca}`,
			`--ssl-cert=${pair.cert}`,
			`--ssl-key=${pair.key}`,
			'--sql-require-primary-key=ON',
			'--skip-name-resolve',
			'--skip-log-bin',
			// As a site that knows its workspaces: each asks for 25 a pod.
			'--max-connections=2000',
			// Its data is thrown away with the lab.
			'--innodb-flush-log-at-trx-commit=0',
			'--innodb-doublewrite=OFF',
			'--innodb-use-native-aio=OFF',
			'--innodb-buffer-pool-size=128M',
			'--performance-schema=ON',
		],
		env: {},
		ports: [3306],
		patience: 90,
		ready: async () => {
			const connection = await createConnection({
				host: net.node,
				user: 'root',
				password,
				ssl: {ca: authority.caPem},
				connectTimeout: 3000,
			});
			await connection.query('select 1');
			await connection.end();
		},
	};
};
