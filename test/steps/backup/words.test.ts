import {describe, expect, test} from 'vitest';
import type {AnswersInput} from '../../../source/answers/schema.ts';
import type {
	BackupManifest,
	BackupPart,
	BackupPort,
	BackupSummary,
	OpenBackup,
	PartHead,
	ReadBackup,
} from '../../../source/backup/types.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import type {DumpTools} from '../../../source/database/dump/types.ts';
import {databasesStep} from '../../../source/steps/backup/databases.ts';
import {finishStep} from '../../../source/steps/backup/finish.ts';
import {componentOf, installedOf} from '../../../source/steps/backup/installed.ts';
import {readyStep} from '../../../source/steps/backup/ready.ts';
import {memberOf, readSecrets} from '../../../source/steps/backup/secret-objects.ts';
import {secretsStep} from '../../../source/steps/backup/secrets.ts';
import {carried, facts, files, generatedAndEnrolled, kept, refusal, releaseOf, secretObject} from '../parts.ts';
import {answersOf, changesOf, type Given, linesOf, look, refusalOf, rowsOf, worldOf} from '../world.ts';

const asked = {purpose: async () => 'asked'};
const withBackup = (backup: AnswersInput['backup'], more: Partial<AnswersInput> = {}) =>
	answersOf((input) => ({...input, ...more, backup}));

const contents = {tables: [{name: 'user', rows: 3}], bytes: 1000, isHalfRestored: false};
const inPod: DumpTools = {
	...{engine: 'mysql', where: 'cluster', program: 'mysqldump', version: '8.4.3'},
	...{product: 'MySQL', serverVersion: '8.4.3'},
};
const mysql = {
	probe: async () => ({...facts, product: 'MySQL' as const, version: '8.4.3'}),
	contents: async () => contents,
};

/** A backup that is being made, in memory alone; `has` names what is in it already, by kind and name. */
const openOf = (has: readonly string[] = []) => {
	const added: PartHead[] = [];
	const partOf = ({kind, name}: Pick<PartHead, 'kind' | 'name'>): BackupPart => ({
		...{kind, name, file: `${name}.age`, bytes: 9, plainBytes: 4, sha256: '', startedAt: '', endedAt: ''},
	});
	const open: OpenBackup = {
		folder: '/backups/1',
		manifest: () => ({}) as BackupManifest,
		has: (kind, name) => (has.includes(`${kind} ${name}`) ? partOf({kind, name}) : undefined),
		add: async (head) => {
			added.push(head);
			return partOf(head);
		},
		finish: async () => ({}) as BackupManifest,
	};
	return {open, added};
};

const siteOf = (given: Given = {}, backups: Partial<BackupPort> = {}, ...objects: readonly KubeObject[]) =>
	worldOf({
		answers: withBackup({encryption: 'none'}),
		bundle: carried(),
		helm: {release: async (name, namespace) => releaseOf({name, namespace}), values: async () => ({})},
		host: files,
		holdLease: async () => undefined,
		cluster: {...kept(generatedAndEnrolled(), ...objects), denied: async () => []},
		databases: {mysql, postgresql: {...mysql, probe: async () => facts}},
		backups: {
			folder: '/backups',
			list: async () => [],
			pending: async () => undefined,
			ready: async () => undefined,
			...backups,
		},
		dumps: {look: async () => ({...inPod, program: undefined}) as never, tools: async () => inPod},
		...given,
	});

const ofMysql = withBackup({encryption: 'none'}, {database: {engine: 'mysql', host: 'db.corp'}});

describe('a site that is ready for a backup', () => {
	test('says which programs will dump, and where they run', async () => {
		const world = siteOf({answers: ofMysql});
		expect(await look(readyStep(asked), world)).toMatchObject({
			status: 'ok',
			note: '2 databases, about 2.0 KiB, to /backups',
		});
		expect(rowsOf(world.told)[0]).toBe(
			'database of the control plane: ok, MySQL 8.4.3: 1 table, 3 rows, 1000 B; mysqldump 8.4.3 in the cluster',
		);
	});

	test('starts no pod in a dry run, and says that its programs are looked at later', async () => {
		const world = siteOf({answers: ofMysql, pass: 'look'});
		expect(await look(readyStep(asked), world)).toMatchObject({
			note: '2 databases, about 2.0 KiB, client tools not looked at yet, to /backups',
		});
		expect(rowsOf(world.told)[0]).toContain('; client tools in the cluster, looked at when the backup is made');
	});

	test.each([
		[
			{recipients: 'age1abc', passphrase: 'env:WORD'},
			['backup.passphrase is not used to encrypt: there are recipients'],
		],
		[{recipients: 'age1abc'}, []],
		[{passphrase: 'env:WORD'}, []],
	])('with %o it warns of %o', async (backup, warnings) => {
		const found = await look(readyStep(asked), siteOf({answers: withBackup(backup)}));
		expect(found).toMatchObject({status: 'ok', warnings});
	});
});

describe('a dump', () => {
	test('of MySQL is SQL, by mysqldump; what is dumped already is not dumped again', async () => {
		const {open, added} = openOf(['database controlPlane']);
		const world = siteOf({answers: ofMysql}, {begin: async () => open});
		await databasesStep(asked).apply?.(world);
		expect(added).toMatchObject([
			{kind: 'database', name: 'default', ending: 'sql', database: {engine: 'mysql', tool: 'mysqldump 8.4.3'}},
		]);
		expect(added[0]?.database).not.toHaveProperty('revision');
	});

	test('is made of nothing in a dry run', async () => {
		const {open} = openOf();
		const world = siteOf({pass: 'look'}, {begin: async () => open});
		await expect(databasesStep(asked).apply?.(world)).rejects.toThrow('a dry run dumps nothing');
	});
});

const whole = {id: '1', folder: '/backups/1', state: 'whole', bytes: 2048, signed: true, uses: []} as const;

/** A site in which a whole backup of its purpose is there, and what was opened of it. */
const siteWithBackup = (given: Given = {}, open: BackupPort['open'] = async () => ({}) as ReadBackup) => {
	const opened: string[] = [];
	const manifest = {purpose: 'asked', run: 'run-of-the-test', parts: [{}, {}]} as unknown as BackupManifest;
	const list = async (): Promise<readonly BackupSummary[]> => [{...whole, manifest}];
	const world = siteOf(given, {
		list,
		open: async (id, ...more) => {
			opened.push(id);
			return open(id, ...more);
		},
	});
	return {world, opened};
};

test('a backup that is there is neither begun nor dumped nor finished again', async () => {
	const {world, opened} = siteWithBackup();
	const steps = [secretsStep, databasesStep, finishStep].map((step) => step(asked));
	for (const step of steps) await step.apply?.(world);
	expect(world.told).toEqual([]);
	for (const _twice of [1, 2])
		expect(await Promise.all(steps.map((step) => look(step, world)))).toEqual([
			{status: 'ok', note: 'in backup 1'},
			{status: 'ok', note: 'in backup 1'},
			{status: 'ok', note: 'backup 1, 2 parts, 2.0 KiB, signed'},
		]);
	expect(opened).toEqual(['1']);
});

test('a backup that is there counts only when its files come back, however often it is looked at', async () => {
	const changed = refusal('backup-file-changed');
	const {world, opened} = siteWithBackup({}, async () => Promise.reject(changed));
	const step = finishStep(asked);
	for (const _again of [1, 2]) expect(await refusalOf(look(step, world))).toMatchObject({code: 'backup-file-changed'});
	expect(opened).toEqual(['1', '1']);
	const dry = siteWithBackup({pass: 'look'}, async () => Promise.reject(changed));
	expect(await look(step, dry.world)).toMatchObject({status: 'ok'});
	expect(dry.opened).toEqual([]);
});

test('with a key the manifest will be signed', async () => {
	const answers = withBackup({encryption: 'none', signingKey: '/keys/backup.key'});
	expect(changesOf(await look(finishStep(asked), siteOf({answers})))[0]).toBe(
		'create manifest, checksums and signature in /backups',
	);
});

describe('Secrets of a backup', () => {
	test('keep the labels and annotations that they had', async () => {
		const tls = secretObject('zenml-pro', 'zenml-tls', {'tls.crt': 'CERTIFICATE'});
		const marked = {...tls, metadata: {...tls.metadata, labels: {of: 'the site'}, annotations: {by: 'somebody'}}};
		const world = siteOf({}, {}, marked);
		const {by} = await readSecrets(world, await installedOf(world));
		expect(by.get('zenml-pro/zenml-tls')).toEqual({
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: {
				...{name: 'zenml-tls', namespace: 'zenml-pro'},
				...{labels: {of: 'the site'}, annotations: {by: 'somebody'}},
			},
			data: {'tls.crt': Buffer.from('CERTIFICATE').toString('base64')},
		});
	});

	test('that are not there are told, and are not in it; those that are in it are not read again', async () => {
		const {open, added} = openOf(['secrets secrets']);
		const world = siteOf({}, {begin: async () => open});
		await secretsStep(asked).apply?.(world);
		expect(added.map(({kind, name}) => `${kind} ${name}`)).toEqual([
			...['values controlPlane', 'values default', 'answers answers', 'inventory inventory'],
		]);
		expect(linesOf(world.told)).toEqual(
			expect.arrayContaining([
				'info certificates certificate: there is none, and none in the backup',
				'info journal journal: there is none, and none in the backup',
			]),
		);
	});

	test('have members as text, and nothing where there is none', () => {
		const secret = secretObject('zenml-pro', 'one', {key: 'text'});
		expect([memberOf(secret, 'key'), memberOf(secret, 'other'), memberOf(undefined, 'key')]).toEqual([
			'text',
			undefined,
			undefined,
		]);
	});
});

test('an image that no node tells by digest is named by its tag, and a pod that cannot be read by nothing', async () => {
	const pods = [
		{spec: {containers: [{name: 'a', image: 'registry.corp/a:1'}]}, status: {containerStatuses: [{name: 'a'}]}},
		{spec: 'of another kind'},
	].map((more, index) => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: `pod-${index}`}, ...more}) as KubeObject);
	const world = siteOf({cluster: {list: async () => pods}});
	const [one] = await installedOf(world);
	if (!one) throw new Error('nothing is installed');
	expect((await componentOf(world, one)).images).toEqual(['registry.corp/a:1']);
});
