import {execFileSync} from 'node:child_process';
import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createBackups} from '../../source/backup/backups.ts';
import {publicKeyLine} from '../../source/minisign/public-key.ts';
import {generateSigningKey, secretKeyText} from '../../source/minisign/secret-key.ts';
import {temporary} from '../bundle/helpers.ts';
import {refusalOf} from '../bundle/refusals.ts';
import {backupsOf, change, contentsOf, finished, has, head, identity, never, putting, settingsOf} from './helpers.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.parse('2026-01-31T18:30:00Z');
const clear = {encryption: 'none'} as const;

test('sha256sum finds every file of a backup as it was written', async () => {
	const {recipient} = await identity();
	const {folder} = await finished(await backupsOf({recipients: [recipient]}));
	const said = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], {cwd: folder}).toString();
	expect(said.split('\n').sort()).toEqual([
		'',
		'database-controlPlane.dump.age: OK',
		'database-team.dump.age: OK',
		'manifest.json: OK',
	]);
	expect((await readdir(folder)).sort()).toEqual([
		'SHA256SUMS',
		'database-controlPlane.dump.age',
		'database-team.dump.age',
		'manifest.json',
	]);
});

test('files and folders of backups are for this user alone', async () => {
	const settings = await settingsOf(clear);
	const {folder} = await finished(createBackups(settings));
	const modes = await Promise.all(
		[settings.folder, folder, ...(await readdir(folder)).map((name) => path.join(folder, name))].map(
			async (one) => (await stat(one)).mode & 0o777,
		),
	);
	expect(modes).toEqual([0o700, 0o700, ...modes.slice(2).map(() => 0o600)]);
});

test.skipIf(!has('minisign'))(
	'minisign accepts the signature of a backup, and we say who signed (needs minisign)',
	async () => {
		const key = generateSigningKey();
		const signingKey = path.join(await temporary(), 'backup.key');
		await writeFile(signingKey, await secretKeyText(key, undefined, {operations: 32_768, memory: 16_777_216}));
		const settings = await settingsOf({...clear, signingKey});
		const backups = createBackups(settings);
		const {folder} = await finished(backups);
		const line = publicKeyLine(key.public);
		execFileSync('minisign', ['-V', '-H', '-m', 'SHA256SUMS', '-P', line], {cwd: folder});
		const id = path.basename(folder);
		const {signer} = await backups.open(id, never);
		expect(signer).toMatchObject({keyId: key.public.id, proven: true});
		expect(signer?.comment).toContain(`backup:${id}`);
		expect((await createBackups({...settings, signingKey: undefined}).open(id, never)).signer?.proven).toBe(false);
		const gone = createBackups({...settings, signingKey: '/nowhere/key'});
		expect((await gone.open(id, never)).signer?.proven, 'a lost key keeps nobody from a restore').toBe(false);
		expect((await refusalOf(() => gone.begin('asked', 'run-2', never))).code).toBe('signature-key-unreadable');
	},
);

test('what is secret stands in no file in the clear', async () => {
	const canary = 'canary-c0ffee-of-the-test';
	for (const given of [
		{recipients: [(await identity()).recipient]},
		{passphrase: async () => 'canary-passphrase-of-the-test'},
	]) {
		const {folder} = await finished(await backupsOf(given), {controlPlane: canary.repeat(10_000), team: canary});
		for (const name of await readdir(folder)) {
			const bytes = await readFile(path.join(folder, name));
			expect(bytes.includes('canary'), name).toBe(false);
		}
	}
});

test('an unfinished backup is gone on with: whole parts are kept, others are made anew, rubbish goes', async () => {
	const settings = await settingsOf(clear);
	const first = await createBackups(settings).begin('asked', 'run-1', never);
	await first.add(head('controlPlane'), putting('tables'));
	const spoiled = await first.add(head('team'), putting('more tables'));
	await change(path.join(first.folder, spoiled.file), () => Buffer.from('MORE TABLES'));
	await writeFile(path.join(first.folder, 'database-late.dump.partial'), 'half');
	const second = await createBackups(settings).begin('asked', 'run-2', never);
	expect(second.folder).toBe(first.folder);
	expect(second.has('database', 'controlPlane')).toEqual(first.has('database', 'controlPlane'));
	expect(second.has('database', 'team')).toBeUndefined();
	expect((await readdir(second.folder)).sort()).toEqual(['database-controlPlane.dump', 'manifest.json']);
	await second.add(head('team'), putting('more tables'));
	const manifest = await second.finish('run-2', []);
	expect(manifest.run).toBe('run-2');
	const read = await createBackups(settings).open(manifest.id, never);
	expect((await contentsOf(read, 'team')).toString()).toBe('more tables');
});

test.each([
	['of another purpose', 'before-upgrade:sha256:1', {}],
	['of yesterday', 'asked', {now: () => start + day}],
	['for other readers', 'asked', {encryption: 'age', passphrase: async () => 'x'} as const],
])('an unfinished backup %s is left alone', async (_what, purpose, later) => {
	const settings = await settingsOf(clear);
	const first = await createBackups(settings).begin('asked', 'run-1', never);
	const second = await createBackups({...settings, ...later}).begin(purpose, 'run-1', never);
	expect(second.folder).not.toBe(first.folder);
});

test('parts that the passphrase of today does not open are made anew', async () => {
	const settings = await settingsOf({passphrase: async () => 'old'});
	const first = await createBackups(settings).begin('asked', 'run-1', never);
	await first.add(head('controlPlane'), putting('tables'));
	const second = await createBackups({...settings, passphrase: async () => 'new'}).begin('asked', 'run-1', never);
	expect(second.manifest().parts).toEqual([]);
});

test('a port does not read again what it wrote for the same run, but another one does', async () => {
	const settings = await settingsOf(clear);
	const port = createBackups(settings);
	const first = await port.begin('asked', 'run-1', never);
	const {file} = await first.add(head('controlPlane'), putting('tables'));
	await change(path.join(first.folder, file), () => Buffer.from('TABLES'));
	expect((await port.begin('asked', 'run-1', never)).manifest().parts).toHaveLength(1);
	expect((await port.begin('asked', 'run-2', never)).manifest().parts).toHaveLength(0);
});

test('a writer that fails leaves nothing behind, and its own error is told', async () => {
	const backups = await backupsOf(clear);
	const made = await backups.begin('asked', 'run-1', never);
	const failing = made.add(head('a'), async (into) => {
		into.write('half');
		throw Object.assign(new Error('the dump broke off'), {code: 'ENOENT'});
	});
	await expect(failing).rejects.toThrow('the dump broke off');
	expect(await readdir(made.folder)).toEqual(['manifest.json']);
	expect(made.manifest().parts).toEqual([]);
});

test('a stop in the middle of a part ends it, and leaves nothing of it', async () => {
	const stop = new AbortController();
	const made = await (await backupsOf(clear)).begin('asked', 'run-1', stop.signal);
	const adding = made.add(head('a'), async (into) => {
		into.write('half');
		stop.abort(new Error('stopped'));
		await new Promise(() => undefined);
	});
	await expect(adding).rejects.toThrow('stopped');
	expect(await readdir(made.folder)).toEqual(['manifest.json']);
});

test('names that no disk takes, or that differ in capitals alone, get files of their own', async () => {
	const made = await (await backupsOf(clear)).begin('asked', 'run-1', never);
	const files = [];
	for (const name of ['a/b', 'a b', 'Team', 'team', '../../etc/passwd', 'ü'.repeat(300)])
		files.push((await made.add(head(name), putting(name))).file);
	expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(files.length);
	for (const file of files) expect(file).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/u);
	const manifest = await made.finish('run-1', []);
	expect(manifest.parts).toHaveLength(files.length);
});

test('a list tells whole, unfinished, broken and newer ones, newest first', async () => {
	const settings = await settingsOf(clear);
	const at = (days: number) => createBackups({...settings, now: () => start + days * day});
	const whole = await finished(at(0));
	const broken = await finished(at(1));
	await change(path.join(broken.folder, 'database-team.dump'), (bytes) => bytes.subarray(1));
	const newer = await finished(at(2));
	await change(path.join(newer.folder, 'manifest.json'), (bytes) =>
		Buffer.from(bytes.toString().replace('"format": 1', '"format": 7')),
	);
	const open = await at(3).begin('asked', 'run-1', never);
	const listed = await at(3).list(never);
	expect(listed.map(({folder, state}) => [folder, state])).toEqual([
		[open.folder, 'unfinished'],
		[newer.folder, 'newer'],
		[broken.folder, 'broken'],
		[whole.folder, 'whole'],
	]);
	expect(listed.map(({problem}) => problem?.code)).toEqual([
		undefined,
		'backup-newer',
		'backup-file-changed',
		undefined,
	]);
});

test('looking leaves no trace', async () => {
	const settings = await settingsOf(clear);
	const backups = createBackups(settings);
	await backups.ready(0, never);
	expect(await backups.list(never)).toEqual([]);
	expect(await backups.pending('asked', never)).toBeUndefined();
	expect(await backups.prune({keepDays: 1, keepAtLeast: 1}, never)).toEqual([]);
	expect(await readdir(path.dirname(settings.folder))).toEqual([]);
});

test('old backups go, but never the last whole one, a newer tool’s, or one that is being made', async () => {
	const settings = await settingsOf(clear);
	const at = (days: number) => createBackups({...settings, now: () => start + days * day});
	const [one, two, three] = [await finished(at(0)), await finished(at(1)), await finished(at(2))];
	const broken = await finished(at(3));
	await change(path.join(broken.folder, 'database-team.dump'), (bytes) => bytes.subarray(1));
	const newer = await finished(at(4));
	await change(path.join(newer.folder, 'manifest.json'), (bytes) =>
		Buffer.from(bytes.toString().replace('"format": 1', '"format": 7')),
	);
	const ids = (...made: readonly {readonly folder: string}[]) => made.map(({folder}) => path.basename(folder));
	expect(await at(5).prune({keepDays: 30, keepAtLeast: 1}, never)).toEqual([]);
	expect(await at(40).prune({keepDays: 38.5, keepAtLeast: 1}, never)).toEqual(ids(two, one));
	const open = await at(100).begin('asked', 'run-1', never);
	expect(await at(100).prune({keepDays: 1, keepAtLeast: 0}, never)).toEqual(ids(broken));
	expect((await readdir(settings.folder)).sort()).toEqual(ids(three, newer, open).sort());
	expect(await at(101).prune({keepDays: 1, keepAtLeast: 0}, never)).toEqual(ids(open));
});

test('that a backup was restored is remembered beside it, and changes no sum', async () => {
	const backups = await backupsOf(clear);
	const {folder} = await finished(backups);
	const id = path.basename(folder);
	const use = {kind: 'drill', at: '2026-02-01T00:00:00Z', run: 'run-9', note: 'whole, 3 min'} as const;
	await backups.noteUse(id, use);
	await backups.noteUse(id, {...use, kind: 'restore'});
	expect((await backups.list(never))[0]?.uses.map(({kind}) => kind)).toEqual(['drill', 'restore']);
	await backups.open(id, never);
});

test('any byte of manifest, checksums and parts that is changed is found', async () => {
	const settings = await settingsOf(clear);
	const backups = createBackups(settings);
	const {folder} = await finished(backups, {controlPlane: 'ab'});
	const id = path.basename(folder);
	for (const name of ['manifest.json', 'SHA256SUMS', 'database-controlPlane.dump']) {
		const file = path.join(folder, name);
		const whole = await readFile(file);
		for (let at = 0; at < whole.length; at += 1) {
			const mutant = Buffer.from(whole);
			mutant.writeUInt8(mutant.readUInt8(at) ^ 1, at);
			await writeFile(file, mutant);
			const {code} = await refusalOf(() => backups.open(id, never));
			expect(code, `${name}, byte ${at}`).toMatch(/^backup-/u);
		}
		await writeFile(file, whole);
	}
	await backups.open(id, never);
}, 60_000);
