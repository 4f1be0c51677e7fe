import {createCipheriv, createHash, randomBytes} from 'node:crypto';
import {Readable} from 'node:stream';
import type {BackupManifest, BackupPart, BackupSummary, BackupUse} from '../../../source/backup/types.ts';
import {systemClock} from '../../../source/base/clock.ts';
import {ProblemError} from '../../../source/base/problem.ts';
import type {Access, KubeObject} from '../../../source/cluster/types.ts';
import type {DatabaseContents, DatabaseFacts} from '../../../source/database/types.ts';
import {restoreSteps} from '../../../source/steps/restore/index.ts';
import {noFlags, type RestoreFlags, type RestoreScope} from '../../../source/steps/restore/options.ts';
import type {Step, World} from '../../../source/steps/world.ts';
import {bundle, facts, files, generatedAndEnrolled, kept, podOf, releaseOf} from '../parts.ts';
import {type Given, worldOf} from '../world.ts';

export const id = '20261129T010000Z-0a1b2c';
export const encryptionKey = 'e'.repeat(64);

/** What a workspace stores of a secret under a key. */
export const storedUnder = (key: string): string => {
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(key).digest(), nonce);
	const text = Buffer.concat([cipher.update('a secret'), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
};

export const dumped: DatabaseContents = {
	tables: [{name: 'pipeline_run', rows: 10}],
	revision: '0.95.1',
	bytes: 1,
	isHalfRestored: false,
};
export const writtenSince: DatabaseContents = {...dumped, tables: [{name: 'pipeline_run', rows: 12}]};

const common = {
	bytes: 9,
	plainBytes: 4,
	sha256: '0'.repeat(64),
	startedAt: '2026-11-29T01:00:00Z',
	endedAt: '2026-11-29T01:00:01Z',
};
export const databasePart = (name: string, database: string): BackupPart => ({
	...common,
	kind: 'database',
	name,
	file: `database-${name}.dump.age`,
	database: {
		engine: 'postgresql',
		product: 'PostgreSQL',
		version: '15.18',
		name: database,
		revision: '0.95.1',
		tables: dumped.tables,
		tool: 'pg_dump 15.18',
	},
});

export const manifestOf = (more: Partial<BackupManifest> = {}): BackupManifest => ({
	format: 1,
	id,
	purpose: 'asked',
	run: 'r0',
	tool: 'zenml-airgap 1',
	createdAt: '2026-11-29T01:00:00Z',
	finishedAt: '2026-11-29T01:02:03Z',
	encryption: 'age',
	recipients: [],
	components: [
		{
			name: 'controlPlane',
			release: 'zenml-pro',
			namespace: 'zenml-pro',
			chart: `zenml-pro-${bundle.controlPlaneChart.version}`,
			revision: 1,
			images: [],
		},
		{
			name: 'default',
			release: 'zenml',
			namespace: 'zenml-workspace',
			chart: `zenml-${bundle.workspaceChart.version}`,
			revision: 1,
			images: [],
		},
	],
	parts: [
		{...common, kind: 'secrets', name: 'secrets', file: 'secrets.json.age'},
		databasePart('controlPlane', 'zenml_pro'),
		databasePart('default', 'zenml_workspace'),
	],
	...more,
});

/** The program was killed. */
export class Killed extends Error {}

type Deployment = {replicas: number; annotations: Record<string, string>; version: number};

/** A site of a control plane and one workspace, with a backup, and what a restore does to it. */
export const restoreSite = () => {
	const state = {
		manifest: manifestOf(),
		secrets: [generatedAndEnrolled()] as readonly KubeObject[],
		data: {zenml_pro: writtenSince, zenml_workspace: writtenSince} as Record<string, DatabaseContents>,
		stored: [storedUnder(encryptionKey)],
		facts: facts as DatabaseFacts,
		deployments: {
			zenml: {replicas: 2, annotations: {}, version: 0},
			'zenml-pro': {replicas: 1, annotations: {}, version: 0},
		} as Record<string, Deployment>,
		chart: `zenml-${bundle.workspaceChart.version}`,
		uses: [] as BackupUse[],
		saved: new Map<string, string | undefined>(),
		done: [] as string[],
		/** Moments in which servers ran on a part of the data. */
		wrong: [] as string[],
		killAfter: Number.POSITIVE_INFINITY,
		/** What becomes of a restored database. */
		restored: dumped,
		unreadable: undefined as ProblemError | undefined,
		opened: 0,
		denied: [] as readonly (Access & {readonly reason: string})[],
	};
	const cluster = kept(generatedAndEnrolled());
	const databaseOf: Record<string, string> = {zenml: 'zenml_workspace', 'zenml-pro': 'zenml_pro'};
	const look = (after: string): void => {
		for (const [name, {replicas}] of Object.entries(state.deployments))
			if (replicas > 0 && state.data[databaseOf[name] ?? '']?.isHalfRestored) state.wrong.push(`${after}: ${name}`);
	};
	/** A write; the program can be killed before it, or after it. */
	const write = (what: string, work: () => void): void => {
		if (state.done.length >= state.killAfter) throw new Killed(what);
		work();
		state.done.push(what);
		look(what);
		if (state.done.length >= state.killAfter) throw new Killed(what);
	};
	const objectOf = (name: string): KubeObject => {
		const {replicas, annotations, version} = state.deployments[name] as Deployment;
		return {
			apiVersion: 'apps/v1',
			kind: 'Deployment',
			metadata: {
				name,
				namespace: name === 'zenml' ? 'zenml-workspace' : 'zenml-pro',
				annotations,
				resourceVersion: String(version),
			},
			spec: {replicas},
		};
	};
	const releaseIn = (selector = ''): string => selector.split('=').at(-1) ?? '';
	const given = (): Given => ({
		cluster: {
			...cluster,
			denied: async () => state.denied,
			get: async (reference) => (reference.kind === 'Deployment' ? objectOf(reference.name) : cluster.get(reference)),
			list: async (of) => (of.kind === 'Deployment' ? [objectOf(releaseIn(of.labelSelector))] : cluster.list(of)),
			pods: async (_namespace, selector) =>
				Array.from({length: state.deployments[releaseIn(selector)]?.replicas ?? 0}, (_, index) =>
					podOf(`pod-${index}`),
				),
			create: async (object) => {
				write(`create ${object.kind} ${object.metadata.name}`, () => undefined);
				return cluster.create(object);
			},
			apply: async (object) => {
				const {phase = ''} = object.data as {phase?: string};
				if (state.done.length >= state.killAfter) throw new Killed('apply');
				const applied = await cluster.apply(object);
				write(`${object.metadata.name} ${phase}`, () => undefined);
				return applied;
			},
			patch: async (reference, steps) => {
				if (reference.kind !== 'Deployment') {
					write(`patch ${reference.kind} ${reference.name}`, () => undefined);
					return cluster.patch(reference, steps);
				}
				const live = state.deployments[reference.name] as Deployment;
				write(`patch ${reference.name}`, () => {
					live.version += 1;
					for (const step of steps) {
						if (step.path === '/spec/replicas' && step.op === 'add') live.replicas = Number(step.value);
						if (step.path.includes('zenml-airgap.io~1replicas'))
							live.annotations = step.op === 'add' ? {'zenml-airgap.io/replicas': String(step.value)} : {};
					}
				});
				return objectOf(reference.name);
			},
		},
		helm: {
			release: async (name, namespace) =>
				releaseOf({name, namespace, chart: name === 'zenml' ? state.chart : 'zenml-pro-0.13.18'}),
		},
		bundle: {open: async () => bundle},
		host: {
			...files,
			stateDirectory: '/state',
			saveState: async (name, text) => {
				state.saved.set(name, text);
				return `/state/${name}`;
			},
		},
		clock: {...systemClock, sleep: async (_ms, signal) => systemClock.sleep(1, signal)},
		holdLease: async () => undefined,
		databases: {
			postgresql: {
				probe: async () => state.facts,
				contents: async ({database}) => state.data[database] as DatabaseContents,
				storedSecrets: async () => state.stored,
			},
		},
		backups: {
			folder: '/backups',
			list: async () => [{id, state: 'whole', manifest: state.manifest} as BackupSummary],
			open: async () => {
				state.opened += 1;
				return {
					folder: '/backups',
					manifest: state.manifest,
					read: async ({kind}) => {
						if (state.unreadable) throw state.unreadable;
						return Readable.from([
							kind === 'secrets' ? JSON.stringify({apiVersion: 'v1', kind: 'List', items: state.secrets}) : 'dump',
						]);
					},
				};
			},
			noteUse: async (_id, use) => write('use noted', () => state.uses.push(use)),
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
				write(`restore of ${database} begins`, () => {
					state.data[database] = {...dumped, tables: [], isHalfRestored: true};
				});
				write(`restore of ${database} ends`, () => {
					state.data[database] = state.restored;
				});
				onBytes(4);
			},
		},
	});
	let runs = 0;
	return {
		state,
		cluster,
		given,
		/** Each one is a run of its own. */
		world: (more: Given & Partial<Pick<World, 'runId'>> = {}) => {
			runs += 1;
			return {...worldOf({...given(), ...more}), runId: more.runId ?? `run-${runs}`};
		},
	};
};

export type RestoreSite = ReturnType<typeof restoreSite>;

/** The steps of a restore that are its own: those of the install are tried elsewhere. */
export const ownSteps = (only: RestoreScope = {kind: 'whole'}, flags: Partial<RestoreFlags> = {}): readonly Step[] =>
	restoreSteps({backup: id, only, flags: {...noFlags, ...flags}}).filter(({id: step}) => /^restore/u.test(step));

export const stepNamed = (steps: readonly Step[], name: string): Step => {
	const found = steps.find((one) => one.id === name);
	if (!found) throw new Error(`There is no step ${name}`);
	return found;
};

/** Check, apply, check, as the engine does. @throws what a step refuses */
export const carry = async (steps: readonly Step[], world: World): Promise<void> => {
	for (const {id: step, check, apply} of steps) {
		const before = await check(world);
		if (before.status === 'blocked') throw new ProblemError(before.problem);
		if (before.status !== 'todo') continue;
		await apply?.(world);
		const after = await check(world);
		if (after.status !== 'ok') throw new Error(`${step} did not converge: ${JSON.stringify(after)}`);
	}
};
