import {Readable} from 'node:stream';
import type {BackupManifest, BackupPart, BackupSummary, BackupUse} from '../../../source/backup/types.ts';
import type {KubeObject, PodProbe} from '../../../source/cluster/types.ts';
import type {DatabaseContents, DatabaseLogin, NeededDatabase} from '../../../source/database/types.ts';
import {drillSteps} from '../../../source/steps/drill/index.ts';
import type {DrillReport} from '../../../source/steps/drill/report.ts';
import type {Step} from '../../../source/steps/world.ts';
import {bundle, carried, facts, kept, releaseOf} from '../parts.ts';
import {answersOf, type Given, look, worldOf} from '../world.ts';

const at = '2026-01-31T18:30:00.000Z';
const common = {bytes: 9, plainBytes: 2048, sha256: '0'.repeat(64), startedAt: at, endedAt: at};
const tables = [
	{name: 'pipeline_run', rows: 10},
	{name: 'secret', rows: 1},
];

export const databasePart = (name: string): BackupPart => ({
	...common,
	...{kind: 'database', name, file: `database-${name}.dump`},
	database: {
		...{engine: 'postgresql', product: 'PostgreSQL', version: '15.18', tool: 'pg_dump 15.18'},
		...{name, revision: 'r1', tables},
	},
});
const textPart = (kind: 'values' | 'secrets', name: string): BackupPart => ({
	...common,
	...{kind, name, file: `${kind}-${name}`},
});
const componentOf = (name: string, release: string, chart: {readonly name: string; readonly version: string}) => ({
	...{name, release, namespace: `of-${name}`, chart: `${chart.name}-${chart.version}`, revision: 1, images: []},
});

export const manifestOf = (more: Partial<BackupManifest> = {}): BackupManifest => ({
	...{format: 1, id: 'B1', purpose: 'asked', run: 'r0', tool: 'zenml-airgap 1', createdAt: at, finishedAt: at},
	...{encryption: 'none', recipients: []},
	components: [
		componentOf('controlPlane', 'zenml-pro', bundle.controlPlaneChart),
		componentOf('default', 'zenml', bundle.workspaceChart),
	],
	parts: [
		textPart('secrets', 'secrets'),
		textPart('values', 'controlPlane'),
		textPart('values', 'default'),
		databasePart('default'),
		databasePart('controlPlane'),
	],
	...more,
});

export const valuesOfControlPlane = {
	zenml: {
		auth: {password: {enabled: true, adminUsername: 'admin', adminPassword: 'password of then'}},
		database: {external: {type: 'postgres', host: 'db.corp', username: 'pro', database: 'pro', password: 'old'}},
	},
};
export const valuesOfWorkspace = {
	server: {
		auth: {jwtSecretKey: 'jwt of then'},
		database: {url: 'mysql://zenml:old@db.corp:3306/zenml'},
		secretsStore: {sql: {encryptionKey: 'key of then'}},
	},
};
const secretOf = (namespace: string, name: string, data: Readonly<Record<string, string>>) => ({
	...{metadata: {namespace, name}, type: 'Opaque', data},
});

const serviceOf = (release: string, spec: unknown): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {namespace: 'zenml-airgap-drill', name: release},
	spec,
});

export type Said = Readonly<Record<string, unknown>>;
export type Asked = {readonly url: string; readonly username?: string; readonly connect?: true};

/** A cluster that holds pods apart, with servers that are well. */
export const answerTo = ({url, username, connect}: Asked): Said => {
	if (connect) return {error: 'timed out', kind: 'timeout'};
	if (username !== undefined) return {status: 200, token: true};
	const body = url.endsWith('/info') ? JSON.stringify({version: '0.95.1', database_type: 'mysql'}) : '{}';
	return {status: 200, type: 'application/json', body};
};

/** What a site of these tests is made of; a test changes it before the steps go. */
const stateOf = () => ({
	manifest: manifestOf(),
	/** Texts of the backup's small parts, by kind and name. */
	texts: {
		'secrets secrets': JSON.stringify({
			items: [
				secretOf('of-default', 'zenml-database', {password: 'b2xk'}),
				secretOf('zenml-pro', 'internal-registry-secret', {'.dockerconfigjson': 'e30='}),
			],
		}),
		'values controlPlane': JSON.stringify(valuesOfControlPlane),
		'values default': JSON.stringify(valuesOfWorkspace),
	} as Record<string, string>,
	contents: {tables, revision: 'r1', bytes: 1, isHalfRestored: false} as DatabaseContents,
	stored: [] as readonly string[],
	services: {
		'drill-pro': {ports: [{port: 80}]},
		'drill-ws1': {ports: [{port: 80}]},
	} as Record<string, unknown>,
	/** The line that a pod prints which asks these. */
	print: (requests: readonly Asked[]): unknown => ({answers: requests.map(answerTo)}),
	/** What fails when it is to be done: `restore zenml_drill_pro`. */
	failing: {} as Record<string, Error>,
});

/** A site with a whole backup of its control plane and one workspace, and all that a drill does there. */
export const drillSite = (given: Given = {}) => {
	const state = stateOf();
	const deeds: string[] = [];
	const probes: PodProbe[] = [];
	const upgrades: {readonly release: string; readonly values: unknown}[] = [];
	const logins: DatabaseLogin[] = [];
	const saved = new Map<string, string>();
	const uses: BackupUse[] = [];
	const scratch = new Set<string>();
	const objects = kept();
	const doing = (deed: string): void => {
		const failure = state.failing[deed];
		if (failure) throw failure;
		deeds.push(deed);
	};
	const summary = (): BackupSummary => ({
		...{id: 'B1', folder: '/b/B1', state: 'whole', manifest: state.manifest, bytes: 2, signed: false, uses: []},
	});
	const postgresql = {
		probe: async () => facts,
		provision: async (
			_admin: DatabaseLogin,
			{database}: NeededDatabase,
			{onStatement}: {onStatement: (shown: string) => void},
		) => {
			doing(`make ${database}`);
			onStatement(`CREATE DATABASE ${database}`);
		},
		contents: async ({database}: DatabaseLogin) => {
			doing(`count ${database}`);
			return state.contents;
		},
		storedSecrets: async () => state.stored,
		scratch: {
			left: async () => [...scratch],
			claim: async (_admin: DatabaseLogin, name: string) => {
				doing(`claim ${name}`);
				scratch.add(name);
			},
			made: async (_admin: DatabaseLogin, name: string) => doing(`made ${name}`),
			drop: async (_admin: DatabaseLogin, name: string) => {
				doing(`drop ${name}`);
				scratch.delete(name);
			},
			script: () => [],
		},
	};
	const world = worldOf({
		answers: answersOf((input) => ({
			...input,
			database: {engine: 'postgresql', host: 'db.corp', tls: 'disable', admin: {password: 'env:DBA'}},
		})),
		backups: {
			folder: '/b',
			list: async () => [summary()],
			open: async (_id, _signal, onProgress) => {
				doing('open the backup');
				onProgress?.({file: 'database-default.dump', done: 1, total: 2});
				return {
					folder: '/b/B1',
					manifest: state.manifest,
					read: async ({kind, name}) => Readable.from([Buffer.from(state.texts[`${kind} ${name}`] ?? 'dump')]),
				};
			},
			noteUse: async (_id, use) => {
				uses.push(use);
			},
		},
		bundle: carried(),
		cluster: {
			...objects,
			list: async (selection) =>
				selection.kind === 'Service'
					? Object.entries(state.services).flatMap(([release, spec]) =>
							selection.labelSelector?.includes(release) ? [serviceOf(release, spec)] : [],
						)
					: objects.list(selection),
			apply: async (object) => {
				doing(`apply ${object.kind} ${object.metadata.name}`);
				return objects.apply(object);
			},
			delete: async (reference) => {
				doing(`delete ${reference.kind} ${reference.name}`);
				await objects.delete(reference);
			},
			probe: async (one) => {
				probes.push(one);
				const {requests} = JSON.parse(one.env.PROBE_ARGS ?? '') as {requests: readonly Asked[]};
				return {exitCode: 0, output: [JSON.stringify(state.print(requests))]};
			},
			watchPods: async (_namespace, _selector, _see, signal) =>
				new Promise((resolve) => signal.addEventListener('abort', () => resolve(), {once: true})),
		},
		databases: {postgresql},
		dumps: {
			look: async () => ({program: 'pg_dump'}) as never,
			tools: async () => ({program: 'pg_dump'}) as never,
			restore: async (login, {onBytes}) => {
				logins.push(login);
				doing(`restore ${login.database}`);
				onBytes(1024);
			},
		},
		helm: {
			upgrade: async ({release, values}) => {
				doing(`upgrade ${release}`);
				upgrades.push({release, values});
				return releaseOf({name: release, revision: 1});
			},
		},
		// An hour after the backup.
		clock: {now: () => Date.parse(at) + 3_600_000},
		holdLease: async () => undefined,
		host: {
			saveState: async (name, text = '') => {
				saved.set(name, text);
				return `/state/${name}`;
			},
		},
		...given,
	});
	return {state, world, deeds, probes, upgrades, logins, saved, uses, scratch, objects: objects.all};
};

type DrillSite = ReturnType<typeof drillSite>;

/** Goes through the steps up to one of them, as the engine does: looks, makes, looks again. Returns the last look of each. */
export const drilled = async (
	{world}: Pick<DrillSite, 'world'>,
	until = 'drill-report',
	steps: readonly Step[] = drillSteps(),
) => {
	const last = steps.findIndex(({id}) => id === until);
	const seen = new Map<string, Awaited<ReturnType<typeof look>>>();
	for (const step of steps.slice(0, last + 1)) {
		const finding = await look(step, world);
		if (finding.status === 'todo') await step.apply?.(world);
		seen.set(step.id, finding.status === 'todo' ? await look(step, world) : finding);
	}
	return seen;
};

/** The drill's report for machines. */
export const reportOf = ({saved}: Pick<DrillSite, 'saved'>): DrillReport =>
	JSON.parse(saved.get('reports/drill-run-of-the-test.json') ?? '') as DrillReport;

/** `outcome what: note` of all that was looked at, or of what is called so. */
export const checksOf = (site: Pick<DrillSite, 'saved'>, name = ''): readonly string[] =>
	reportOf(site)
		.checks.filter(({what}) => what.includes(name))
		.map(({what, outcome, note}) => `${outcome} ${what}: ${note}`);
