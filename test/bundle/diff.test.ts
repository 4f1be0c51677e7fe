import {execFileSync} from 'node:child_process';
import {mkdir, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {acquireFileLock} from '../../source/base/lock.ts';
import {formatBytes} from '../../source/base/units.ts';
import {baseOfBundle} from '../../source/bundle/diff/base.ts';
import {compareBundle} from '../../source/bundle/diff/compare.ts';
import {makeDifferential} from '../../source/bundle/diff/make.ts';
import {formatInventory} from '../../source/bundle/layout/inventory-file.ts';
import {createBundlePort} from '../../source/bundle/open/bundle.ts';
import {createStage} from '../app/stage.ts';
import {image, noise, productImages, versions} from './create/helpers.ts';
import {bundleFiles, never, problemOf, temporary, writeFiles} from './helpers.ts';
import {indexOf, inspect, madeBundle, openAt, rewriteIndex} from './made.ts';

const size = 20_000;
/** The product's images with another layer in the server, and the older ones. */
const older = productImages(size);
const newer = older.map((one) =>
	one.name === 'zenml-pro-server'
		? image('zenml-pro-server', versions.workspace, [noise('base', size), noise('server, mended', size)])
		: one,
);
const shared = 4;

const both = async () => {
	const folders = {old: await madeBundle(older, 'old'), fresh: await madeBundle(newer, 'fresh')};
	return folders;
};

const run = async (...words: readonly string[]) => {
	const stage = await createStage();
	try {
		return await stage.run('bundle', ...words);
	} finally {
		await stage.remove();
	}
};

const blobsOf = async (folder: string): Promise<readonly string[]> =>
	(await readdir(join(folder, 'images/blobs/sha256'))).sort();

describe('what differs', () => {
	test('images, charts and the bytes to carry are told', async () => {
		const {old, fresh} = await both();
		const {code, out} = await run('diff', fresh, old);
		expect(code).toBe(0);
		expect(out).toContain(`zenml-pro-api ${versions.controlPlane}: the same`);
		expect(out).toContain(`zenml-pro-server ${versions.workspace}: same version, other contents`);
		expect(out).toContain(`zenml ${versions.workspace}: the same`);
		expect(out).toMatch(/^ {2}zenml-pro 0\.13\.18: the same$/mu);
		const found = JSON.parse((await run('diff', fresh, '--base', old, '--json')).out);
		expect(found.omitted).toHaveLength(shared);
		expect(found.blobBytes - found.omittedBytes).toBeLessThan(2 * size);
		expect(found).not.toHaveProperty('made');
	});

	test('tells how much there is to carry in all, with the programs, which a base does not spare', async () => {
		const {old, fresh} = await both();
		const {out} = await run('diff', fresh, old);
		const index = await indexOf(fresh);
		const all = index.files.reduce((sum, file) => sum + file.size, 0);
		expect(out).toContain(`of ${formatBytes(all)}, as charts and lists come along always`);
		const delta = join(await temporary(), 'delta');
		const {whole, made} = JSON.parse((await run('diff', fresh, old, '--out', delta, '--json')).out);
		expect(whole).toMatchObject({bytes: all, programBytes: 0});
		expect(made.bytes).toBe(whole.carryBytes);
		const {bundle} = await openAt(fresh);
		const tool = {path: 'bin/helm', size: 5_000_000, digest: `sha256:${'a'.repeat(64)}`};
		const withTool = {
			...index,
			files: [...index.files, tool],
			tools: [{name: 'helm', version: '3.18.0', platform: 'linux/amd64', file: tool.path}],
		};
		const base = baseOfBundle((await openAt(old)).bundle);
		expect(compareBundle({...bundle, index: withTool}, base).whole).toEqual({
			bytes: all + tool.size,
			carryBytes: whole.carryBytes + tool.size,
			programBytes: tool.size,
		});
	});

	test('a command without a base, or with two, is refused', async () => {
		const {old, fresh} = await both();
		expect((await run('diff', fresh)).code).toBe(2);
		expect((await run('diff', fresh, old, '--base', old)).code).toBe(2);
		const gone = await run('diff', fresh, join(old, 'gone'));
		expect(gone.code).toBe(2);
		expect(gone.err).toContain('code:  bundle-diff-base-unreadable');
		expect(gone.err).not.toContain('bundle.path');
	});
});

describe('a differential bundle', () => {
	test('lacks the layers of the base and nothing else, passes sha256sum, opens and verifies', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		const {code, out: told, err} = await run('diff', fresh, old, '--out', out);
		expect([code, err.includes('problem')]).toEqual([0, false]);
		expect(told).toContain('hard links');
		execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {cwd: out});
		const index = await indexOf(out);
		const {bundle: base} = await openAt(old);
		expect(index.differential?.base).toEqual({kind: 'bundle', name: base.digest});
		const omitted = index.differential?.omitted ?? [];
		expect(omitted).toHaveLength(shared);
		const left = new Set(omitted.map(({digest}) => digest.slice(7)));
		expect(await blobsOf(out)).toEqual((await blobsOf(fresh)).filter((name) => !left.has(name)));
		const {bundle} = await openAt(out);
		expect(bundle.images.map(({manifest}) => manifest.digest)).toEqual(
			(await openAt(fresh)).bundle.images.map(({manifest}) => manifest.digest),
		);
		const blobs = bundle.images.flatMap((one) => one.blobs);
		expect(new Set(blobs.filter((blob) => blob.omitted).map(({digest}) => digest.slice(7)))).toEqual(left);
		for (const {blobs: own} of bundle.images) expect(own[0]?.omitted).toBeUndefined();
		expect((await inspect(out)).refusals).toEqual([]);
		expect(await readFile(join(out, 'manifest.txt'), 'utf8')).toContain(base.digest);
		const [chart] = index.charts;
		const at = (folder: string) => stat(join(folder, chart?.file ?? ''));
		expect((await at(out)).ino).toBe((await at(fresh)).ino);
	});

	test('is the same out of a tar, where copies are made', async () => {
		const {old, fresh} = await both();
		const [first, second] = [join(await temporary(), 'one'), join(await temporary(), 'two')];
		const tar = join(await temporary(), 'fresh.tar');
		execFileSync('tar', ['-cf', tar, '-C', join(fresh, '..'), 'fresh']);
		expect((await run('diff', fresh, old, '--out', first)).code).toBe(0);
		const made = await run('diff', tar, old, '--out', second, '--json');
		expect(JSON.parse(made.out).made.linked).toBe(0);
		execFileSync('diff', ['-r', first, second]);
	});

	test('can be split, carried and read as parts', async () => {
		const {old, fresh} = await both();
		const [out, parts] = [join(await temporary(), 'differential'), await temporary()];
		await run('diff', fresh, old, '--out', out);
		expect((await run('split', out, '--size', '1M', '--out', parts)).code).toBe(0);
		const {code, out: told} = await run('verify', parts);
		expect(code).toBe(0);
		expect(told).toContain('differential: needs');
	});

	test('a layer that is neither there nor left out is still missing', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		await run('diff', fresh, old, '--out', out);
		await rewriteIndex(out, (index) => {
			(index.differential as {omitted: unknown[]}).omitted.pop();
		});
		const problem = await problemOf(createBundlePort({path: out}).open(never));
		expect(problem.area).toBe('bundle');
	});

	test('against an inventory it leaves out what the registry has in a repository of one of its images', async () => {
		const {old, fresh} = await both();
		const {bundle} = await openAt(old);
		const [api] = bundle.images.filter(({name}) => name === 'zenml-pro-api');
		const file = join(await temporary(), 'inventory.json');
		const taken = '2026-01-01T00:00:00.000Z';
		const blobs = (api?.blobs ?? []).map(({digest, size: bytes}) => ({digest, size: bytes}));
		await writeFile(
			file,
			formatInventory({
				formatVersion: 1,
				registry: 'registry.example.com',
				prefix: 'zenml',
				taken,
				repositories: [
					{name: 'zenml/zenml-pro-api', tags: [{tag: '0.13.18', digest: api?.manifest.digest ?? ''}], blobs},
				],
			}),
		);
		const out = join(await temporary(), 'differential');
		const {code, out: told} = await run('diff', fresh, file, '--out', out);
		expect(code).toBe(0);
		expect(told).toContain('zenml-pro-api 0.13.18: the same');
		expect(told).toContain('zenml-pro-dashboard 0.13.18: new');
		const {differential} = await indexOf(out);
		expect(differential?.base).toEqual({kind: 'inventory', name: 'registry.example.com/zenml'});
		expect(differential?.omitted).toHaveLength(blobs.length - 1);
	});

	test('is refused of a bundle made by hand, of a differential one, and into a folder that holds something', async () => {
		const {old, fresh} = await both();
		const hand = await temporary();
		await writeFiles(hand, await bundleFiles());
		const refused = async (...words: readonly string[]) => (await run('diff', ...words)).err;
		expect(await refused(hand, old, '--out', join(await temporary(), 'x'))).toContain('bundle-diff-by-hand');
		expect((await run('diff', hand, old)).code).toBe(0);
		const out = join(await temporary(), 'differential');
		await run('diff', fresh, old, '--out', out);
		expect(await refused(out, old, '--out', join(await temporary(), 'x'))).toContain('bundle-diff-differential');
		expect(await refused(fresh, old, '--out', old)).toContain('bundle-diff-out');
		expect(await refused(fresh, old, '--out', join(fresh, 'x'))).toContain('bundle-diff-out');
		expect((await inspect(fresh)).refusals).toEqual([]);
	});
});

describe('beside the differential bundle', () => {
	test('a folder that nobody of ours made stays as it is, and is named', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		await mkdir(`${out}.partial`);
		await writeFile(join(`${out}.partial`, 'mine.txt'), 'mine');
		const {code, err} = await run('diff', fresh, old, '--out', out);
		expect([code, err.includes('bundle-diff-out'), err.includes(`${out}.partial`)]).toEqual([5, true, true]);
		expect(await readFile(join(`${out}.partial`, 'mine.txt'), 'utf8')).toBe('mine');
		await rm(`${out}.partial`, {recursive: true});
		const theirs = await temporary();
		await writeFile(join(theirs, 'mine.txt'), 'mine');
		await symlink(theirs, `${out}.partial`);
		expect((await run('diff', fresh, old, '--out', out)).code).toBe(5);
		expect(await readdir(theirs)).toEqual(['mine.txt']);
	});

	test('what a run that was stopped left is replaced, and nothing of it stays', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		const {layout, bundle} = await openAt(fresh);
		const base = baseOfBundle((await openAt(old)).bundle);
		const stop = new AbortController();
		const stopped = makeDifferential(layout, bundle, {
			base,
			difference: compareBundle(bundle, base),
			out,
			lock: async () => async () => undefined,
			signal: stop.signal,
			onCheck: () => undefined,
			onProgress: () => stop.abort(new Error('enough')),
		});
		await expect(stopped).rejects.toThrow('enough');
		expect(await readdir(`${out}.partial`)).toContain('.zenml-airgap-bundle-diff');
		await writeFile(join(`${out}.partial`, 'of-an-older-run'), '');
		expect((await run('diff', fresh, old, '--out', out)).code).toBe(0);
		expect(await readdir(join(out, '..'))).toEqual(['differential']);
		expect((await inspect(out)).refusals).toEqual([]);
		expect(await readdir(out)).not.toContain('of-an-older-run');
	});

	test('of two runs at once the second is refused; a file of the name of its lock stays', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		const me = {pid: process.pid, host: hostname(), user: 'ada', runId: 'other', startedAt: 0};
		const unlock = await acquireFileLock(`${out}.lock`, me);
		expect((await run('diff', fresh, old, '--out', out)).err).toContain('install-locked');
		await unlock();
		await writeFile(`${out}.lock`, 'mine');
		expect((await run('diff', fresh, old, '--out', out)).err).toContain('lock-not-ours');
		expect(await readFile(`${out}.lock`, 'utf8')).toBe('mine');
		expect(await readdir(join(out, '..'))).toEqual(['differential.lock']);
	});

	test('every damaged file of the whole bundle is named, and none is linked', async () => {
		const {fresh} = await both();
		const empty = join(await temporary(), 'inventory.json');
		const registry = {registry: 'registry.example.com', prefix: '', repositories: []};
		await writeFile(empty, formatInventory({formatVersion: 1, taken: '2026-01-01T00:00:00.000Z', ...registry}));
		const out = join(await temporary(), 'differential');
		// What is smaller is compared when the bundle is opened.
		const bad = (await indexOf(fresh)).files
			.filter(({path, size: bytes}) => bytes >= size && path.includes('/sha256/'))
			.map(({path}) => path)
			.slice(0, 2);
		for (const file of bad) {
			const bytes = await readFile(join(fresh, file));
			bytes[9] = (bytes[9] ?? 0) ^ 1;
			await writeFile(join(fresh, file), bytes);
		}
		expect(bad).toHaveLength(2);
		const {code, err} = await run('diff', fresh, empty, '--out', out);
		expect(code).toBe(5);
		for (const file of bad) expect(err).toContain(file);
		await expect(stat(out)).rejects.toThrow('ENOENT');
	});

	test('a file or a link in the place of the folder is told as such', async () => {
		const {old, fresh} = await both();
		const out = join(await temporary(), 'differential');
		await writeFile(out, 'mine');
		const {code, err} = await run('diff', fresh, old, '--out', out);
		expect([code, err.includes('It is a file, but the bundle is a folder.')]).toEqual([5, true]);
		expect(await readFile(out, 'utf8')).toBe('mine');
	});
});

describe('the commands', () => {
	test('verify tells what it read, in words and as JSON, and ends with 5 and the file to carry again', async () => {
		const {old} = await both();
		const good = await run('verify', old);
		expect([good.code, good.err]).toEqual([0, '']);
		expect(good.out).toContain(': whole.');
		expect(good.out).toContain('not verified: The bundle is not signed');
		const {charts} = await indexOf(old);
		const chart = charts[0]?.file ?? '';
		const bytes = await readFile(join(old, chart));
		bytes[9] = (bytes[9] ?? 0) ^ 1;
		await writeFile(join(old, chart), bytes);
		const bad = await run('verify', old, '--json');
		expect(bad.code).toBe(5);
		expect(JSON.parse(bad.out)).toMatchObject({whole: false, carryAgain: [{file: chart}]});
		expect(bad.err).toContain(chart);
		expect((await run('verify', join(old, 'nowhere'))).code).toBe(5);
	});

	test('split tells what to carry and how to go on', async () => {
		const {old} = await both();
		const parts = await temporary();
		const {code, out} = await run('split', old, '--size', '4G', '--out', parts);
		expect(code).toBe(0);
		expect(out).toContain('old.tar.001');
		expect(out).toContain('bundle verify old.tar.parts.json');
		expect((await run('split', old, '--size', '4')).code).toBe(2);
		expect((await run('split', old)).code).toBe(2);
	});

	test('a command that was stopped says how to go on, and ends with 130', async () => {
		const {old} = await both();
		const stop = new AbortController();
		stop.abort(new Error('it got SIGINT'));
		const stage = await createStage({signal: stop.signal});
		const {code, err} = await stage.run('bundle', 'verify', old);
		await stage.remove();
		expect(code).toBe(130);
		expect(err).toContain('same command again');
	});
});
