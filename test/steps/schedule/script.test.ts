import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {describe, expect, it, onTestFinished} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {type S3Site, startS3} from '../../../rehearsal/s3/index.ts';
import {openStore} from '../../../rehearsal/s3/store.ts';
import {backupsOf, finished, never} from '../../backup/helpers.ts';
import {stage} from './script.ts';

const hasAge = existsSync('/usr/bin/age');
const shells = ['/bin/dash', '/bin/bash', '/bin/busybox'].filter((file) => existsSync(file));

/** A bucket, and the environment and Secret that lead the script to it. */
const bucket = async (change: Partial<S3Site> = {}) => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-bucket-'));
	const authority = await createAuthority({name: 'Test CA'});
	const login = {accessKey: 'AKIDROUND', secretKey: 'a/secret+"k\\ey='};
	const site = {...login, bucket: 'zenml', region: 'eu-1', ...change};
	const server = await startS3({port: 0, directory, site, pair: await authority.issue({hosts: ['localhost']})});
	onTestFinished(async () => {
		await server.stop();
		await rm(directory, {recursive: true, force: true});
	});
	const environment = {
		STORAGE: 's3',
		S3_ENDPOINT: `https://localhost:${server.port}`,
		...{S3_BUCKET: 'zenml', S3_PREFIX: 'back/ups', S3_REGION: 'eu-1', S3_PATH_STYLE: 'true'},
	};
	const store = await openStore(directory);
	/** What lies there, as a folder of backups. */
	const asFolder = async (folder: string): Promise<void> => {
		for (const {key} of await store.list('back/ups/')) {
			const file = join(folder, key.slice('back/ups/'.length));
			await mkdir(dirname(file), {recursive: true, mode: 0o700});
			await writeFile(file, store.read(key), {mode: 0o600});
		}
	};
	return {environment, secrets: {...login, 'ca.crt': authority.caPem}, store, asFolder};
};

const old = (days: number): string =>
	`${new Date(Date.now() - days * 86_400_000).toISOString().replaceAll(/[-:]|\.\d+/gu, '')}-0a1b2c`;

describe.skipIf(!hasAge)('the script of a scheduled backup (left out where there is no age)', () => {
	it.each(shells.filter((file) => !file.endsWith('busybox')))(
		'makes a backup that is read as any other, by %s',
		async (shell) => {
			const {at, run, identity} = await stage();
			const {exitCode, said, result} = await run({}, shell);
			expect([exitCode, said]).toEqual([0, expect.stringContaining('is whole and was read back')]);
			const backups = await backupsOf({folder: at('target'), identity});
			const [summary, ...others] = await backups.list(never);
			expect(others).toEqual([]);
			expect(summary).toMatchObject({state: 'whole', manifest: {purpose: 'scheduled', encryption: 'age'}});
			const read = await backups.open(summary?.id ?? '', never);
			expect(read.manifest.parts.map(({kind, name, file}) => `${kind} ${name} ${file}`)).toEqual([
				'secrets secrets secrets.json.age',
				'certificates ca certificates-ca.pem.age',
				'values my-team values-my-team.yaml.age',
				'database team database-team.sql.age',
				'database controlPlane database-controlPlane.dump.age',
			]);
			expect(read.manifest.lacks).toEqual(['answers', 'journal']);
			expect(read.manifest.parts.map(({database}) => database)).toEqual([
				...[undefined, undefined, undefined],
				{
					...{engine: 'mysql', product: 'MySQL', version: '8.4.3', name: 'zenml_team', revision: 'def456'},
					...{tables: [{name: 'alembic_version', rows: 1}], tool: 'mysqldump  Ver 8.4.3 for Linux on x86_64'},
				},
				{
					...{engine: 'postgresql', product: 'PostgreSQL', version: '15.18', name: 'zenml_pro', revision: 'abc123'},
					tables: [
						{name: 'alembic_version', rows: 1},
						{name: 'user', rows: 3},
					],
					tool: 'pg_dump (PostgreSQL) 18.1',
				},
			]);
			const texts = [];
			for (const part of read.manifest.parts) texts.push(await text(await read.read(part, never)));
			expect(texts[0]).toBe('{"kind":"List"}');
			expect(texts[1], 'what is mounted goes before what was put aside').toBe('as it is now');
			expect(texts[2]).toBe('server: {}\n');
			expect(texts[3]).toMatch(/^dump by \[client\]\npassword="mysql-canary"\nssl-ca=.*\/login\/ca\.pem\n$/u);
			expect(texts[4]).toBe('dump of zenml_pro as pro by *:*:*:*:postgres-canary');
			expect(read.manifest.parts.map(({plainBytes}) => plainBytes)).toEqual(texts.map((one) => Buffer.byteLength(one)));
			expect(said).not.toContain('canary');
			expect(await readdir(at('tmp'))).toEqual([]);
			const manifest = await readFile(at('target', summary?.id ?? '', 'manifest.json'));
			expect(JSON.parse(result)).toEqual({
				...{id: summary?.id, finishedAt: read.manifest.finishedAt, bytes: summary?.bytes, parts: 5},
				lacks: ['answers', 'journal'],
				manifest: createHash('sha256').update(manifest).digest('hex'),
			});
		},
	);

	it('that breaks off in a dump leaves nothing, removes nothing, and says which', async () => {
		const {at, run} = await stage();
		const before = old(90);
		await mkdir(at('target', before));
		await writeFile(at('tmp', 'break-pg'), '');
		const {exitCode, said, result} = await run();
		expect(exitCode).toBe(1);
		expect(said).toContain('FAILED: database-controlPlane.dump.age was not written to its end');
		expect(result).toMatch(/^FAILED: database-controlPlane\.dump\.age was not/u);
		expect(said).toContain('pg_dump: error: connection lost');
		expect(await readdir(at('target'))).toEqual([before]);
	});

	it('keeps what is younger than its time, and the one that it has made', async () => {
		const {at, run} = await stage();
		for (const days of [45, 31, 29, 1]) await mkdir(at('target', old(days)));
		await mkdir(at('target', 'lost+found'));
		const {exitCode, said} = await run();
		expect(exitCode).toBe(0);
		expect(said.match(/removed: its time is over/gu)).toHaveLength(2);
		const left = await readdir(at('target'));
		expect(left).toHaveLength(4);
		expect(left).toContain('lost+found');
	});

	it('refuses a database that is half of a restore', async () => {
		const {at, run} = await stage();
		await writeFile(at('tmp', 'more-rows'), '{"name": "zenml_airgap_half_restored", "rows": 0}');
		const {exitCode, said} = await run();
		expect([exitCode, said]).toEqual([1, expect.stringContaining('database zenml_team is half of a restore')]);
		expect(await readdir(at('target'))).toEqual([]);
	});

	it('refuses a storage that is not there, a recipient that is none, and one who is missing', async () => {
		const {run} = await stage();
		expect((await run({TARGET: '/nowhere/at/all'})).said).toContain('there is no storage at /nowhere/at/all');
		expect((await run({RECIPIENTS: 'age1nobody'})).exitCode).toBe(1);
		expect((await run({RECIPIENTS: ''})).said).toContain('there is nobody to encrypt for');
	});

	it('has no secret on a command line', async () => {
		const {at, run} = await stage();
		const {said} = await run({}, '/bin/sh');
		expect(said).not.toContain('canary');
		expect(await readFile(at('config', 'databases'), 'utf8')).not.toContain('canary');
	});
});

describe.skipIf(!hasAge || !existsSync('/usr/bin/curl'))(
	'the same into a bucket (left out without age or curl)',
	() => {
		const most = {most: 1e9};

		it('makes a backup that is read as any other, and removes those whose time is over', async () => {
			const {environment, secrets, store, asFolder} = await bucket();
			const {at, run, identity} = await stage({secrets});
			const [gone, stays] = [old(45), old(3)];
			for (const id of [gone, stays]) await store.put(`back/ups/${id}/manifest.json`, Readable.from(['{}']), most);
			const {exitCode, said, result} = await run(environment);
			expect([exitCode, said]).toEqual([0, expect.stringContaining(`backup ${gone} removed`)]);
			await asFolder(at('target'));
			const backups = await backupsOf({folder: at('target'), identity});
			const ids = (await backups.list(never)).map(({id}) => id);
			expect(ids).toHaveLength(2);
			expect(ids).toContain(stays);
			const read = await backups.open(ids.find((id) => id !== stays) ?? '', never);
			expect(read.manifest.parts).toHaveLength(5);
			expect(JSON.parse(result)).toMatchObject({id: read.manifest.id, parts: 5, lacks: ['answers', 'journal']});
			for (const part of read.manifest.parts) await text(await read.read(part, never));
			expect(said).not.toContain(secrets.secretKey);
			expect(await store.list('.part/')).toEqual([]);
		});

		it.each([
			['denied', {denied: ['write'] as const}],
			['full', {quota: 300}],
		])('fails and leaves nothing where writing is %s', async (_why, change) => {
			const {environment, secrets, store} = await bucket(change);
			const {run} = await stage({secrets});
			const {exitCode, said} = await run(environment);
			expect([exitCode, said]).toEqual([1, expect.stringContaining('FAILED:')]);
			expect(await store.list('')).toEqual([]);
		});
	},
);

describe.skipIf(!hasAge)('the watch of a schedule', () => {
	it('is content with a young whole backup, and with nothing else', async () => {
		const {at, run} = await stage();
		const watch = {MODE: 'watch', STALE_HOURS: '26'};
		expect(await run(watch)).toMatchObject({exitCode: 1, said: expect.stringContaining('there is no good backup')});
		const [stale, begun] = [old(2), old(0)];
		for (const [id, text] of [
			[stale, '{"finishedAt":"x"}'],
			[begun, '{}'],
		] as const) {
			await mkdir(at('target', id));
			await writeFile(at('target', id, 'manifest.json'), text);
		}
		expect(await run(watch)).toMatchObject({
			exitCode: 1,
			said: expect.stringContaining(`the newest good backup is ${stale}: older than 26 hours`),
		});
		await writeFile(at('target', begun, 'manifest.json'), '{"finishedAt":"x"}');
		expect(await run(watch)).toMatchObject({exitCode: 0, said: expect.stringContaining(`is ${begun}`)});
		// Where nobody keeps what came of it, nothing is different.
		expect(await run({...watch, RESULT: 'none'})).toMatchObject({exitCode: 0, result: ''});
		expect(await run({...watch, RESULT: '/nowhere/at/all'})).toMatchObject({exitCode: 0});
		expect((await run({MODE: 'list'})).said.trim().split('\n')).toHaveLength(2);
	});
});

it.skipIf(!hasAge)(
	'tells what the newest backup in the storage is, and when it was last restored or drilled',
	async () => {
		const {at, run, identity} = await stage();
		await run();
		const folder = at('target');
		const backups = await backupsOf({folder, identity});
		const [made] = await backups.list(never);
		const watch = {MODE: 'watch', STALE_HOURS: '26'};
		const before = await run(watch);
		expect(JSON.parse(before.result)).toMatchObject({id: made?.id, bytes: made?.bytes, parts: 5});
		expect(JSON.parse(before.result)).not.toHaveProperty('usedAt');
		const evil = 'as of, "at": "2030-01-01T00:00:00Z"';
		for (const at of ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'])
			await backups.noteUse(made?.id ?? '', {kind: 'drill', at, run: 'r', note: evil});
		expect(JSON.parse((await run(watch)).result)).toMatchObject({usedAt: '2026-01-02T00:00:00.000Z'});
		// One that a host made, whose manifest has other blanks, is told the same.
		const {folder: other} = await finished(await backupsOf({folder, encryption: 'none', now: () => Date.now() + 5000}));
		const [newest] = await backups.list(never);
		const told = JSON.parse((await run(watch)).result);
		expect(told).toMatchObject({id: basename(other), bytes: newest?.bytes, parts: 2, lacks: []});
		expect(told.finishedAt).toBe(newest?.manifest?.finishedAt);
		// More than a node keeps would be cut in the middle of a word.
		const lacks = Array.from({length: 300}, (_none, index) => `values workspace-${index}`);
		const file = join(other, 'manifest.json');
		await writeFile(file, JSON.stringify({...JSON.parse(await readFile(file, 'utf8')), lacks}, undefined, '\t'));
		const long = await run(watch);
		expect(JSON.parse(long.result)).toMatchObject({lacks: ['more than can be told here']});
	},
);
