import {execFileSync} from 'node:child_process';
import {appendFile, chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createBackups} from '../../source/backup/backups.ts';
import {requireRoom, unwritableOrFull} from '../../source/backup/place.ts';
import {backupProblems} from '../../source/backup/problems.ts';
import {generateSigningKey, secretKeyText} from '../../source/minisign/secret-key.ts';
import {temporary} from '../bundle/helpers.ts';
import {type Row, refusalOf} from '../bundle/refusals.ts';
import {asRoot, stranger} from '../helpers/as-root.ts';
import {
	backupsOf,
	change,
	contentsOf,
	finished,
	head,
	identity,
	never,
	putting,
	readAll,
	type Setting,
	settingsOf,
} from './helpers.ts';

const clear: Setting = {encryption: 'none'};
const bringBack = 'Bring the backup back from where it is kept a second time, or take another one.';

/** A finished backup that was changed afterwards, opened again by the same or by other settings. */
const openChanged = async (
	how: (folder: string) => Promise<unknown>,
	given: Setting = clear,
	later: Setting = {},
): Promise<unknown> => {
	const settings = await settingsOf(given);
	const made = await finished(createBackups(settings));
	await how(made.folder);
	const read = await createBackups({...settings, ...later}).open(path.basename(made.folder), never);
	return contentsOf(read, 'controlPlane');
};

const changeManifest =
	(how: (text: string) => string) =>
	async (folder: string): Promise<void> =>
		change(path.join(folder, 'manifest.json'), (bytes) => Buffer.from(how(bytes.toString())));

const changeSums =
	(how: (text: string) => string) =>
	async (folder: string): Promise<void> =>
		change(path.join(folder, 'SHA256SUMS'), (bytes) => Buffer.from(how(bytes.toString())));

const as = async (): Promise<void> => undefined;
const part = 'database-controlPlane.dump';

const readyWith = async (given: Setting) => (await backupsOf(given)).ready(0, never);

const keyFile = async (passphrase?: string): Promise<string> => {
	const file = path.join(await temporary(), 'backup.key');
	const cheap = {operations: 32_768, memory: 16_777_216};
	await writeFile(file, await secretKeyText(generateSigningKey(), passphrase, cheap));
	return file;
};

const rows: readonly Row[] = [
	[
		'a folder that others may write to',
		async () => {
			const folder = path.join(await temporary(), 'open');
			await mkdir(folder);
			await chmod(folder, 0o777);
			await readyWith({...clear, folder});
		},
		{
			code: 'backup-folder-not-ours',
			cause: 'Other users may write there, and could exchange a backup for one of their own.',
			fix: expect.stringMatching(
				/^Take that right away with "chmod go-w .+", or name another folder with backup.folder.$/u,
			),
		},
	],
	[
		'a file in the place of the folder',
		async () => {
			const folder = path.join(await temporary(), 'file');
			await writeFile(folder, '');
			await readyWith({...clear, folder});
		},
		{
			code: 'backup-folder-not-ours',
			cause: 'It is no folder.',
			fix: 'Move it elsewhere, or name another folder with backup.folder.',
		},
	],
	[
		'a link in the place of a backup',
		async () => {
			const settings = await settingsOf(clear);
			const made = await finished(createBackups(settings));
			const id = '20200101T000000Z-0a1b2c';
			await symlink(made.folder, path.join(settings.folder, id));
			await createBackups(settings).open(id, never);
		},
		{
			code: 'backup-folder-not-ours',
			cause: 'It is a link, and may lead elsewhere the next time.',
			fix: 'Put the folder itself in the place of the link, or remove the link.',
		},
	],
	[
		'a folder where nothing can be made',
		async () => (await backupsOf({...clear, folder: '/proc/backups'})).begin('asked', 'run-1', never),
		{
			code: 'backup-unwritable',
			cause: expect.stringMatching(/^The system says: .+/u),
			fix: 'Mend that, or name a folder on another disk with backup.folder; a backup that was begun there is begun anew.',
		},
	],
	[
		'a disk without room, before anything is written',
		async () => requireRoom(await temporary(), 2 ** 60),
		{
			code: 'backup-disk-full',
			cause: expect.stringMatching(/^It needs about 1048576.0 TiB and has [\d.]+ [KMGT]?i?B\.$/u),
			fix: 'Make room there, or name a folder on another disk with backup.folder. Try again: finished parts are kept.',
		},
	],
	[
		'a disk that becomes full',
		async () => {
			const file = path.join(await temporary(), 'part');
			throw await unwritableOrFull(file, Object.assign(new Error('full'), {code: 'ENOSPC'}), 2048);
		},
		{
			code: 'backup-disk-full',
			cause: expect.stringMatching(/^It became full at 2.0 KiB of part; [\d.]+ [KMGT]?i?B are free now\.$/u),
			fix: 'Make room there, or name a folder on another disk with backup.folder. Try again: finished parts are kept.',
		},
	],
	[
		'a part whose place is a folder that is gone',
		async () => {
			const backups = await backupsOf(clear);
			const made = await backups.begin('asked', 'run-1', never);
			await rm(made.folder, {recursive: true});
			await made.add(head('a'), putting('x'));
		},
		{
			code: 'backup-unwritable',
			cause: 'The system says: Its folder does not exist.',
			fix: 'Mend that, or name a folder on another disk with backup.folder; a backup that was begun there is begun anew.',
		},
	],
	[
		'a manifest whose folder is a file',
		async () => {
			const folder = path.join(await temporary(), 'file');
			await writeFile(folder, '');
			await (await backupsOf({...clear, folder: path.join(folder, 'below')})).list(never);
		},
		{
			code: 'backup-unreadable',
			cause: 'The system says: A part of the path is a file, not a folder.',
			fix: 'Mend that, or bring the backup back from where it is kept a second time.',
		},
	],
	[
		'an id that none has',
		async () => (await backupsOf(clear)).open('../..', never),
		{
			code: 'backup-not-found',
			cause: 'That is not how a backup is named: its id is a time and six digits, 20260131T183000Z-0a1b2c.',
			fix: 'Name one that is there.',
		},
	],
	[
		'a backup where there is none',
		async () => (await backupsOf(clear)).open('20260131T183000Z-0a1b2c', never),
		{code: 'backup-not-found', cause: 'There is no backup there at all.', fix: 'Name one that is there.'},
	],
	[
		'a backup where there are others',
		async () => {
			const settings = await settingsOf(clear);
			await finished(createBackups(settings));
			await createBackups(settings).open('20200101T000000Z-0a1b2c', never);
		},
		{
			code: 'backup-not-found',
			cause: expect.stringMatching(/^There are: 20260131T183000Z-[0-9a-f]{6}\.$/u),
			fix: 'Name one that is there.',
		},
	],
	[
		'a backup that is not whole',
		async () => {
			const backups = await backupsOf(clear);
			const made = await backups.begin('asked', 'run-1', never);
			await backups.open(path.basename(made.folder), never);
		},
		{
			code: 'backup-unfinished',
			cause: 'The run that made it ended before all was written.',
			fix: 'Take a backup that was finished; or make this one whole: start the run that made it again.',
		},
	],
	[
		'a backup of a newer tool',
		() => openChanged(changeManifest((text) => text.replace('"format": 1', '"format": 2'))),
		{
			code: 'backup-newer',
			cause: 'Its format is 2; this version understands format 1.',
			fix: 'Use the version that made it, or a later one.',
		},
	],
	[
		'a manifest that is gone',
		() => openChanged((folder) => rm(path.join(folder, 'manifest.json'))),
		{code: 'backup-manifest-damaged', cause: 'There is no such file.', fix: bringBack},
	],
	[
		'a manifest that is a link',
		() =>
			openChanged(async (folder) => {
				await rm(path.join(folder, 'manifest.json'));
				await symlink('/etc/hostname', path.join(folder, 'manifest.json'));
			}),
		{code: 'backup-manifest-damaged', cause: 'It is a link.', fix: bringBack},
	],
	[
		'a manifest that is huge',
		() => openChanged((folder) => truncate(path.join(folder, 'manifest.json'), 2 ** 30)),
		{code: 'backup-manifest-damaged', cause: 'It has 1073741824 bytes, more than any manifest.', fix: bringBack},
	],
	[
		'a manifest that is cut',
		() => openChanged(changeManifest((text) => text.slice(0, 100))),
		{code: 'backup-manifest-damaged', cause: 'It is not whole JSON: it was cut or changed.', fix: bringBack},
	],
	[
		'a manifest that names a file elsewhere',
		() => openChanged(changeManifest((text) => text.replace(part, '../../etc/passwd'))),
		{code: 'backup-manifest-damaged', cause: 'At parts.0.file: is not the name of a part', fix: bringBack},
	],
	[
		'a manifest of another backup',
		() => openChanged(changeManifest((text) => text.replace(/"id": "[^"]+"/u, '"id": "20200101T000000Z-0a1b2c"'))),
		{
			code: 'backup-manifest-damaged',
			cause: expect.stringMatching(
				/^It calls itself 20200101T000000Z-0a1b2c, and lies in the folder of 20260131T183000Z-[0-9a-f]{6}\.$/u,
			),
			fix: bringBack,
		},
	],
	[
		'checksums that are gone',
		() => openChanged((folder) => rm(path.join(folder, 'SHA256SUMS'))),
		{code: 'backup-checksums-damaged', cause: 'There is no SHA256SUMS in it.', fix: bringBack},
	],
	[
		'checksums of another form',
		() => openChanged(changeSums((text) => text.replace('  ', ' *'))),
		{code: 'backup-checksums-damaged', cause: 'Line 1 of SHA256SUMS is not as this tool writes it.', fix: bringBack},
	],
	[
		'checksums that lack a file',
		() => openChanged(changeSums((text) => text.replace(/.*controlPlane.*\n/u, ''))),
		{
			code: 'backup-checksums-damaged',
			cause: `SHA256SUMS and manifest.json do not name the same files: ${part} is in one of them only.`,
			fix: bringBack,
		},
	],
	[
		'a manifest that was changed after it was summed',
		() => openChanged(changeManifest((text) => text.replace('"asked"', '"other"'))),
		{
			code: 'backup-checksums-damaged',
			cause: 'SHA256SUMS and manifest.json have different sums of manifest.json.',
			fix: bringBack,
		},
	],
	[
		'a part that is gone',
		() => openChanged((folder) => rm(path.join(folder, part))),
		{code: 'backup-file-changed', cause: 'It is not there.', fix: bringBack},
	],
	[
		'a link in the place of a part',
		() =>
			openChanged(async (folder) => {
				await rename(path.join(folder, part), path.join(folder, 'elsewhere'));
				await symlink('elsewhere', path.join(folder, part));
			}),
		{
			code: 'backup-file-changed',
			cause: 'It is a link, and a backup has none: what it leads to may be another thing the next time.',
			fix: 'Put the file itself in the place of the link, or take another backup.',
			nextSteps: [expect.stringMatching(/^ls -l /u)],
		},
	],
	[
		'a pipe in the place of a part',
		() =>
			openChanged(async (folder) => {
				await rm(path.join(folder, part));
				execFileSync('mkfifo', [path.join(folder, part)]);
			}),
		{
			code: 'backup-file-changed',
			cause: 'There is a pipe in its place, and no file.',
			fix: bringBack,
			nextSteps: [expect.stringMatching(/^ls -l /u)],
		},
	],
	[
		'a part that is longer',
		() => openChanged((folder) => appendFile(path.join(folder, part), 'x')),
		{code: 'backup-file-changed', cause: 'It has 7 bytes, and had 6.', fix: bringBack},
	],
	[
		'a part with other bytes',
		() => openChanged((folder) => writeFile(path.join(folder, part), 'TABLES')),
		{
			code: 'backup-file-changed',
			cause: expect.stringMatching(/^Its SHA-256 is [0-9a-f]{64}, and was [0-9a-f]{64}\.$/u),
			fix: bringBack,
		},
	],
	[
		'a backup that nobody could read',
		() => readyWith({encryption: 'age'}),
		{
			code: 'backup-encryption-missing',
			cause: 'backup.encryption is age, and there are neither recipients nor a passphrase.',
			fix: 'Give the public key of whoever may restore (backup.recipients), or a passphrase (backup.passphrase).',
		},
	],
	[
		'a public key that was mistyped',
		() => readyWith({recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q']}),
		{
			code: 'backup-recipient-bad',
			cause: 'Its letters do not fit together: one is missing or was mistyped.',
			fix: 'Copy it again, from the line "# public key" of the identity file.',
		},
	],
	[
		'a passphrase that is not given',
		() => openChanged(as, {passphrase: async () => 'right'}, {passphrase: undefined}),
		{
			code: 'backup-passphrase-missing',
			cause: 'backup.passphrase is empty.',
			fix: 'Say where the passphrase is: env:NAME or file:PATH.',
		},
	],
	[
		'another passphrase',
		() => openChanged(as, {passphrase: async () => 'right'}, {passphrase: async () => 'wrong'}),
		{
			code: 'backup-passphrase-wrong',
			cause: 'The backup was made with another one.',
			fix: 'Give the passphrase of the time when the backup was made; nobody can read it without.',
		},
	],
	[
		'an identity that is not given',
		async () => openChanged(as, {recipients: [(await identity()).recipient]}),
		{
			code: 'backup-identity-missing',
			cause: 'backup.identity is empty.',
			fix: 'Bring the identity file from where it is kept, and name it with backup.identity.',
		},
	],
	[
		'an identity of somebody else',
		async () => openChanged(as, {recipients: [(await identity()).recipient]}, {identity: (await identity()).file}),
		{
			code: 'backup-identity-stranger',
			cause: expect.stringMatching(/^It is none of those that the backup was encrypted for: age1[a-z0-9]{58}\.$/u),
			fix: 'Bring the identity of one of these public keys; age-keygen -y FILE shows the public key of an identity.',
		},
	],
	...(
		[
			['that is not there', as, 'The system says: There is no such file or folder.'],
			['that is a folder', (file: string) => mkdir(file), 'It is a folder.'],
			[
				'without a key',
				(file: string) => writeFile(file, '# nothing\n'),
				'There is no line in it that begins with AGE-SECRET-KEY-.',
			],
			[
				'with a key that was cut',
				(file: string) => writeFile(file, '# key\nAGE-SECRET-KEY-1QQQ\n'),
				'The letters of the key in line 2 do not fit together: it was cut or mistyped.',
			],
		] as const
	).map(
		([what, make, cause]): Row => [
			`an identity file ${what}`,
			async () => {
				const file = path.join(await temporary(), 'identity');
				await make(file);
				await openChanged(as, {recipients: [(await identity()).recipient]}, {identity: file});
			},
			{code: 'backup-identity-unreadable', cause, fix: 'Name the file that age-keygen made.'},
		],
	),
	[
		'an identity file that is encrypted itself',
		async () => {
			const file = path.join(await temporary(), 'identity');
			await writeFile(file, 'age-encryption.org/v1\n');
			await openChanged(as, {recipients: [(await identity()).recipient]}, {identity: file});
		},
		{
			code: 'backup-identity-unreadable',
			cause: 'It is encrypted itself.',
			fix: 'Decrypt it where nobody looks on (age -d), and name the file that comes out; remove that one afterwards.',
		},
	],
	[
		'a signing key with a passphrase',
		async () => readyWith({...clear, signingKey: await keyFile('locked')}),
		{
			code: 'backup-signing-key-locked',
			cause: 'Opening such a key takes a gibibyte of memory and its passphrase.',
			fix: 'Make a key for backups alone with `zenml-airgap bundle keygen --no-passphrase`, and keep it as safe as a password.',
		},
	],
	...(
		[
			[
				'that is cut',
				(folder: string) => change(path.join(folder, 'SHA256SUMS.minisig'), (bytes) => bytes.subarray(0, 60)),
				'SHA256SUMS.minisig is not a whole signature.',
			],
			[
				'of a list that was changed',
				changeSums((text) => text.replace(/^./u, 'x')),
				'SHA256SUMS is not the list that was signed.',
			],
			[
				'whose comment was changed',
				(folder: string) =>
					change(path.join(folder, 'SHA256SUMS.minisig'), (bytes) =>
						Buffer.from(bytes.toString().replace('run:run-1', 'run:run-2')),
					),
				'The comment in SHA256SUMS.minisig is not the one that was signed.',
			],
		] as const
	).map(
		([what, how, cause]): Row => [
			`a signature ${what}`,
			async () => openChanged(how, {...clear, signingKey: await keyFile()}),
			{
				code: 'backup-signature-broken',
				cause,
				fix: 'Do not restore from it before you know why: bring the backup back from where it is kept a second time.',
			},
		],
	),
	[
		'a signature that was taken away',
		async () =>
			openChanged((folder) => rm(path.join(folder, 'SHA256SUMS.minisig')), {...clear, signingKey: await keyFile()}),
		{
			code: 'backup-signature-broken',
			cause: 'It is not signed, and backup.signingKey names a key by which backups are signed.',
			fix: 'Where it is older than that key, take backup.signingKey out of the answers; else somebody took the signature away.',
		},
	],
	[
		'a signature by another key',
		async () => openChanged(as, {...clear, signingKey: await keyFile()}, {signingKey: await keyFile()}),
		{
			code: 'backup-signature-broken',
			cause: expect.stringMatching(/^It is of key [0-9A-F]{16}, and backups here are signed by [0-9A-F]{16}\.$/u),
			fix: 'Do not restore from it before you know why: bring the backup back from where it is kept a second time.',
		},
	],
	[
		'a folder without any backup, asked for the last one',
		() => {
			throw backupProblems.error('backup-none', {case: 'not one', folder: '/backups'});
		},
		{code: 'backup-none', cause: 'There is no backup there at all.', fix: 'Make one: zenml-airgap backup.'},
	],
	[
		'a folder of half backups, asked for the last one',
		() => {
			throw backupProblems.error('backup-none', {case: 'none of them', folder: '/backups', count: 2});
		},
		{code: 'backup-none', cause: 'Of 2 that are there none is whole.', fix: 'Make one: zenml-airgap backup.'},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject(told);
});

asRoot('a folder of somebody else is told with cause and fix', async () => {
	const {chown} = await import('node:fs/promises');
	const folder = path.join(await temporary(), 'theirs');
	await mkdir(folder);
	await chown(folder, stranger, stranger);
	expect(await refusalOf(() => readyWith({...clear, folder}))).toMatchObject({
		code: 'backup-folder-not-ours',
		cause: `It belongs to the user with number ${stranger}; this program runs as number 0.`,
		fix: 'Run as that user, or name a folder of your own with backup.folder.',
	});
});

/** An age file that was exchanged after its sums were compared. */
const readChangedLater = async (how: (bytes: Buffer) => Buffer): Promise<unknown> => {
	const {file, recipient} = await identity();
	const backups = await backupsOf({recipients: [recipient], identity: file});
	const made = await finished(backups, {controlPlane: Buffer.alloc(200_000, 7)});
	const read = await backups.open(path.basename(made.folder), never);
	await change(path.join(made.folder, `${part}.age`), how);
	return contentsOf(read, 'controlPlane');
};

test('a file that does not begin as one of age is told with cause and fix', async () => {
	expect(await refusalOf(() => readChangedLater(() => Buffer.from('PGDMP')))).toMatchObject({
		code: 'backup-file-damaged',
		cause: 'It does not begin as a file of age does.',
		fix: bringBack,
	});
});

test('a file that is cut or changed fails where it is, and does not end', async () => {
	const cut = await refusalOf(() => readChangedLater((bytes) => bytes.subarray(0, -20)));
	expect(cut).toMatchObject({
		code: expect.stringMatching(/^backup-file-(?:damaged|changed)$/u),
		fix: bringBack,
	});
	const changed = await refusalOf(() =>
		readChangedLater((bytes) => {
			bytes.writeUInt8(bytes.readUInt8(bytes.length - 100_000) ^ 1, bytes.length - 100_000);
			return bytes;
		}),
	);
	expect(changed).toMatchObject({
		code: 'backup-file-damaged',
		cause: 'It was cut or changed: from byte 65536 of its contents on it is not what was encrypted.',
		fix: bringBack,
	});
});

test('a part in the clear that was changed after its sum was compared fails at its end', async () => {
	const backups = await backupsOf(clear);
	const made = await finished(backups);
	const read = await backups.open(path.basename(made.folder), never);
	await writeFile(path.join(made.folder, part), 'TABLES');
	const [first] = read.manifest.parts;
	if (!first) throw new Error('no part');
	expect(await refusalOf(async () => readAll(await read.read(first, never)))).toMatchObject({
		code: 'backup-file-changed',
	});
	expect((await readFile(path.join(made.folder, part))).toString()).toBe('TABLES');
});
