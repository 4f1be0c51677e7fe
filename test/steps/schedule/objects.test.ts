import {expect, test} from 'vitest';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {scheduleObjectsStep} from '../../../source/steps/schedule/objects.ts';
import {scheduleObjects} from '../../../source/steps/schedule/wanted.ts';
import {carried, facts, generatedAndEnrolled, kept, secretObject} from '../parts.ts';
import {changesOf, code, type Given, linesOf, look, refusalOf, worldOf} from '../world.ts';
import {scheduledTo, siteOf, toolsDigest, volume} from './site.ts';

type PodSpec = {
	readonly imagePullSecrets?: readonly object[];
	readonly containers: readonly {
		readonly image: string;
		readonly env: readonly {readonly name: string; readonly value: string}[];
	}[];
	readonly volumes: readonly object[];
};

const podOf = ({spec}: KubeObject): PodSpec =>
	(spec as {readonly jobTemplate: {readonly spec: {readonly template: {readonly spec: PodSpec}}}}).jobTemplate.spec
		.template.spec;

/** What a schedule is: its kinds, the members of its Secret as text, and the pods of its two CronJobs. */
const wanted = async (given: Given, ...objects: readonly KubeObject[]) => {
	const all = await scheduleObjects(siteOf(given, ...objects).world);
	const own = all.find(({kind, metadata}) => kind === 'Secret' && metadata.name === 'zenml-backup');
	const secret = own?.data as Readonly<Record<string, string>>;
	const [backup, watch] = all.filter(({kind}) => kind === 'CronJob').map(podOf);
	if (!backup || !watch) throw new Error('there are no CronJobs');
	return {
		kinds: all.map(({kind}) => kind),
		text: (name: string) => Buffer.from(secret[name] ?? '', 'base64').toString('utf8'),
		members: Object.keys(secret).sort(),
		backup,
		env: (pod: PodSpec) => Object.fromEntries((pod.containers[0]?.env ?? []).map(({name, value}) => [name, value])),
		watch,
	};
};

const folder = {STORAGE: 'folder', TARGET: '/backups', S3_ENDPOINT: 'none', S3_PREFIX: '/none', S3_PATH_STYLE: 'false'};

test('a volume is claimed and mounted, and is what the script writes to', async () => {
	const {kinds, backup, watch, env} = await wanted({});
	expect(kinds).toEqual(['ServiceAccount', 'PersistentVolumeClaim', 'Secret', 'CronJob', 'CronJob']);
	expect(env(backup)).toMatchObject({...folder, RECIPIENTS: 'age1abc age1def', RETENTION_DAYS: '30'});
	expect(env(watch)).toMatchObject({...folder, MODE: 'watch', STALE_HOURS: '26'});
	expect(backup.volumes).toContainEqual({name: 'storage', persistentVolumeClaim: {claimName: 'zenml-backup'}});
	expect(backup.containers[0]?.image).toBe(`registry.corp/zenml/client-tools@${toolsDigest}`);
	expect(backup.imagePullSecrets).toEqual([{name: 'internal-registry-secret'}]);
});

test('what watches the schedule has the script and the keys of the storage, and no login', async () => {
	const s3 = {endpoint: 'https://s3.corp', bucket: 'backups', accessKey: 'env:ACCESS', secretKey: 'env:SECRET'};
	const answers = scheduledTo({kind: 's3', s3});
	const {backup, watch, members} = await wanted({answers});
	const own = ['scheduled-backup.sh', 'accessKey', 'secretKey', 'ca.crt'];
	const items = own.map((key) => ({key, path: key}));
	expect(members).toEqual(expect.arrayContaining(own));
	expect(watch.volumes[0]).toEqual({name: 'secret', secret: {secretName: 'zenml-backup', items, optional: true}});
	expect(backup.volumes[0]).toEqual({name: 'secret', secret: {secretName: 'zenml-backup', optional: true}});
	const onVolume = await wanted({});
	expect(onVolume.watch.volumes[0]).toMatchObject({secret: {items: items.slice(0, 1)}});
});

test('a folder of an NFS server is mounted by itself, and nothing is claimed', async () => {
	const answers = scheduledTo({kind: 'nfs', nfs: {server: 'nfs.corp', path: '/exports/backups'}});
	const {kinds, backup, env} = await wanted({answers});
	expect(kinds).not.toContain('PersistentVolumeClaim');
	expect(env(backup)).toMatchObject(folder);
	expect(backup.volumes).toContainEqual({name: 'storage', nfs: {server: 'nfs.corp', path: '/exports/backups'}});
});

test('a bucket is spoken with: its keys are in the Secret alone, and nothing is mounted but that', async () => {
	const s3 = {endpoint: 'https://s3.corp', bucket: 'backups', accessKey: 'env:ACCESS', secretKey: 'env:SECRET'};
	const answers = scheduledTo({kind: 's3', s3: {...s3, prefix: 'zenml', region: 'corp-1', pathStyle: true}});
	const {kinds, backup, env, text} = await wanted({answers});
	expect(kinds).toEqual(['ServiceAccount', 'Secret', 'CronJob', 'CronJob']);
	expect(['accessKey', 'secretKey', 'ca.crt'].map(text)).toEqual([
		'behind env:ACCESS',
		'behind env:SECRET',
		'text of /pki/ca.crt',
	]);
	expect(env(backup)).toMatchObject({
		...{STORAGE: 's3', TARGET: 'none', S3_ENDPOINT: 'https://s3.corp', S3_BUCKET: 'backups'},
		...{S3_PREFIX: '/zenml', S3_REGION: 'corp-1', S3_PATH_STYLE: 'true'},
	});
	expect(JSON.stringify(backup)).not.toContain('behind');
	expect(backup.volumes).not.toContainEqual(expect.objectContaining({name: 'storage'}));
});

test('a registry that asks for no login needs no pull Secret', async () => {
	const answers = scheduledTo(volume, {registry: {host: 'registry.corp'}});
	expect((await wanted({answers})).backup).not.toHaveProperty('imagePullSecrets');
});

test('logins of PostgreSQL are words of a shell and a file of passwords, workspaces first', async () => {
	const {text, members} = await wanted({});
	expect(text('databases')).toBe('0\tpostgresql\tdefault\tzenml_workspace\n1\tpostgresql\tcontrolPlane\tzenml_pro\n');
	expect(members.filter((name) => name.startsWith('db-'))).toEqual([
		...['db-0.ca.pem', 'db-0.environment', 'db-0.passwords', 'db-1.ca.pem', 'db-1.environment', 'db-1.passwords'],
	]);
	expect(text('db-1.environment')).toContain('export PGHOST=db.corp\n');
	expect(text('db-1.environment')).not.toContain('pro-password');
	expect(text('db-1.passwords')).toContain(':pro-password');
});

test('logins of MySQL are a file of options, as the product behind the port reads it', async () => {
	const asked: string[] = [];
	const probe = async ({database}: {readonly database: string}) => {
		asked.push(database);
		return {...facts, product: 'MySQL' as const};
	};
	const answers = scheduledTo(volume, {database: {engine: 'mysql', host: 'db.corp'}});
	const {text} = await wanted({answers, databases: {mysql: {probe}}});
	expect(asked).toEqual(['zenml_workspace', 'zenml_pro']);
	expect(text('databases').split('\n')[1]).toBe('1\tmysql\tcontrolPlane\tzenml_pro');
	expect(text('db-1.login.cnf')).toContain('pro-password');
});

const certified = [
	secretObject('zenml-pro', 'zenml-tls', {'tls.crt': 'CERTIFICATE', 'tls.key': 'KEY'}),
	secretObject('zenml-pro', 'zenml-ca', {'ca.crt': 'CA'}),
];

/** In the order in which a backup of this host writes them. */
const allParts = [
	...['secrets.json', 'certificates-certificate.pem', 'certificates-key.pem', 'certificates-ca.pem'],
	...['values-controlPlane.yaml', 'values-default.yaml', 'answers.yaml', 'journal.json', 'inventory.json'],
];

test('values, answers and inventory are put aside; what other programs change is mounted, for which the pod needs no right', async () => {
	const {text, members, backup, watch, env} = await wanted({}, ...certified);
	expect(env(backup)).toMatchObject({PARTS: allParts.join(' '), LIVE: '/run/zenml-airgap/live'});
	expect(env(backup).RESULT).toBe('/dev/termination-log');
	expect(env(watch).RESULT).toBe('/dev/termination-log');
	const mounted = (name: string, key: string, path: string) => ({
		secret: {name, items: [{key, path}], optional: true},
	});
	expect(backup.volumes).toContainEqual({
		name: 'secret-files',
		projected: {
			sources: [
				mounted('zenml-tls', 'tls.crt', 'certificates-certificate.pem'),
				mounted('zenml-tls', 'tls.key', 'certificates-key.pem'),
				mounted('zenml-ca', 'ca.crt', 'certificates-ca.pem'),
				mounted('zenml-airgap-state', 'state.json', 'journal.json'),
			],
		},
	});
	expect(JSON.stringify(watch.volumes), 'what only looks needs no key').not.toContain('zenml-tls');
	expect(members.filter((name) => allParts.includes(name))).toEqual([
		...['answers.yaml', 'inventory.json', 'secrets.json', 'values-controlPlane.yaml', 'values-default.yaml'],
	]);
	expect(text('values-default.yaml')).toBe('of: zenml\n');
	expect(JSON.parse(text('inventory.json'))).toMatchObject({components: [{name: 'controlPlane'}, {name: 'default'}]});
	expect(JSON.stringify(backup)).not.toContain('CERTIFICATE');
});

test('in a namespace of its own nothing is mounted: certificates are put aside, and the journal is what is lacking', async () => {
	const answers = scheduledTo({...volume, namespace: 'zenml-backup'});
	const {text, backup, env, members} = await wanted({answers}, ...certified);
	expect(env(backup).PARTS, 'what is lacking is told by its pod').toBe(allParts.join(' '));
	expect(backup.volumes).not.toContainEqual(expect.objectContaining({name: 'secret-files'}));
	expect(text('certificates-key.pem')).toBe('KEY');
	expect(members).not.toContain('journal.json');
});

test('what a site does not have is not missed by its backups', async () => {
	const {backup, env} = await wanted({});
	expect(env(backup).PARTS?.split(' ')).toEqual(allParts.filter((name) => !name.startsWith('certificates')));
	expect(JSON.stringify(backup.volumes)).not.toContain('zenml-ca');
});

test('what would not fit into a Secret is refused before anything is made', async () => {
	const tls = secretObject('zenml-pro', 'zenml-tls', {'tls.crt': 'x'.repeat(1_000_000)});
	const problem = await refusalOf(look(scheduleObjectsStep, siteOf({}, tls).world));
	expect(problem.code).toBe(code('schedule-too-large'));
	expect(problem.cause).toContain('the API server takes 1000000');
});

test('a bundle without client tools is refused before anything is made, by the engine that lacks them', async () => {
	const none = siteOf({bundle: carried()}).world;
	expect((await refusalOf(look(scheduleObjectsStep, none))).cause).toBe(
		'The bundle carries no image of client tools for postgresql.',
	);
});

test('what is not there is made, what differs is updated by the name of its field, and the rest is left', async () => {
	const {world, all} = siteOf();
	expect(changesOf(await look(scheduleObjectsStep, world))).toEqual([
		'create ServiceAccount zenml-pro/zenml-backup',
		'create PersistentVolumeClaim zenml-pro/zenml-backup',
		'create Secret zenml-pro/zenml-backup',
		'create CronJob zenml-pro/zenml-backup',
		'create CronJob zenml-pro/zenml-backup-watch',
	]);
	await scheduleObjectsStep.apply?.(world);
	expect(await look(scheduleObjectsStep, world)).toEqual({status: 'ok', note: '5 objects'});

	const changed = [...all.values()].map((one) =>
		one.kind === 'Secret' && one.metadata.name === 'zenml-backup' ? {...one, data: {databases: 'bm9uZQ=='}} : one,
	);
	const later = worldOf({...world, cluster: kept(generatedAndEnrolled(), ...changed)});
	expect(changesOf(await look(scheduleObjectsStep, later))).toEqual(['update Secret zenml-pro/zenml-backup (data)']);
	await scheduleObjectsStep.apply?.(later);
	expect(linesOf(later.told).filter((line) => line.endsWith('applied'))).toEqual([
		'info Secret zenml-pro/zenml-backup applied',
	]);
	expect(await look(scheduleObjectsStep, later)).toEqual({status: 'ok', note: '5 objects'});
});
