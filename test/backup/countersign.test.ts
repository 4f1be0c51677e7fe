import {createHash} from 'node:crypto';
import {appendFile, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createBackups} from '../../source/backup/backups.ts';
import {generateSigningKey, secretKeyText} from '../../source/minisign/secret-key.ts';
import {temporary} from '../bundle/helpers.ts';
import {refusalOf} from '../bundle/refusals.ts';
import {finished, never, type Setting, settingsOf} from './helpers.ts';

const keyFile = async (): Promise<{readonly file: string; readonly id: string}> => {
	const key = generateSigningKey();
	const file = path.join(await temporary(), 'backup.key');
	await writeFile(file, await secretKeyText(key, undefined, {operations: 32_768, memory: 16_777_216}));
	return {file, id: key.public.id};
};

/** A backup that nobody signed, and the same folder with a key. */
const unsigned = async (purpose = 'scheduled', given: Setting = {}) => {
	const {file: signingKey, id: keyId} = await keyFile();
	const settings = await settingsOf({encryption: 'none', ...given});
	const {folder} = await finished(createBackups(settings), undefined, purpose);
	const id = path.basename(folder);
	const sum = async () =>
		createHash('sha256')
			.update(await readFile(path.join(folder, 'manifest.json')))
			.digest('hex');
	return {folder, id, keyId, sum, without: createBackups(settings), backups: createBackups({...settings, signingKey})};
};

test('a scheduled backup is signed after every file was compared, and is then opened as any other', async () => {
	const {backups, id, keyId, sum, folder} = await unsigned();
	const read: string[] = [];
	const signed = await backups.countersign(id, await sum(), never, ({file}) => read.push(file));
	expect(signed).toMatchObject({isNew: true, signer: {keyId, proven: true}});
	expect([...new Set(read)]).toEqual(['database-controlPlane.dump', 'database-team.dump']);
	const {signer} = await backups.open(id, never);
	expect(signer).toEqual(signed.signer);
	expect(signer?.comment).toContain(`backup:${id}`);
	const bytes = await readFile(path.join(folder, 'SHA256SUMS.minisig'));
	expect(await backups.countersign(id, undefined, never)).toMatchObject({isNew: false, signer: {keyId}});
	expect(await readFile(path.join(folder, 'SHA256SUMS.minisig'))).toEqual(bytes);
	expect((await backups.list(never))[0]).toMatchObject({signed: true, state: 'whole'});
});

test('without a signature it is refused where a key is there, but shown to whoever tells that it is not signed', async () => {
	const {backups, id, without} = await unsigned();
	expect(await refusalOf(() => backups.open(id, never))).toMatchObject({
		code: 'backup-signature-broken',
		message: `The backup ${id} is not signed.`,
		cause:
			'The cluster made it, where no key lies that signs; and backup.signingKey names a key by which backups are signed.',
		fix: `Look whether it is what the cluster made, and sign it here: zenml-airgap backup sign ${id}.`,
	});
	expect((await backups.open(id, never, undefined, 'told')).signer).toBeUndefined();
	expect((await without.open(id, never)).signer).toBeUndefined();
});

test('a signature that was taken away from another one, or that is broken, is refused for everybody', async () => {
	const other = await unsigned('asked');
	expect(await refusalOf(() => other.backups.open(other.id, never, undefined, 'told'))).toMatchObject({
		code: 'backup-signature-broken',
		cause: 'It is not signed, and backup.signingKey names a key by which backups are signed.',
	});
	const {backups, id, folder} = await unsigned();
	await backups.countersign(id, undefined, never);
	await writeFile(path.join(folder, 'SHA256SUMS.minisig'), 'x');
	for (const work of [
		() => backups.open(id, never, undefined, 'told'),
		() => backups.countersign(id, undefined, never),
	])
		expect(await refusalOf(work)).toMatchObject({code: 'backup-signature-broken'});
});

test('what is not whole, is no scheduled one, or has no key here is not signed', async () => {
	const {backups, without, id, folder} = await unsigned();
	expect(await refusalOf(() => without.countersign(id, undefined, never))).toMatchObject({
		code: 'backup-countersign',
		message: `The backup ${id} is not signed here.`,
		cause: 'backup.signingKey names no key.',
		fix: 'Make one with `zenml-airgap bundle keygen --no-passphrase`, and name its file with backup.signingKey.',
	});
	await appendFile(path.join(folder, 'database-team.dump'), 'x');
	expect(await refusalOf(() => backups.countersign(id, undefined, never))).toMatchObject({code: 'backup-file-changed'});
	const asked = await unsigned('asked');
	await rm(path.join(asked.folder, 'restored.json'), {force: true});
	expect(await refusalOf(() => asked.backups.countersign(asked.id, undefined, never))).toMatchObject({
		code: 'backup-signature-broken',
	});
	const signedByHost = await keyFile();
	const settings = await settingsOf({encryption: 'none', signingKey: signedByHost.file});
	const made = await finished(createBackups(settings));
	expect(
		await refusalOf(() => createBackups(settings).countersign(path.basename(made.folder), undefined, never)),
	).toMatchObject({
		code: 'backup-countersign',
		cause:
			'It is no scheduled backup, but one that was made on a host (asked): its signature is made when it is finished.',
		fix: 'Make a new backup: zenml-airgap backup.',
	});
});

test('one that is another than a pod told of is refused, and nothing is signed', async () => {
	const {backups, id, sum, folder} = await unsigned();
	const told = 'ab'.repeat(32);
	expect(await refusalOf(() => backups.countersign(id, told, never))).toMatchObject({
		code: 'backup-not-vouched',
		message: `The backup ${id} is not the one that the cluster made.`,
		cause: `Its manifest has the SHA-256 ${await sum()}; a pod of the schedule told the cluster ${told}.`,
		fix: 'Do not restore from it before you know why: bring it from the storage once more, or take another one.',
	});
	await expect(readFile(path.join(folder, 'SHA256SUMS.minisig'))).rejects.toThrow('ENOENT');
});
