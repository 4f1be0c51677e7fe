import {createHash} from 'node:crypto';
import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import type {Catalogue} from '../../rehearsal/mysql/played/catalogue.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {Site} from './world.ts';

/** Every kind that the charts and the tool make, or that follows from them. */
const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
	['v1', 'Namespace'],
	['v1', 'Secret'],
	['v1', 'ConfigMap'],
	['v1', 'Service'],
	['v1', 'ServiceAccount'],
	['v1', 'Pod'],
	['v1', 'Node'],
	['apps/v1', 'Deployment'],
	['apps/v1', 'ReplicaSet'],
	['batch/v1', 'Job'],
	['networking.k8s.io/v1', 'Ingress'],
	['networking.k8s.io/v1', 'IngressClass'],
	['policy/v1', 'PodDisruptionBudget'],
	['rbac.authorization.k8s.io/v1', 'Role'],
	['rbac.authorization.k8s.io/v1', 'RoleBinding'],
	['autoscaling/v2', 'HorizontalPodAutoscaler'],
	['coordination.k8s.io/v1', 'Lease'],
];

const never = new AbortController().signal;

/** All objects of the cluster. */
export const objectsOf = async (site: Site): Promise<readonly KubeObject[]> => {
	const {cluster} = await site.world(site.answers());
	const lists = await Promise.all(
		kinds.map(async ([apiVersion, kind]) =>
			(await cluster.list({apiVersion, kind}, never)).map((object) => ({...object, apiVersion, kind})),
		),
	);
	return lists.flat();
};

const nameOf = ({kind, metadata: {namespace, name}}: KubeObject): string => `${kind} ${namespace ?? ''}/${name}`;

/** The tool's own note-taking: its lock and its journal change with every run and are no part of what it installs. */
const notebook = /^(Lease [^/]*\/zenml-airgap|Secret [^/]*\/zenml-airgap-state$)/u;

/** `resourceVersion` and uid of each object: equal twice when nothing was written in between, not even the same again. */
export const versionsOf = async (site: Site): Promise<Readonly<Record<string, string>>> =>
	Object.fromEntries(
		(await objectsOf(site))
			.filter((object) => !notebook.test(nameOf(object)))
			.map((object) => [nameOf(object), `${object.metadata.uid} ${object.metadata.resourceVersion}`]),
	);

/** Every file of a folder with its size and time of change; a file that is only rewritten shows too. */
export const filesBelow = async (folder: string): Promise<Readonly<Record<string, string>>> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(() => []);
	const files = await Promise.all(
		entries
			.filter((entry) => entry.isFile())
			.map(async (entry) => {
				const file = path.join(entry.parentPath, entry.name);
				const {size, mtimeMs} = await stat(file);
				return [path.relative(folder, file), `${size} ${mtimeMs}`] as const;
			}),
	);
	return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** What the registry has: each tag with the digest under it, and every blob. */
export const registryOf = async (site: Site): Promise<Readonly<Record<string, string>>> => {
	const folder = path.join(site.rehearsal.directory, 'registry');
	const files = Object.keys(await filesBelow(folder)).filter((file) => !file.startsWith('uploads'));
	const entries = await Promise.all(
		files.map(async (file) => [
			file,
			file.includes('_tags')
				? await readFile(path.join(folder, file), 'utf8')
				: createHash('sha256')
						.update(await readFile(path.join(folder, file)))
						.digest('hex'),
		]),
	);
	return Object.fromEntries(entries.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)));
};

/** Rows of each table, by database, and the roles and databases with their rights. Passwords only as verifiers. */
export const databasesOf = async (site: Site): Promise<Readonly<Record<string, unknown>>> => {
	const databases = await site.sql(
		`select datname, pg_get_userbyid(datdba) as owner, datacl::text as acl, pg_encoding_to_char(encoding) as encoding
		from pg_database where not datistemplate order by datname`,
	);
	const roles = await site.sql(
		"select rolname, rolcanlogin, rolpassword from pg_authid where rolname not like 'pg\\_%' order by rolname",
	);
	const counts: Record<string, unknown> = {};
	for (const {datname} of databases) {
		const tables = await site.sql(
			`select tablename, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from public.%I', tablename),
			false, true, '')))[1]::text as rows from pg_tables where schemaname = 'public' order by tablename`,
			String(datname),
		);
		counts[String(datname)] = Object.fromEntries(tables.map(({tablename, rows}) => [tablename, rows]));
	}
	return {databases, roles, counts};
};

/** All that a played MySQL keeps, passwords as hashes; undefined where a real one stands in. */
export const playedMysqlOf = async ({rehearsal}: Site): Promise<Partial<Catalogue> | undefined> => {
	const text = await readFile(path.join(rehearsal.directory, 'mysql.json'), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : (JSON.parse(text) as Catalogue);
};

/** Everything that a run could have changed outside its own folder. */
export const dumpOf = async (site: Site) => ({
	objects: await versionsOf(site),
	registry: await filesBelow(path.join(site.rehearsal.directory, 'registry')),
	databases: await databasesOf(site),
	mysql: await playedMysqlOf(site),
});
