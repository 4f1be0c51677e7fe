import {execFileSync} from 'node:child_process';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {formatInventory} from '../../../source/bundle/layout/inventory-file.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {bundleFiles, never, problemOf, temporary, writeFiles} from '../helpers.ts';
import {indexOf, inspect, openAt, rewriteIndex} from '../made.ts';
import {blobsOf, both, run, shared} from './helpers.ts';

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
	// What is copied can be run where it could before.
	expect((await stat(join(second, 'verify.sh'))).mode & 0o777).toBe(0o755);
	expect((await stat(join(second, 'START-HERE.txt'))).mode & 0o777).toBe(0o644);
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
