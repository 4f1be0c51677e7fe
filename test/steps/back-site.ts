import {Readable} from 'node:stream';
import type {BackupManifest, BackupSummary} from '../../source/backup/types.ts';
import {systemClock} from '../../source/base/clock.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {DatabaseContents} from '../../source/database/types.ts';
import type {Release} from '../../source/helm/types.ts';
import {facts, files, generatedAndEnrolled, info, ingress, kept, podOf, sessionOf} from './parts.ts';
import {type Given, worldOf} from './world.ts';

const none = new AbortController().signal;
const labels = {'app.kubernetes.io/instance': 'zenml'};

type Tables = DatabaseContents['tables'];

export const oldTables: Tables = [
	{name: 'pipeline_run', rows: 10},
	{name: 'user', rows: 2},
];
export const newTables: Tables = [
	{name: 'pipeline_run', rows: 12},
	{name: 'run_template', rows: 1},
	{name: 'user', rows: 2},
];

const part = {
	kind: 'database',
	name: 'default',
	file: 'database-default.dump.age',
	bytes: 9,
	plainBytes: 4,
	sha256: '0'.repeat(64),
	startedAt: '2026-11-29T01:00:00Z',
	endedAt: '2026-11-29T01:00:01Z',
	database: {
		engine: 'postgresql',
		product: 'PostgreSQL',
		version: '15.18',
		name: 'zenml_default',
		revision: '0.93.0',
		tables: oldTables,
		tool: 'pg_dump 15.18',
	},
} as const;

export const manifestOf = (more: Partial<BackupManifest> = {}): BackupManifest => ({
	format: 1,
	id: 'before',
	purpose: 'before-upgrade:sha256:new',
	run: 'r0',
	tool: 'zenml-airgap 1',
	createdAt: '2026-11-29T01:00:00Z',
	finishedAt: '2026-11-29T01:02:03Z',
	encryption: 'age',
	recipients: [],
	components: [
		{name: 'default', release: 'zenml', namespace: 'zenml-workspace', chart: 'zenml-0.93.0', revision: 1, images: []},
	],
	parts: [part],
	...more,
});

export const summaryOf = (manifest: BackupManifest, more: Partial<BackupSummary> = {}): BackupSummary => ({
	id: manifest.id,
	folder: `/backups/${manifest.id}`,
	state: 'whole',
	manifest,
	bytes: 9,
	signed: false,
	uses: [],
	...more,
});

/** A revision of the workspace's release. */
export const revisionOf = (revision: number, status: Release['status'], chart: string): Release => ({
	name: 'zenml',
	namespace: 'zenml-workspace',
	revision,
	status,
	chart,
	appVersion: '',
	updated: '',
	description: '',
});

/** The program was killed. */
export class Killed extends Error {}

/**
 * A site whose workspace failed to upgrade from 0.93.0 to 0.98.0, with what a way back does to it. Servers run as soon as their
 * Deployment has replicas; whenever something is written, it is asked whether servers and data are of one version.
 */
export const backSite = () => {
	const state = {
		replicas: 2,
		chart: 'zenml-0.98.0',
		database: {tables: newTables, revision: '0.98.0', half: false},
		history: [revisionOf(1, 'deployed', 'zenml-0.93.0'), revisionOf(2, 'failed', 'zenml-0.98.0')] as Release[],
		backups: [summaryOf(manifestOf())],
		done: [] as string[],
		mixed: [] as string[],
		/** The number of writes after which the program is killed. */
		killAfter: Number.POSITIVE_INFINITY,
	};
	const secrets = kept(generatedAndEnrolled(), ingress());
	let annotations: Record<string, string> = {};
	let version = 0;

	const ofDatabase = (): string => (state.database.half ? 'half' : `zenml-${state.database.revision}`);
	const look = (after: string): void => {
		if (state.replicas > 0 && ofDatabase() !== state.chart)
			state.mixed.push(`${after}: ${state.chart} on ${ofDatabase()}`);
	};
	/** A write; the program can be killed before it, or after it. */
	const write = (what: string, work: () => void): void => {
		if (state.done.length >= state.killAfter) throw new Killed(what);
		work();
		state.done.push(what);
		look(what);
		if (state.done.length >= state.killAfter) throw new Killed(what);
	};

	const deployment = (): KubeObject => ({
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: {name: 'zenml', namespace: 'zenml-workspace', labels, annotations, resourceVersion: String(version)},
		spec: {replicas: state.replicas},
	});

	const cluster: Given['cluster'] = {
		...secrets,
		get: async (reference) => (reference.kind === 'Deployment' ? deployment() : secrets.get(reference)),
		list: async (of) => (of.kind === 'Deployment' ? [deployment()] : secrets.list(of)),
		pods: async () =>
			Array.from({length: state.replicas}, (_, index) => podOf(`zenml-${index}`, {namespace: 'zenml-workspace'})),
		apply: async (object) => {
			let applied = object;
			write(`mark ${String((object.data as {phase?: string} | undefined)?.phase)}`, () => {
				void secrets.apply(object).then((one) => {
					applied = one;
				});
			});
			return applied;
		},
		patch: async (_reference, steps) => {
			write(`patch ${steps.map(({op, path}) => `${op} ${path.split('/').at(-1)}`).join(', ')}`, () => {
				version += 1;
				for (const step of steps) {
					if (step.path === '/spec/replicas' && step.op === 'add') state.replicas = Number(step.value);
					if (step.path.includes('zenml-airgap.io~1replicas'))
						annotations = step.op === 'add' ? {'zenml-airgap.io/replicas': String(step.value)} : {};
				}
			});
			return deployment();
		},
	};

	const helm: Given['helm'] = {
		history: async () => state.history,
		rollback: async ({revision}) => {
			const target = state.history.find((one) => one.revision === revision);
			if (!target) throw new Error('no such revision');
			const next = (state.history.at(-1)?.revision ?? 0) + 1;
			write('rollback begins', () => {
				state.history = [...state.history, {...target, revision: next, status: 'pending-rollback'}];
			});
			write('rollback starts the servers', () => {
				state.chart = target.chart;
				state.replicas = 1;
			});
			write('rollback ends', () => {
				state.history = state.history.map((one) => ({
					...one,
					status: one.revision === next ? 'deployed' : 'superseded',
				}));
			});
			return {...target, revision: next, status: 'deployed'};
		},
	};

	const given = (): Given => ({
		cluster,
		helm,
		host: files,
		// Bounds keep their length; pauses do not.
		clock: {...systemClock, sleep: async (ms, signal) => systemClock.sleep(ms < 10_000 ? 1 : ms, signal)},
		holdLease: async () => undefined,
		databases: {
			postgresql: {
				probe: async () => facts,
				contents: async () => {
					const {tables, revision, half} = state.database;
					return {tables, revision, bytes: 1, isHalfRestored: half};
				},
			},
		},
		backups: {
			folder: '/backups',
			list: async () => state.backups,
			open: async (id) => {
				const manifest = state.backups.find((one) => one.id === id)?.manifest;
				if (!manifest) throw new Error('no such backup');
				return {folder: '/backups', manifest, read: async () => Readable.from(['dump'])};
			},
			noteUse: async () => write('use noted', () => undefined),
		},
		dumps: {
			tools: async () => ({
				engine: 'postgresql',
				where: 'host',
				program: 'pg_dump',
				version: '15.18',
				product: 'PostgreSQL',
				serverVersion: '15.18',
			}),
			restore: async ({database}, {onBytes, onLine}) => {
				onLine?.(`database ${database}: ended what was left`);
				write('restore begins', () => {
					state.database = {tables: [], revision: '', half: true};
				});
				write('restore ends', () => {
					state.database = {tables: oldTables, revision: '0.93.0', half: false};
				});
				onBytes(4);
			},
		},
		zenml: {
			...sessionOf(),
			health: async () => undefined,
			workspaceInfo: async () => info,
			dashboard: async () => ({title: 'ZenML Pro', part: '/assets/index.js'}),
		},
	});
	return {state, given, world: (more: Given = {}) => worldOf({...given(), signal: none, ...more})};
};
