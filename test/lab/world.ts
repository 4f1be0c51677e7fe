import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {readdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Connection, createConnection} from 'mysql2/promise';
import pg from 'pg';
import {runCommand} from '../../lab/commands.ts';
import {debianPrograms} from '../../lab/debian.ts';
import {registryFolders} from '../../lab/parts/registries.ts';
import {labPaths} from '../../lab/paths.ts';
import {send, targetFromFile} from './api-client.ts';
import {labFacts} from './lab.ts';

const facts = labFacts();
const target = targetFromFile('lab', facts.kubernetes.kubeconfig);
const run = dirname(facts.zone);
const namespaces = ['zenml-pro', 'zenml-workspace', 'zenml-workload-manager'];
/** The database of the control plane on PostgreSQL, and that of the workspace on MySQL. */
const databases = {postgres: 'zenml_pro', mysql: 'zenml_workspace'} as const;

/** Administrator's connection to the lab's MySQL. */
export const mysql = (): Promise<Connection> =>
	createConnection({
		host: facts.mysql.host,
		port: facts.mysql.port,
		user: 'root',
		password: readFileSync(facts.mysql.passwordFile, 'utf8'),
		ssl: {ca: readFileSync(facts.ca, 'utf8')},
	});

/** Rows of one statement, asked as the administrator of MySQL. */
export const mysqlRows = async (statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
	const connection = await mysql();
	try {
		const [rows] = await connection.query(statement);
		return rows as Readonly<Record<string, unknown>>[];
	} finally {
		await connection.end();
	}
};

/** Administrator's connection to a database of the lab's PostgreSQL. */
export const database = async (name = 'postgres'): Promise<pg.Client> => {
	const client = new pg.Client({
		host: 'postgres.lab.internal',
		user: 'postgres',
		database: name,
		password: readFileSync(facts.postgres.passwordFile, 'utf8'),
		ssl: {ca: readFileSync(facts.ca, 'utf8')},
	});
	await client.connect();
	return client;
};

/** The names of the product in the lab's zone, as the DNS team would enter them. */
export const enterNames = (): Promise<void> =>
	writeFile(
		join(facts.zone, '50-product'),
		`${facts.ingress?.address} zenml-pro.${facts.zoneName} zenml-workspace.${facts.zoneName}\n`,
	);

/** Takes namespaces away, with all that is in them. */
export const removeNamespaces = async (names: readonly string[]): Promise<void> => {
	for (const name of names) await send(target, 'DELETE', `/api/v1/namespaces/${name}`);
	for (const name of names) {
		const path = `/api/v1/namespaces/${name}`;
		for (let look = 0; (await send(target, 'GET', path)).status !== 404; look += 1) {
			if (look > 240) throw new Error(`namespace ${name} does not go`);
			await sleep(250);
		}
	}
};

/** Takes databases of workspaces away, with their users. */
export const dropWorkspaces = async (names: readonly string[]): Promise<void> => {
	for (const name of names) {
		await mysqlRows(`drop database if exists ${name}`);
		await mysqlRows(`drop user if exists '${name}_user'@'%'`);
	}
};

/** Takes away what an install made in cluster and databases: namespaces with their pods, databases and roles. */
export const clearCluster = async (): Promise<void> => {
	await removeNamespaces(namespaces);
	const client = await database();
	await client.query(`drop database if exists ${databases.postgres} with (force)`);
	await client.query(`drop role if exists ${databases.postgres}_user`);
	await client.end();
	await dropWorkspaces([databases.mysql]);
};

/** The same, and images and names. */
export const clearWorld = async (): Promise<void> => {
	await clearCluster();
	for (const folder of Object.values(registryFolders)) await rm(join(run, folder), {recursive: true, force: true});
	await rm(join(facts.zone, '50-product'), {force: true});
};

/** Takes the product's images from the node: what is there is not pulled again. */
export const forgetImages = async (): Promise<void> => {
	const {root, env} = await debianPrograms(labPaths(process.env));
	const ctr = [join(root, 'usr/bin/ctr'), '--address', '/run/containerd/containerd.sock', '-n', 'k8s.io', 'images'];
	const [program = '', ...args] = ctr;
	const names = (await runCommand(program, [...args, 'ls', '-q'], {env})).split('\n');
	const own = names.filter((name) => name.includes('/zenml/'));
	if (own.length > 0) await runCommand(program, [...args, 'rm', '--sync', ...own], {env});
};

/** Resolves when an installer holds the lock in the cluster. */
export const lockTaken = async (): Promise<void> => {
	const path = `/apis/coordination.k8s.io/v1/namespaces/${namespaces[0]}/leases`;
	for (let look = 0; look < 600; look += 1) {
		const {body} = await send(target, 'GET', path);
		if (((body as {items?: unknown[]}).items ?? []).length > 0) return;
		await sleep(100);
	}
	throw new Error('no installer took the lock of the cluster within a minute');
};

type Item = {
	metadata: Record<string, unknown> & {
		name: string;
		annotations?: Record<string, string>;
		labels?: Record<string, string>;
	};
	type?: string;
	data?: Record<string, string>;
	spec?: unknown;
};

// Made anew by every install, or counted by the cluster.
const volatile = new Set([
	...[
		'uid',
		'resourceVersion',
		'creationTimestamp',
		'managedFields',
		'generation',
		'clusterIP',
		'clusterIPs',
		'ownerReferences',
	],
	...['modifiedAt', 'deployment.kubernetes.io/revision'],
	// Of secrets that each install generates.
	...['zenml-airgap.io/secrets', 'zenml-airgap.io/secret-checksum', 'checksum/secret'],
]);
const strip = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(strip);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !volatile.has(key))
			.sort(([left], [right]) => left.localeCompare(right))
			.map(([key, inner]) => [key, strip(inner)]),
	);
};
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;

const kinds = [
	['/api/v1', ['configmaps', 'secrets', 'services', 'serviceaccounts']],
	['/apis/apps/v1', ['deployments']],
	['/apis/batch/v1', ['jobs']],
	['/apis/networking.k8s.io/v1', ['ingresses']],
	['/apis/rbac.authorization.k8s.io/v1', ['roles', 'rolebindings']],
] as const;

const clusterDump = async (): Promise<readonly string[]> => {
	const lines: string[] = [];
	for (const namespace of namespaces)
		for (const [api, resources] of kinds)
			for (const resource of resources) {
				const {body} = await send(target, 'GET', `${api}/namespaces/${namespace}/${resource}`);
				for (const {metadata, type, data, spec} of (body as {items?: Item[]}).items ?? []) {
					// The Job of a probe whose installer was killed goes by its own time to live, five minutes after its end.
					if (metadata.annotations?.['zenml-airgap.io/probe']) continue;
					// Secrets hold generated values: their keys must be the same, what they hold must not.
					const content = resource === 'secrets' ? {type, keys: Object.keys(data ?? {}).sort()} : {data, spec};
					const text = JSON.stringify(strip({labels: metadata.labels, annotations: metadata.annotations, ...content}));
					lines.push(`${namespace}/${resource}/${metadata.name} ${text.replace(uuid, 'UUID')}`);
				}
			}
	return lines.sort();
};

// Rows by what a person would call them; ids, hashes, tokens and times are new in every install.
const rowQueries: Readonly<Record<string, readonly string[]>> = {
	zenml_pro: [
		'select username, is_superuser, is_active, reserved from account order by 1',
		'select name from organization order by 1',
		'select o.name as organization, r.name, r.level from role r join organization o on o.id = r.organization_id order by 1, 2',
		'select r.name, a.username from role_assignment x join role r on r.id = x.role_id join account a on a.id = x.account_id order by 1, 2',
		'select name, status, version, server_url from workspace order by 1',
		'select version_num from alembic_version',
	],
};
const workspaceQueries = [
	`select version_num from ${databases.mysql}.alembic_version`,
	`select table_name as name from information_schema.tables where table_schema = '${databases.mysql}' order by 1`,
	`select default_character_set_name as charset from information_schema.schemata where schema_name = '${databases.mysql}'`,
	`select ssl_type, plugin from mysql.user where user = '${databases.mysql}_user'`,
	`show grants for '${databases.mysql}_user'@'%'`,
];

const databaseDump = async (): Promise<readonly string[]> => {
	const lines: string[] = [];
	const admin = await database();
	const owners = await admin.query(
		"select datname, pg_get_userbyid(datdba) as owner, datacl::text from pg_database where datname like 'zenml%' order by 1",
	);
	lines.push(...owners.rows.map((row) => JSON.stringify(row)));
	await admin.end();
	for (const [name, queries] of Object.entries(rowQueries)) {
		const client = await database(name);
		for (const query of queries)
			lines.push(...(await client.query(query)).rows.map((row) => `${name}: ${JSON.stringify(row)}`));
		await client.end();
	}
	for (const query of workspaceQueries)
		lines.push(...(await mysqlRows(query)).map((row) => `${databases.mysql}: ${JSON.stringify(row)}`));
	return lines;
};

const registryDump = async (folder: string): Promise<readonly string[]> => {
	const root = join(run, folder, 'docker/registry/v2');
	const files = (await readdir(root, {recursive: true, withFileTypes: true})).filter(
		(entry) => entry.isFile() && !entry.parentPath.includes('_uploads'),
	);
	const links = files.map((entry) => join(entry.parentPath.slice(root.length), entry.name));
	const tags = links.filter((path) => path.includes('/tags/') && path.endsWith('current/link'));
	const digests = await Promise.all(tags.map(async (path) => `${path} ${readFileSync(join(root, path), 'utf8')}`));
	const blobs = links.filter((path) => path.endsWith('/data')).map((path) => path.split('/').at(-2) ?? '');
	return [
		...digests.sort(),
		`${blobs.length} blobs ${createHash('sha256').update(blobs.sort().join(' ')).digest('hex')}`,
	];
};

/**
 * The whole world that an install makes, without what is new every time: objects, rows, tags and blobs.
 * @param registry which registry it was installed from
 */
export const dumpWorld = async (registry: keyof typeof registryFolders = 'htpasswd') => ({
	cluster: await clusterDump(),
	database: await databaseDump(),
	registry: await registryDump(registryFolders[registry]),
});
