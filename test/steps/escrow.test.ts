import {expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {smallPart} from '../../source/steps/drill/databases.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {
	escrowFault,
	escrowKeys,
	escrowText,
	readEscrow,
	requirePlace,
	writeEscrow,
} from '../../source/steps/shared/marks/escrow.ts';
import {escrowStanding} from '../../source/steps/verification/backup.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const key = '5'.repeat(64);

/** A cluster that keeps the Secret of what was generated, and whatever is applied. */
const siteOf = (encryptionKey = key) => {
	const kept = new Map<string, KubeObject>();
	const secret: KubeObject = {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name: 'zenml-airgap-generated', namespace: 'zenml-pro'},
		data: {
			'workspaces.default.encryptionKey': encoded(encryptionKey),
			'workspaces.default.jwtSecretKey': encoded('7'.repeat(64)),
		},
	};
	return worldOf({
		answers: answersOf((input) => ({...input, backup: {passphrase: 'env:BACKUP'}})),
		cluster: {
			get: async ({kind, name}) => (kind === 'Secret' ? secret : kept.get(name)),
			apply: async (object) => {
				kept.set(object.metadata.name, object);
				return object;
			},
		},
	});
};

const recordOf = async (world: ReturnType<typeof siteOf>, at = '2026-01-31T18:30:00.000Z') => ({
	...{at, by: 'operator on jump-host', where: 'safe in room 12'},
	keys: (await escrowKeys(world)).map(({name, fingerprint}) => ({name, fingerprint})),
});

test('keys are told by name and fingerprint, and known to the redactor', async () => {
	const world = siteOf();
	const keys = await escrowKeys(world);
	expect(keys.map(({name}) => name)).toEqual(['workspaces.default.encryptionKey', 'workspaces.default.jwtSecretKey']);
	for (const {fingerprint, value} of keys) {
		expect(fingerprint).toMatch(/^[0-9a-f]{16}$/u);
		expect(world.secrets).toContain(value);
	}
});

test('a confirmation is kept in the cluster without any key, and read again', async () => {
	const world = siteOf();
	expect(await readEscrow(world)).toBeUndefined();
	const record = await recordOf(world);
	await writeEscrow(world, record);
	expect(await readEscrow(world)).toEqual(record);
	expect(escrowText(record)).toBe('2026-01-31T18:30:00.000Z by operator on jump-host: safe in room 12');
	expect(JSON.stringify(record)).not.toContain(key);
});

test('never, older than a year, and a key that changed since are told; else nothing is', async () => {
	const world = siteOf();
	const record = await recordOf(world);
	const keys = await escrowKeys(world);
	const then = Date.parse(record.at);
	expect(escrowFault(undefined, keys, then)).toBe('nobody has confirmed that there is a copy outside of the cluster');
	expect(escrowFault(record, keys, then + 1000)).toBeUndefined();
	expect(escrowFault(record, keys, then + 366 * 86_400_000)).toContain('more than a year');
	expect(escrowFault(record, await escrowKeys(siteOf('6'.repeat(64))), then)).toBe(
		'new or changed since it was confirmed: workspaces.default.encryptionKey',
	);
});

test('the verification warns until it is confirmed, where backups are wanted, and sees that it is in any case', async () => {
	const world = siteOf();
	const noBackups = {...world, answers: answersOf()};
	expect(await escrowStanding(world)).toEqual({
		isConfirmed: false,
		warnings: [
			'keys outside of the cluster: nobody has confirmed that there is a copy outside of the cluster; the command "backup escrow" writes and confirms them',
		],
	});
	expect(await escrowStanding(noBackups)).toEqual({isConfirmed: false, warnings: []});
	await writeEscrow(world, await recordOf(world, new Date().toISOString()));
	expect(await escrowStanding(world)).toEqual({isConfirmed: true, warnings: []});
	expect(await escrowStanding(noBackups)).toEqual({isConfirmed: true, warnings: []});
});

test('a confirmation of keys that have changed since counts no more', async () => {
	const world = siteOf();
	const before = await recordOf(world, new Date().toISOString());
	const changed = siteOf('6'.repeat(64));
	await writeEscrow(changed, before);
	expect((await escrowStanding(changed)).isConfirmed).toBe(false);
});

test('words that say nothing are no place', async () => {
	expect(requirePlace(' safe\n in room 12 ')).toBe('safe in room 12');
	for (const words of [' ', 'x'.repeat(201)])
		expect(await refusalOf(Promise.resolve().then(() => requirePlace(words)))).toMatchObject({
			code: code('escrow-place-unfit'),
			cause: 'Words after --confirm say it for whoever looks for it one day: one to 200 characters.',
			fix: 'Say where it lies, as in --confirm "safe in room 12, envelope 7".',
		});
});

test('what keeps keys from being written is told with its cause and fix', () => {
	expect(stepProblems.problem('escrow-no-keys', {secret: 'zenml-pro/zenml-airgap-generated'})).toMatchObject({
		cause: 'The Secret zenml-pro/zenml-airgap-generated holds no key of a workspace of these answers.',
		fix: 'Install first, or give the answers that it was installed with.',
	});
	expect(stepProblems.problem('escrow-not-encrypted', {})).toMatchObject({
		cause:
			'They are written encrypted with age or not at all, and backup.recipients and backup.passphrase are not given.',
		fix: 'Name the public key of whoever keeps them in backup.recipients, or a passphrase in backup.passphrase.',
	});
	expect(stepProblems.problem('escrow-file-unwritable', {file: '/x', reason: 'no room'})).toMatchObject({
		cause: 'The system says: no room',
		fix: 'Name a new file, in a folder that you may write to: one that is there is not written over.',
	});
});

test('a backup without the values of a server is not one to start it from', async () => {
	const opened = {
		folder: '/b',
		manifest: {id: 'B1', parts: []} as never,
		read: async () => Promise.reject(new Error('none')),
	};
	expect(await refusalOf(smallPart(siteOf(), opened, {kind: 'values', name: 'default'}))).toMatchObject({
		code: code('drill-part-missing'),
		cause: 'Servers are started with the values and Secrets of the backup, and it lacks these.',
		fix: 'Make a new backup: one without them does not bring a server back.',
	});
});
