import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createBackups} from '../../../source/backup/backups.ts';
import type {BackupSettings} from '../../../source/backup/settings.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import type {DatabaseFacts, DatabaseLogin, DatabasePort} from '../../../source/database/types.ts';
import {backupPlan} from '../../../source/plans/backup.ts';
import {backupSteps} from '../../../source/steps/backup/index.ts';
import type {Step, World} from '../../../source/steps/world.ts';
import {contentsOf, settingsOf} from '../../backup/helpers.ts';
import {answersOf, changesOf, type Given, look, refusalOf, rowsOf, worldOf} from '../world.ts';

const answers = answersOf((input) => ({
	...input,
	backup: {encryption: 'none'},
	workspaces: [
		...['one', 'two'].map((name) => ({
			...{name, host: `${name}.corp.internal`, namespace: `zenml-${name}`, release: `zenml-${name}`},
			database: {name: `zenml_${name}`, username: `zenml_${name}`},
		})),
	],
}));

const canary = 'canary-key-c0ffee';
const encoded = (text: string): string => Buffer.from(text).toString('base64');
const digest = `sha256:${'a'.repeat(64)}`;

const secretOf = (namespace: string, name: string): KubeObject =>
	({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name, namespace, uid: 'of-the-server', resourceVersion: '7'},
		type: 'Opaque',
		data: {
			'tls.crt': encoded('CERTIFICATE'),
			'tls.key': encoded(canary),
			'ca.crt': encoded('CA'),
			'state.json': encoded('{"schema":2}'),
			'controlPlane.database.password': encoded(canary),
			'workspaces.one.database.password': encoded(canary),
			'workspaces.two.database.password': encoded(canary),
		},
	}) as unknown as KubeObject;

const pod: KubeObject = {
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'pod-1'},
	spec: {containers: [{name: 'api', image: 'registry.corp:5000/zenml/api:1.2'}]},
	status: {containerStatuses: [{name: 'api', imageID: `registry.corp:5000/zenml/api@${digest}`}]},
} as unknown as KubeObject;

const facts = {product: 'PostgreSQL', version: '15.18'} as DatabaseFacts;

const database = (more: Partial<DatabasePort> = {}): Partial<DatabasePort> => ({
	probe: async () => facts,
	contents: async ({database: name}: DatabaseLogin) => ({
		tables: [{name: `of_${name}`, rows: 3}],
		revision: 'abc',
		bytes: 1000,
		isHalfRestored: false,
	}),
	...more,
});

type Site = {
	readonly installed?: readonly string[];
	readonly database?: Partial<DatabasePort>;
	/** Names of databases whose dump breaks off. */
	readonly broken?: Set<string>;
	readonly dumped?: string[];
	readonly runId?: string;
	readonly leases?: string[];
};

const siteOf = async (settings: BackupSettings, site: Site = {}): Promise<World & {readonly told: Given[never][]}> => {
	const {installed = answers.workspaces.map(({release}) => release), broken = new Set(), dumped = []} = site;
	const isThere = (release: string): boolean => release === answers.controlPlane.release || installed.includes(release);
	const world = worldOf({
		answers,
		backups: createBackups(settings),
		cluster: {
			get: async ({namespace = '', name}) => (name === 'zenml-enrollment' ? undefined : secretOf(namespace, name)),
			list: async () => [pod],
		},
		helm: {
			release: async (name, namespace) =>
				isThere(name)
					? {
							...{name, namespace, revision: 4, status: 'deployed', chart: `${name}-1.2.3`},
							...{appVersion: '1.2.3', updated: '', description: ''},
						}
					: undefined,
			values: async (name) => ({release: name, password: canary}),
		},
		bundle: {
			open: async () => {
				throw new Error('it was carried away');
			},
		},
		host: {readFile: async () => 'CA'},
		databases: {postgresql: database(site.database), mysql: database(site.database)},
		dumps: {
			look: async ({product}) => ({
				...{engine: 'postgresql', where: 'host', program: '/usr/bin/pg_dump', version: '18.6'},
				...{product, serverVersion: '15.18'},
			}),
			dump: async ({database: name}, {into, onBytes}) => {
				into.write(`dump of ${name}`);
				if (broken.has(name)) throw new Error('the server went away');
				onBytes(10);
				dumped.push(name);
			},
		},
		holdLease: async () => {
			site.leases?.push('held');
		},
	});
	return {...world, runId: site.runId ?? 'run-1'} as never;
};

/** Goes through steps as the engine does: look, make, look again. */
const goThrough = async (steps: readonly Step[], world: World): Promise<readonly string[]> => {
	const outcomes: string[] = [];
	for (const step of steps) {
		const before = await look(step, world);
		if (before.status === 'todo') await step.apply?.(world);
		const after = await look(step, world);
		if (after.status === 'blocked') throw new Error(`${after.problem.code}: ${after.problem.message}`);
		outcomes.push(`${step.id}: ${before.status}, ${after.status}`);
	}
	return outcomes;
};

const stepOf = (id: string): Step => {
	const step = backupPlan.steps.find((one) => one.id === id);
	if (!step) throw new Error(`no step ${id}`);
	return step;
};

test('data that is being replaced is not backed up: it would look whole, and be the newest', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const world = await siteOf(settings);
	const marked = (name: string, data: Readonly<Record<string, string>>): World => ({
		...world,
		cluster: {
			...world.cluster,
			get: async (reference, signal) =>
				reference.kind === 'ConfigMap'
					? ({...reference, metadata: {name: reference.name}, data: reference.name === name ? data : {}} as KubeObject)
					: world.cluster.get(reference, signal),
		},
	});
	const restoring = {
		...{phase: 'restoring', component: 'one', backup: 'b1', run: 'r1', at: '2026-11-29T01:00:00Z'},
		command: 'zenml-airgap restore b1',
	};
	const ready = stepOf('backup-ready');
	expect(await refusalOf(look(ready, marked('zenml-airgap-restore-zenml-one', restoring)))).toMatchObject({
		code: 'restore-unfinished',
		nextSteps: ['zenml-airgap restore b1'],
	});
	const back = {phase: 'restored', component: 'two', backup: 'b1', revision: '3', from: '4'};
	expect(await refusalOf(look(ready, marked('zenml-airgap-back-zenml-two', back)))).toMatchObject({
		code: 'back-unfinished',
		nextSteps: ['zenml-airgap back two'],
	});
	const done = {...restoring, phase: 'done'};
	expect(await look(ready, marked('zenml-airgap-restore-zenml-one', done))).toMatchObject({status: 'ok'});
});

test('a backup holds keys, settings and dumps, workspaces before the control plane, and is read back', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const dumped: string[] = [];
	const leases: string[] = [];
	const world = await siteOf(settings, {dumped, leases});
	expect(await goThrough(backupPlan.steps, world)).toEqual([
		'backup-ready: ok, ok',
		'backup-secrets: todo, ok',
		'backup-databases: todo, ok',
		'backup-finish: todo, ok',
	]);
	expect(leases).not.toEqual([]);
	const names = answers.workspaces.map((one) => one.database.name);
	expect(dumped).toEqual([...names, answers.controlPlane.database.name]);
	const [made] = await world.backups.list(world.signal);
	const {manifest} = made ?? {};
	expect(manifest?.parts.map(({kind, name}) => `${kind} ${name}`)).toEqual([
		'secrets secrets',
		'certificates certificate',
		'certificates key',
		'certificates ca',
		'values controlPlane',
		'values one',
		'values two',
		'answers answers',
		'journal journal',
		'inventory inventory',
		'database one',
		'database two',
		'database controlPlane',
	]);
	expect(manifest?.components[0]).toEqual({
		name: 'controlPlane',
		release: answers.controlPlane.release,
		namespace: answers.controlPlane.namespace,
		chart: `${answers.controlPlane.release}-1.2.3`,
		revision: 4,
		images: [`registry.corp:5000/zenml/api@${digest}`],
	});
	expect(manifest?.parts.at(-1)?.database).toEqual({
		engine: 'postgresql',
		product: 'PostgreSQL',
		version: '15.18',
		name: answers.controlPlane.database.name,
		revision: 'abc',
		tables: [{name: `of_${answers.controlPlane.database.name}`, rows: 3}],
		tool: 'pg_dump 18.6',
	});
	const read = await world.backups.open(made?.id ?? '', world.signal);
	const secrets = JSON.parse((await contentsOf(read, 'secrets')).toString());
	expect(secrets.items[0].metadata).toEqual({name: 'zenml-airgap-generated', namespace: 'zenml-pro'});
	expect(JSON.stringify(world.told)).not.toContain(canary);
	for (const name of ['manifest.json', 'SHA256SUMS'])
		expect(await readFile(path.join(made?.folder ?? '', name), 'utf8')).not.toContain(canary);
});

test('a dump that breaks off is made again by the next run, and those that are whole are not', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const dumped: string[] = [];
	const broken = new Set([answers.controlPlane.database.name]);
	const first = await siteOf(settings, {dumped, broken});
	await expect(goThrough(backupPlan.steps, first)).rejects.toThrow('the server went away');
	expect(dumped).toHaveLength(2);
	const second = await siteOf(settings, {dumped, runId: 'run-2'});
	expect((await goThrough(backupPlan.steps, second)).slice(1)).toEqual([
		'backup-secrets: ok, ok',
		'backup-databases: todo, ok',
		'backup-finish: todo, ok',
	]);
	expect(dumped).toHaveLength(3);
	expect(await second.backups.list(second.signal)).toHaveLength(1);
});

test('a run makes one backup however often it is gone through, and the next run another', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const world = await siteOf(settings);
	await goThrough(backupPlan.steps, world);
	await goThrough(backupPlan.steps, world);
	expect(await world.backups.list(world.signal)).toHaveLength(1);
	await goThrough(backupPlan.steps, await siteOf(settings, {runId: 'run-2'}));
	expect(await world.backups.list(world.signal)).toHaveLength(2);
});

test('another plan says why it backs up, and takes one that is there where that will do', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const steps = backupSteps({purpose: async () => 'before-upgrade:sha256:1', accepts: () => true});
	await goThrough(steps, await siteOf(settings));
	const later = await siteOf(settings, {runId: 'run-2'});
	await goThrough(steps, later);
	const listed = await later.backups.list(later.signal);
	expect(listed.map(({manifest}) => manifest?.purpose)).toEqual(['before-upgrade:sha256:1']);
	const none = backupSteps({purpose: async () => undefined});
	expect(await goThrough(none, later)).toEqual(steps.map(({id}) => `${id}: ok, ok`));
});

test('a dry run tells what would be made and leaves no trace', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const world = {...(await siteOf(settings)), pass: 'look'} as const;
	const found = [];
	for (const step of backupPlan.steps) found.push(...changesOf(await look(step, world)));
	expect(found).toEqual([
		`create secrets and certificates in ${settings.folder}`,
		`create values, answers, journal and inventory in ${settings.folder}`,
		'create dump of the database of the workspace one',
		'create dump of the database of the workspace two',
		'create dump of the database of the control plane',
		`create manifest and checksums in ${settings.folder}`,
		'check every file of the backup, read back',
	]);
	expect(await world.backups.list(world.signal)).toEqual([]);
});

test('what is not installed is told, and is not in the backup', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const [one] = answers.workspaces;
	const world = await siteOf(settings, {installed: [one?.release ?? '']});
	const ready = await look(stepOf('backup-ready'), world);
	expect(ready).toMatchObject({status: 'ok', note: expect.stringMatching(/^2 databases, about 2\.0 KiB, to \S+$/u)});
	expect(ready.status === 'ok' && ready.warnings).toEqual([
		'workspace two is not installed: it is not in the backup',
		'the backup is not encrypted: whoever reads its folder has every password and key (backup.encryption)',
	]);
	expect(rowsOf(world.told as never)).toEqual([
		'database of the control plane: ok, PostgreSQL 15.18: 1 table, 3 rows, 1000 B; pg_dump 18.6 on this host',
		'database of the workspace one: ok, PostgreSQL 15.18: 1 table, 3 rows, 1000 B; pg_dump 18.6 on this host',
	]);
});

test('without a control plane there is nothing to back up', async () => {
	const settings = await settingsOf({encryption: 'none'});
	const world = await siteOf(settings);
	const empty = {...world, helm: {...world.helm, release: async () => undefined}};
	expect(await refusalOf(look(stepOf('backup-ready'), empty))).toMatchObject({
		code: 'backup-nothing-installed',
		cause: 'Helm knows no release zenml-pro in the namespace zenml-pro that is deployed.',
		fix: 'Give the answers that it was installed with; where it is not installed, install it first.',
	});
});

test('a database that holds half of a restore is not backed up', async () => {
	const half = async () => ({tables: [], bytes: 0, isHalfRestored: true});
	const world = await siteOf(await settingsOf({encryption: 'none'}), {database: {contents: half}});
	expect(await refusalOf(look(stepOf('backup-ready'), world))).toMatchObject({
		code: 'backup-half-restored',
		cause: 'A restore into it began and did not come to its end: a backup of it would be worth nothing.',
		fix: 'Start the restore again and let it come to its end, then make the backup.',
	});
});

test('without the Secret of what was generated no backup is made', async () => {
	const world = await siteOf(await settingsOf({encryption: 'none'}));
	const bare = {...world, cluster: {...world.cluster, get: async () => undefined}};
	expect(await refusalOf(stepOf('backup-secrets').apply?.(bare) ?? Promise.resolve())).toMatchObject({
		code: 'backup-secret-gone',
		message: 'The Secret zenml-pro/zenml-airgap-generated is not in the cluster.',
		cause: 'It holds what was generated when this was installed: no backup is whole without it.',
		fix: 'Bring it back from an earlier backup, or run the install again where nothing was ever stored.',
	});
});

test('half of a backup is never called whole', async () => {
	const world = await siteOf(await settingsOf({encryption: 'none'}));
	expect(await refusalOf(stepOf('backup-finish').apply?.(world) ?? Promise.resolve())).toMatchObject({
		code: 'backup-incomplete',
		cause:
			'These were not written: secrets and settings, database of the control plane, database of the workspace one, database of the workspace two.',
		fix: 'Start it again from its first step, without --from.',
	});
	expect((await world.backups.list(world.signal)).map(({state}) => state)).toEqual(['unfinished']);
});
