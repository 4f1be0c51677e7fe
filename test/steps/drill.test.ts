import {expect, test} from 'vitest';
import type {BackupManifest, BackupSummary} from '../../source/backup/types.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {drillCleanSteps, drillSteps} from '../../source/steps/drill/index.ts';
import {networkPolicy} from '../../source/steps/drill/isolation.ts';
import {createMemory} from '../../source/steps/drill/record.ts';
import {copiesFor} from '../../source/steps/drill/secrets.ts';
import {planOf} from '../../source/steps/drill/targets.ts';
import {scratchValues} from '../../source/steps/drill/values.ts';
import {stage} from '../../source/steps/drill/work.ts';
import {answersOf, changesOf, code, type Given, look, refusalOf, worldOf} from './world.ts';

const at = '2026-01-31T18:30:00.000Z';
const partOf = (name: string) =>
	({
		...({kind: 'database', name, file: `${name}.dump`, bytes: 1, plainBytes: 1, sha256: '0'.repeat(64)} as const),
		...{startedAt: at, endedAt: at},
		database: {engine: 'postgresql', product: 'PostgreSQL', version: '15.1', name, tables: [], tool: 'pg_dump 15'},
	}) as const;
const componentOf = (name: string, chart: string) => ({
	...{name, release: name, namespace: `of-${name}`, chart, revision: 1, images: []},
});
const manifest: BackupManifest = {
	...({format: 1, id: 'B1', purpose: 'asked', run: 'r', tool: 't', createdAt: at, finishedAt: at} as const),
	...({encryption: 'none', recipients: []} as const),
	components: [componentOf('controlPlane', 'zenml-pro-0.13.0'), componentOf('default', 'zenml-0.98.0')],
	parts: [partOf('default'), partOf('controlPlane')],
};
const summary = (change: Partial<BackupSummary> = {}): BackupSummary => ({
	...{id: 'B1', folder: '/b/B1', state: 'whole', manifest, bytes: 2, signed: false, uses: [], ...change},
});

const admin = {password: 'env:DBA'};
const scratch = {left: async () => [] as readonly string[], script: () => ['CREATE ROLE zenml_drill_admin']};
const chart = (name: string, version: string) => ({name, version, path: '/c.tgz', digest: 'sha256:1'});

/** A site with that backup; `change` takes something of it away. */
const siteOf = (change: Given = {}, withAdmin = true) =>
	worldOf({
		answers: answersOf((input) => ({
			...input,
			database: {engine: 'postgresql', host: 'db.corp', tls: 'disable', ...(withAdmin && {admin})},
		})),
		backups: {folder: '/b', list: async () => [summary()]},
		bundle: {
			open: async () =>
				({controlPlaneChart: chart('zenml-pro', '0.13.0'), workspaceChart: chart('zenml', '0.98.0')}) as never,
		},
		cluster: {get: async () => undefined},
		databases: {
			postgresql: {probe: async () => ({product: 'PostgreSQL', version: '15.1'}) as never, scratch: scratch as never},
		},
		dumps: {look: async () => ({program: 'pg_dump'}) as never},
		holdLease: async () => undefined,
		...change,
	});

const [source, left] = drillSteps();
const sourceOf = async (world: ReturnType<typeof siteOf>, backup?: string) => {
	const [first] = drillSteps({backup});
	return first ? look(first, world) : undefined;
};

test('what is drilled is told before anything is made', async () => {
	expect(await sourceOf(siteOf())).toMatchObject({
		status: 'ok',
		note: expect.stringContaining('backup B1, its data are'),
	});
	if (!source || !left) throw new Error('steps');
	expect(await look(left, siteOf())).toEqual({status: 'ok', note: 'nothing', warnings: []});
	const all = drillSteps();
	const world = {...siteOf(), pass: 'look'} as const;
	const databases = all.find(({id}) => id === 'drill-databases');
	expect(databases && changesOf(await look(databases, world))).toEqual([
		'create database zenml_drill_pro (restored from the dump of the control plane)',
		'create database zenml_drill_ws1 (restored from the dump of the workspace default)',
	]);
});

test('without an administrator the SQL for the DBA is told', async () => {
	expect(await sourceOf(siteOf({}, false))).toMatchObject({
		problem: {
			code: code('drill-needs-dba'),
			cause: 'database.admin is not given, which the database of the control plane needs.',
			fix: 'Have the database admin run the SQL below, and give the login that it makes as database.admin.username and database.admin.password for the drill.',
			evidence: ['CREATE ROLE zenml_drill_admin'],
		},
	});
});

test('no backup, one that is not whole, and one that is not there are refused', async () => {
	const none = siteOf({backups: {folder: '/b', list: async () => []}});
	expect(await sourceOf(none)).toMatchObject({problem: {code: code('backup-none')}});
	expect(await sourceOf(none, 'B9')).toMatchObject({problem: {code: code('backup-not-found')}});
	expect(await sourceOf(siteOf(), 'B9')).toMatchObject({problem: {code: code('backup-not-found')}});
	const broken = siteOf({backups: {folder: '/b', list: async () => [summary({state: 'broken'})]}});
	expect(await sourceOf(broken, 'B1')).toMatchObject({
		problem: {
			code: code('drill-backup-unfit'),
			cause: 'Only a whole backup is restored.',
			fix: 'Name a whole one, or none: then the newest whole one is taken.',
		},
	});
});

test('a backup of another site, and one of another bundle, are refused', async () => {
	const foreign = {...manifest, parts: [partOf('other')]};
	expect(
		await sourceOf(siteOf({backups: {folder: '/b', list: async () => [summary({manifest: foreign})]}})),
	).toMatchObject({
		problem: {
			code: code('drill-nothing'),
			cause: 'None of its databases is that of a component of these answers; it has: other.',
			fix: 'Give the answers of the site that the backup is of.',
		},
	});
	const newer = async () =>
		({controlPlaneChart: chart('zenml-pro', '0.14.0'), workspaceChart: chart('zenml', '0.98.0')}) as never;
	expect(await sourceOf(siteOf({bundle: {open: newer}}))).toMatchObject({
		problem: {
			code: code('drill-other-chart'),
			cause: 'The backup was made of zenml-pro-0.13.0; the bundle carries zenml-pro-0.14.0.',
			fix: 'Name the bundle of that time with --bundle, or drill a backup of what is installed now.',
		},
	});
});

const namespace = (labels: Readonly<Record<string, string>>): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name: 'zenml-airgap-drill', labels},
});
const ours = {'app.kubernetes.io/managed-by': 'zenml-airgap', 'zenml-airgap.io/drill': 'scratch'};

test('a namespace of that name which no drill has made is not touched', async () => {
	const get = async () => namespace({team: 'another'});
	expect(await sourceOf(siteOf({cluster: {get}}))).toMatchObject({
		problem: {
			code: code('drill-namespace-not-ours'),
			cause: 'It lacks the labels that a drill puts on its own, so nothing in it is touched.',
			fix: 'Have the cluster admin look what it is, and delete it where nobody needs it; then start the drill again.',
		},
	});
});

test('what an earlier drill left is named, and removed: servers first, then databases', async () => {
	const deeds: string[] = [];
	let isThere = true;
	const world = siteOf({
		cluster: {
			get: async () => (isThere ? namespace(ours) : undefined),
			delete: async ({name}) => {
				deeds.push(`namespace ${name}`);
				isThere = false;
			},
		},
		databases: {
			postgresql: {
				scratch: {
					...scratch,
					left: async () => ['zenml_drill_pro'],
					drop: async (_admin: unknown, name: string) => void deeds.push(`database ${name}`),
				} as never,
			},
		},
	});
	const [clean] = drillCleanSteps();
	if (!clean?.apply) throw new Error('it cleans');
	expect(changesOf(await look(clean, world))).toEqual([
		'delete namespace zenml-airgap-drill',
		'delete database zenml_drill_pro (on db.corp)',
	]);
	await clean.apply(world);
	expect(deeds).toEqual(['namespace zenml-airgap-drill', 'database zenml_drill_pro']);
});

test('a namespace that does not go away is a problem, and its databases stay', async () => {
	let now = 0;
	const world = siteOf({
		clock: {
			now: () => now,
			sleep: async (ms) => {
				now += ms;
			},
		},
		cluster: {get: async () => namespace(ours), delete: async () => undefined},
	});
	const [clean] = drillCleanSteps();
	if (!clean?.apply) throw new Error('it cleans');
	expect(await refusalOf(clean.apply(world))).toMatchObject({
		code: code('drill-namespace-stays'),
		cause: 'It was deleted, and 180 s later it is still there: something in it is held.',
		fix: 'Find out what holds it, then run zenml-airgap drill --clean: its databases are still there.',
	});
});

test('a report without a drill is refused, and one that failed fails the plan after it is written', async () => {
	const saved: string[] = [];
	const uses: unknown[] = [];
	const world = siteOf({
		backups: {folder: '/b', list: async () => [summary()], noteUse: async (_id, use) => void uses.push(use)},
		host: {
			saveState: async (name) => {
				saved.push(name);
				return `/state/${name}`;
			},
		},
	});
	const steps = drillSteps();
	const report = steps.find(({id}) => id === 'drill-report');
	const databases = steps.find(({id}) => id === 'drill-databases');
	if (!report?.apply || !databases?.apply || !steps[0]) throw new Error('steps');
	expect(await refusalOf(report.apply(world))).toMatchObject({
		code: code('drill-not-whole'),
		cause: 'The run began after the first step of the drill.',
		fix: 'Start it again without --from.',
	});
	await look(steps[0], world);
	// The backup cannot be opened in this world: that is a finding, and no end.
	await databases.apply({...world, backups: {...world.backups, open: async () => Promise.reject(new Error('torn'))}});
	await report.apply(world);
	expect(saved).toEqual(['reports/drill-run-of-the-test.json', 'reports/drill-run-of-the-test.txt', 'drill.json']);
	expect(uses).toMatchObject([{kind: 'drill', note: expect.stringContaining('FAILED at 1 check')}]);
	expect(await look(report, world)).toMatchObject({
		status: 'blocked',
		problem: {
			code: code('drill-failed'),
			cause: expect.stringContaining('The first of them: backup opened: '),
			fix: 'Read the report /state/reports/drill-run-of-the-test.txt, mend what it names, make a new backup and drill that: this one may not bring the site back.',
		},
	});
});

test('a stage that is stopped cleans up', async () => {
	const stop = new AbortController();
	const memory = createMemory();
	const deeds: string[] = [];
	const scratchLeft = {
		...scratch,
		left: async () => ['zenml_drill_pro'],
		drop: async (_admin: unknown, name: string) => void deeds.push(name),
	};
	const world = siteOf({signal: stop.signal, databases: {postgresql: {scratch: scratchLeft as never}}});
	memory.begin(world.runId, {startedAt: 0, backup: 'B1', dataOf: at});
	const {apply} = stage(memory, {
		id: 'x',
		todo: async () => [],
		done: () => '',
		work: async () => {
			stop.abort(new Error('stopped'));
			stop.signal.throwIfAborted();
		},
	});
	await expect(apply?.(world)).rejects.toThrow('stopped');
	expect(deeds).toEqual(['zenml_drill_pro']);
});

test('values lead to the scratch alone: no way in, no enrolment, no workload manager, other names', async () => {
	const {targets} = await planOf(siteOf(), undefined);
	const [pro, workspace] = targets;
	if (!pro || !workspace) throw new Error('two targets');
	const kept = [
		{
			metadata: {name: 'zenml-database', namespace: 'of-default'},
			type: 'Opaque',
			data: {password: 'b2xk', 'ca.pem': 'Y2E='},
		},
		{metadata: {name: 'zenml-enrollment', namespace: 'of-default'}, data: {enrollmentKey: 'a2V5'}},
		{metadata: {name: 'zenml-database', namespace: 'elsewhere'}, data: {password: 'eA=='}},
	];
	const {names, objects} = copiesFor(kept, workspace, 'new');
	expect(objects.map(({metadata, data}) => [metadata.name, data])).toEqual([
		['zenml-database-ws1', {password: Buffer.from('new').toString('base64'), 'ca.pem': 'Y2E='}],
	]);
	const values = scratchValues(
		{
			server: {
				replicaCount: 3,
				serverURL: 'https://zenml.corp.internal',
				pro: {enabled: true, apiURL: 'https://zenml-pro.corp.internal/api/v1', enrollmentKey: 'secret'},
				database: {
					url: 'mysql://zenml@db.corp:3306/zenml_default',
					passwordSecretRef: {name: 'zenml-database', key: 'password'},
				},
				environment: {ZENML_SERVER_WORKLOAD_MANAGER_IMPLEMENTATION_SOURCE: 'x', ZENML_SERVER_DISPLAY_UPDATES: 'false'},
				secretsStore: {sql: {encryptionKey: 'k'}},
				ingress: {enabled: true, host: 'zenml.corp.internal'},
			},
			autoscaling: {enabled: true},
		},
		workspace,
		{password: 'new', copies: names},
	);
	expect(values).toEqual({
		server: {
			replicaCount: 1,
			serverURL: 'https://ws1.drill.invalid',
			pro: {enabled: false},
			database: {
				url: 'mysql://zenml_drill_ws1@db.corp:3306/zenml_drill_ws1',
				passwordSecretRef: {name: 'zenml-database-ws1', key: 'password'},
			},
			environment: {ZENML_SERVER_DISPLAY_UPDATES: 'false'},
			secretsStore: {sql: {encryptionKey: 'k'}},
			ingress: {enabled: false, host: 'zenml.corp.internal'},
		},
		autoscaling: {enabled: false},
	});
	const unread = () => scratchValues({zenml: {}}, pro, {password: 'p', copies: new Map()});
	expect(await refusalOf(Promise.resolve().then(unread))).toMatchObject({
		code: code('drill-values-unread'),
		cause: 'It says where the database is; the scratch server must be led to another one.',
		fix: 'Make a new backup with what is installed now, and drill that.',
	});
});

test('the policy lets pods of the drill reach each other, name servers and the ports of databases, and nothing else', () => {
	expect(networkPolicy(siteOf()).spec).toMatchObject({
		policyTypes: ['Ingress', 'Egress'],
		ingress: [{from: [{podSelector: {}}]}],
		egress: [
			{to: [{podSelector: {}}]},
			{
				ports: [
					{protocol: 'UDP', port: 53},
					{protocol: 'TCP', port: 53},
					{protocol: 'TCP', port: 5432},
				],
			},
		],
	});
});
