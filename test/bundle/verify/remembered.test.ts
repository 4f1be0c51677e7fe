import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {open, readFile, rm, stat, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {unpackedOf} from '../../../source/archive/range.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {inspectPath} from '../../../source/bundle/open/inspect.ts';
import {splitBundle} from '../../../source/bundle/split/split.ts';
import {openMemo} from '../../../source/bundle/verify/memo.ts';
import {inspectBundle} from '../../../source/bundle/verify/verify.ts';
import {image, productImages} from '../create/helpers.ts';
import {bundleFiles, checksumLines, never, problemOf, temporary, writeFiles} from '../helpers.ts';
import {indexOf, inspect, madeBundle, openAt} from '../made.ts';

/** Later than any change of the files: a file that was changed a moment ago is not remembered. */
const later = () => Date.now() + 60_000;
const mebibyte = 1024 * 1024;

const flip = async (file: string, at: number): Promise<void> => {
	const handle = await open(file, 'r+');
	try {
		const byte = Buffer.alloc(1);
		await handle.read(byte, 0, 1, at);
		await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
	} finally {
		await handle.close();
	}
};

const memoFile = async () => join(await temporary(), 'verified.json');

/** What `bundle verify` finds, with threads and what earlier runs remembered in that file. */
const verifyAt = async (path: string, memo: string) => {
	const {damages, read} = await inspect(path, {memo: await openMemo(memo), now: later, threads: 2});
	return {files: damages.map(({file}) => file), read};
};

/** One layer that four images share, and one of each. */
const large = () => {
	const layers = [...'abcde'].map((letter) => Buffer.alloc(14 * mebibyte, letter));
	const [base = Buffer.alloc(0), ...own] = layers;
	return madeBundle(
		productImages(1).map(({name, tag}, index) => image(name, tag, [base, own[index] ?? Buffer.alloc(0)])),
	);
};
const layersOf = async (folder: string) =>
	(await indexOf(folder)).files
		.filter(({size}) => size > mebibyte)
		.map(({path}) => path)
		.sort();

const damagedFolder = async () => {
	const folder = await large();
	const layers = await layersOf(folder);
	expect(layers).toHaveLength(5);
	for (const [index, layer] of layers.entries()) await flip(join(folder, layer), 1000 + index * 3 * mebibyte);
	return {folder, layers};
};

describe('damage in a bundle that is large enough for threads', () => {
	test('is found again by the second run in a folder, and what is whole is not read again', async () => {
		const [{folder, layers}, memo] = [await damagedFolder(), await memoFile()];
		const first = await verifyAt(folder, memo);
		expect(first.files).toEqual(layers);
		const second = await verifyAt(folder, memo);
		expect(second.files).toEqual(layers);
		expect(second.read).toBe(5 * 14 * mebibyte);
		await flip(join(folder, layers[0] ?? ''), 1000);
		expect((await verifyAt(folder, memo)).files).toEqual(layers.slice(1));
	});

	test('is found again by the second run in a tar', async () => {
		const [{folder, layers}, memo] = [await damagedFolder(), await memoFile()];
		const tar = join(await temporary(), 'bundle.tar');
		execFileSync('tar', ['-cf', tar, '-C', folder, '.']);
		expect((await verifyAt(tar, memo)).files).toEqual(layers);
		expect((await verifyAt(tar, memo)).files).toEqual(layers);
	});

	test('is found again by the second run in parts, also beside a part that is missing', async () => {
		const [out, memo] = [await temporary(), await memoFile()];
		const {layout, bundle} = await openAt(await large());
		const {list} = await splitBundle(layout, bundle, {
			out,
			partSize: 9 * mebibyte,
			lock: async () => async () => undefined,
			signal: never,
			onProgress: () => undefined,
		});
		expect(list.parts).toHaveLength(8);
		const bad = [1, 2, 4, 5, 7].map((index) => list.parts[index]?.file ?? '');
		for (const file of bad) await flip(join(out, file), 5000);
		expect((await verifyAt(out, memo)).files).toEqual(bad);
		expect((await verifyAt(out, memo)).files).toEqual(bad);
		const missing = list.parts[3]?.file ?? '';
		await rm(join(out, missing));
		const all = [...bad, missing].sort();
		expect((await verifyAt(out, memo)).files).toEqual(all);
		expect((await verifyAt(out, memo)).files).toEqual(all);
		const other = await memoFile();
		expect((await verifyAt(out, other)).files).toEqual(all);
		expect((await verifyAt(out, other)).files).toEqual(all);
	});
});

describe('damage in a bundle that is large enough for threads', () => {
	test('is found again by the second run of the step `bundle`', async () => {
		const [{folder, layers}, memo] = [await damagedFolder(), await memoFile()];
		// A file that was changed a moment ago is not remembered.
		await delay(200);
		for (let run = 0; run < 2; run++) {
			const port = createBundlePort({path: folder, memoFile: memo});
			const problem = await problemOf(port.verify({signal: never, onProgress: () => undefined}));
			expect(problem.code).toBe('bundle-checksum-mismatch');
			expect(problem.evidence?.map((line) => line.split(':')[0])).toEqual(layers);
		}
	});

	test('is found by the run after one that was stopped', async () => {
		const [{folder, layers}, memo] = [await damagedFolder(), await memoFile()];
		for (const share of [0.2, 0.5, 0.9]) {
			const stop = new AbortController();
			const stopped = inspectPath(folder, {
				signal: stop.signal,
				onProgress: ({done, total}) => {
					if (done > share * total) stop.abort(new Error('enough'));
				},
				workDirectory: temporary,
				memo: await openMemo(memo),
				threads: 2,
				now: later,
			});
			await expect(stopped).rejects.toThrow('enough');
		}
		expect((await verifyAt(folder, memo)).files).toEqual(layers);
	});

	test('that is done while the files are being read is found by the next run', async () => {
		const [folder, memo] = [await large(), await memoFile()];
		const layers = await layersOf(folder);
		let changing: Promise<unknown> | undefined;
		await inspectPath(folder, {
			signal: never,
			onProgress: ({done}) => {
				if (done > 0) changing ??= Promise.all(layers.map((layer) => flip(join(folder, layer), 14 * mebibyte - 7)));
			},
			workDirectory: temporary,
			memo: await openMemo(memo),
			threads: 2,
			now: later,
		});
		await changing;
		expect((await verifyAt(folder, memo)).files).toEqual(layers);
	});
});

describe('what is not remembered', () => {
	test.each([1, 2])('a file that ends while it is read, with %i threads', async (threads) => {
		const [folder, memo] = [await temporary(), await memoFile()];
		const files = await bundleFiles();
		for (const name of ['a', 'b', 'c']) files[`images/${name}.bin`] = Buffer.alloc(24 * mebibyte, name);
		await writeFiles(folder, {...files, SHA256SUMS: checksumLines(files)});
		let cutting: Promise<void> | undefined;
		const options = async () => ({
			signal: never,
			workDirectory: temporary,
			memo: await openMemo(memo),
			threads,
			now: later,
		});
		const first = await inspectPath(folder, {
			...(await options()),
			onProgress: ({file, done}) => {
				if (done > 0 && file === 'images/a.bin') cutting ??= truncate(join(folder, 'images/c.bin'), 20 * mebibyte);
			},
		});
		await cutting;
		const second = await inspectPath(folder, {...(await options()), onProgress: () => undefined});
		expect([first, second].map(({damages}) => damages.map(({file}) => file))).toEqual([
			['images/c.bin'],
			['images/c.bin'],
		]);
	});
});

describe('what is not remembered', () => {
	test('what an earlier run found whole, and `--all` finds rotten below an unchanged file', async () => {
		const [folder, memo] = [await madeBundle(), await memoFile()];
		await verifyAt(folder, memo);
		const [layer = ''] = (await indexOf(folder)).files.filter(({size}) => size === 20_000).map(({path}) => path);
		await flip(join(folder, layer), 100);
		// Rot leaves no trace in the times: the memo is made to know the damaged file as the whole one was known.
		const known = JSON.parse(await readFile(memo, 'utf8')) as {verified: Record<string, number>};
		const rotten = await openMemo(memo);
		const added: string[] = [];
		await inspect(folder, {
			now: later,
			memo: {
				...rotten,
				when: (key) => {
					if (rotten.when(key) === undefined) added.push(key);
					return rotten.when(key);
				},
			},
		});
		expect(added).toHaveLength(1);
		await writeFile(
			memo,
			JSON.stringify({...known, verified: {...known.verified, ...Object.fromEntries(added.map((key) => [key, 1]))}}),
		);
		expect((await verifyAt(folder, memo)).files).toEqual([]);
		const all = await inspect(folder, {memo: await openMemo(memo, {forget: true}), now: later});
		expect(all.damages.map(({file}) => file)).toEqual([layer]);
		expect((await verifyAt(folder, memo)).files).toEqual([layer]);
	});
});

describe('what is not remembered', () => {
	test('what is at the same place in another compressed archive of the same tar', async () => {
		const [folder, memo] = [await temporary(), await memoFile()];
		const bytes = Buffer.alloc(5000, 'x');
		const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
		const [good, bad] = [gzipSync(bytes, {level: 0}), gzipSync(bytes, {level: 0})];
		bad[1000] = (bad[1000] ?? 0) ^ 1;
		const file = join(folder, 'two.gz');
		await writeFile(file, Buffer.concat([bad, good]));
		const claims = [
			{label: 'bad', offset: 0, size: bad.length},
			{label: 'good', offset: bad.length, size: good.length},
		].map((place) => {
			const from = {file, ...place};
			return {slice: {...unpackedOf(from, 'gzip'), size: bytes.length}, file: from, digest};
		});
		for (let run = 0; run < 2; run++) {
			const {damages} = await inspectBundle(undefined, claims, {
				signal: never,
				onProgress: () => undefined,
				memo: await openMemo(memo),
				now: later,
				threads: 1,
			});
			expect(damages.map((damage) => damage.file)).toEqual(['bad']);
		}
	});

	test('what an older version wrote', async () => {
		const [folder, memo] = [await madeBundle(), await memoFile()];
		await verifyAt(folder, memo);
		const known = JSON.parse(await readFile(memo, 'utf8'));
		await writeFile(memo, JSON.stringify({...known, version: 1}));
		const {bytes} = await inspect(folder);
		expect((await verifyAt(folder, memo)).read).toBe(bytes);
		expect((await stat(memo)).size).toBeGreaterThan(100);
	});
});
