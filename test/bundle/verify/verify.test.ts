import {execFileSync} from 'node:child_process';
import {appendFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {requireWhole} from '../../../source/bundle/open/inspect.ts';
import {openMemo} from '../../../source/bundle/verify/memo.ts';
import {bundleFiles, checksumLines, never, problemOf, temporary, writeFiles} from '../helpers.ts';
import {indexOf, inspect, madeBundle, rewriteIndex} from '../made.ts';

/** Later than any change of the files: a file that was changed a moment ago is not remembered. */
const later = () => Date.now() + 60_000;

const filesBelow = async (folder: string): Promise<readonly string[]> =>
	(await readdir(folder, {recursive: true, withFileTypes: true}))
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.sort();

const openProblem = (folder: string) => problemOf(createBundlePort({path: folder}).open(never));

describe('a bundle made by hand', () => {
	test('that lost an image and a chart names both files, and what they were', async () => {
		const folder = await temporary();
		const files = await bundleFiles();
		await writeFiles(folder, {...files, SHA256SUMS: Buffer.from(checksumLines(files))});
		await rm(join(folder, 'images/zenml-client.tar'));
		await rm(join(folder, 'charts/zenml-0.95.1.tgz'));
		const {refusals, damages} = await inspect(folder);
		const words = refusals.map(({problem}) => problem.message).join('\n');
		expect(words).toContain('images/zenml-client.tar');
		expect(words).toContain('charts/zenml-0.95.1.tgz');
		expect(refusals.map(({problem}) => problem.code)).toEqual([
			'bundle-image-missing',
			'bundle-chart-missing',
			'bundle-file-missing',
		]);
		expect(damages.map(({file}) => file)).toEqual(['charts/zenml-0.95.1.tgz', 'images/zenml-client.tar']);
	});

	test('that lists nothing names the image and the chart that it lacks', async () => {
		const folder = await temporary();
		const {'manifest.txt': _list, ...files} = await bundleFiles();
		await writeFiles(folder, files);
		await rm(join(folder, 'images/zenml-client.tar'));
		await rm(join(folder, 'charts/zenml-0.95.1.tgz'));
		const {refusals} = await inspect(folder);
		expect(refusals.map(({problem}) => problem.message)).toEqual([
			'The bundle lacks images that every install needs: zenml.',
			'The bundle lacks the Helm chart zenml.',
		]);
	});
});

describe('a bundle with bundle.json', () => {
	test('opens, verifies, and has no warning', async () => {
		const folder = await madeBundle();
		const found = await inspect(folder);
		expect(found.refusals).toEqual([]);
		expect(found).toMatchObject({kind: 'folder', path: folder, damages: []});
		expect(found.bundle?.index?.images).toHaveLength(4);
		expect(found.files).toBe((await filesBelow(folder)).length - 1);
		expect(found.bundle?.warnings).toEqual([expect.stringContaining('not signed')]);
	});

	test('is refused when a file is missing, too much, or of another size, each by name', async () => {
		const folder = await madeBundle();
		const {charts} = await indexOf(folder);
		const chart = charts[0]?.file ?? '';
		await rename(join(folder, chart), join(folder, '..', 'away'));
		expect(await openProblem(folder)).toMatchObject({
			code: 'bundle-file-missing',
			message: expect.stringContaining(chart),
		});
		await rename(join(folder, '..', 'away'), join(folder, chart));
		for (const extra of ['notes.txt', 'sbom/other.json', 'bin/tool', 'images/blobs/sha256/x', 'images/other.tar']) {
			await mkdir(join(folder, extra, '..'), {recursive: true});
			await writeFile(join(folder, extra), 'x');
			expect(await openProblem(folder)).toMatchObject({
				code: 'bundle-file-extra',
				message: expect.stringContaining(extra),
			});
			await rm(join(folder, extra));
		}
		for (let number = 10; number < 33; number++) await writeFile(join(folder, `extra-${number}`), '');
		const {message} = await openProblem(folder);
		expect(message).toContain('23 files');
		expect(message).toContain('extra-19');
		expect(message).not.toContain('extra-20');
		expect(message).toContain('and 13 more');
		for (let number = 10; number < 33; number++) await rm(join(folder, `extra-${number}`));
		await appendFile(join(folder, chart), 'x');
		expect(await openProblem(folder)).toMatchObject({code: 'bundle-file-size', location: {file: chart}});
	});

	test('is refused in words when a newer tool made it', async () => {
		const folder = await madeBundle();
		await rewriteIndex(folder, (index) => Object.assign(index, {formatVersion: 2, madeBy: '9.1.0'}));
		const problem = await openProblem(folder);
		expect(problem.code).toBe('bundle-index-newer');
		expect(problem.cause).toContain('9.1.0');
	});
});

describe('a bundle with bundle.json', () => {
	test('is refused when bundle.json and SHA256SUMS do not agree', async () => {
		const folder = await madeBundle();
		await rewriteIndex(folder, (index) => {
			const files = index.files as Array<{path: string; digest: string}>;
			const chart = files.find(({path}) => path.startsWith('charts/'));
			if (chart) chart.digest = `sha256:${'0'.repeat(64)}`;
		});
		expect(await openProblem(folder)).toMatchObject({
			code: 'bundle-index-mismatch',
			message: expect.stringContaining('charts/'),
		});
		await rewriteIndex(folder, (index) => {
			index.files = (index.files as readonly unknown[]).slice(1);
		});
		expect((await openProblem(folder)).code).toBe('bundle-index-mismatch');
		await rm(join(folder, 'SHA256SUMS'));
		expect(await openProblem(folder)).toMatchObject({
			code: 'bundle-file-missing',
			message: expect.stringContaining('SHA256SUMS'),
		});
	});

	test('is refused when it lists an image that its layout does not hold', async () => {
		const folder = await madeBundle();
		await rewriteIndex(folder, (index) => {
			const [image] = index.images as Array<{tag: string}>;
			if (image) image.tag = '9.9.9';
		});
		expect(await openProblem(folder)).toMatchObject({
			code: 'bundle-index-mismatch',
			message: expect.stringContaining(':9.9.9'),
		});
	});

	test('a flipped byte in any file is found, and that file is named', async () => {
		const folder = await madeBundle();
		for (const name of await filesBelow(folder)) {
			const whole = await readFile(join(folder, name));
			const step = Math.max(1, Math.floor(whole.length / 12));
			for (let at = 0; at < whole.length; at += step) {
				const bad = Buffer.from(whole);
				bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
				await writeFile(join(folder, name), bad);
				const {refusals} = await inspect(folder);
				const text = refusals.map(({problem}) => JSON.stringify(problem)).join('\n');
				expect(text, `byte ${at} of ${name}`).toContain(name);
			}
			await writeFile(join(folder, name), whole);
		}
		expect((await inspect(folder)).refusals).toEqual([]);
	});
});

describe('a bundle with bundle.json', () => {
	test('every damaged file is named in one go, also where the bundle cannot be opened', async () => {
		const folder = await madeBundle();
		const {files} = await indexOf(folder);
		const large = files.filter(({size}) => size > 15_000).slice(0, 3);
		for (const {path} of large) {
			const bytes = await readFile(join(folder, path));
			bytes[100] = (bytes[100] ?? 0) ^ 1;
			await writeFile(join(folder, path), bytes);
		}
		const [chart] = files.filter(({path}) => path.startsWith('charts/'));
		await rm(join(folder, chart?.path ?? ''));
		const {refusals, damages} = await inspect(folder);
		expect(damages.map(({file}) => file)).toEqual([...large, chart].map((one) => one?.path).sort());
		expect(damages.find(({file}) => file === chart?.path)).toMatchObject({
			reason: 'missing',
			cause: 'It is listed, but is not in the bundle: it was lost on the way.',
			problem: {message: `${chart?.path} is not there.`, fix: `Carry ${chart?.path} in from the connected side.`},
		});
		const [first, second] = refusals.map(({problem}) => problem);
		expect([first?.code, second?.code]).toEqual(['bundle-file-missing', 'bundle-checksum-mismatch']);
		expect(second?.message).toMatch(/^3 files /u);
	});

	test('a file cut short is told once, by what says how it is damaged', async () => {
		const folder = await temporary();
		const files = await bundleFiles();
		await writeFiles(folder, {...files, SHA256SUMS: Buffer.from(checksumLines(files))});
		const name = 'images/zenml-client.tar';
		await writeFile(join(folder, name), (files[name] ?? Buffer.alloc(0)).subarray(0, 5000));
		const found = await inspect(folder);
		expect(found.damages.map(({file}) => file)).toEqual([name]);
		expect(await problemOf((async () => requireWhole(found))())).toMatchObject({
			code: 'bundle-archive-truncated',
			location: {file: name},
			fix: `Carry ${name} in again from the connected side and try again.`,
		});
	});

	test('its list of checksums is named where that is what is missing', async () => {
		const folder = await madeBundle();
		await rm(join(folder, 'SHA256SUMS'));
		const {refusals, damages} = await inspect(folder);
		expect(damages.map(({file, reason}) => [file, reason])).toEqual([['SHA256SUMS', 'missing']]);
		expect(refusals.map(({problem}) => problem.code)).toEqual(['bundle-file-missing']);
	});
});

const memoFile = async () => join(await temporary(), 'cache', 'verified.json');

describe('the memo of verified files', () => {
	test('what was verified and has not changed is not read again; what has changed is', async () => {
		const [folder, file] = [await madeBundle(), await memoFile()];
		const first = await inspect(folder, {memo: await openMemo(file), now: later});
		expect(first).toMatchObject({refusals: [], read: first.bytes});
		expect(first.since).toBeUndefined();
		const second = await inspect(folder, {memo: await openMemo(file), now: later});
		expect(second).toMatchObject({files: first.files, bytes: first.bytes, read: 0, since: expect.any(Number)});
		const chart = (await indexOf(folder)).charts[0]?.file ?? '';
		const bytes = await readFile(join(folder, chart));
		bytes[20] = (bytes[20] ?? 0) ^ 1;
		await writeFile(join(folder, chart), bytes);
		const third = await inspect(folder, {memo: await openMemo(file), now: later});
		expect(third.damages.map((damage) => damage.file)).toEqual([chart]);
		expect(third.read).toBe(bytes.length);
		bytes[20] = (bytes[20] ?? 0) ^ 1;
		await writeFile(join(folder, chart), bytes);
		expect(await inspect(folder, {memo: await openMemo(file), now: later})).toMatchObject({
			refusals: [],
			read: bytes.length,
		});
		expect(await inspect(folder, {memo: await openMemo(file, {forget: true}), now: later})).toMatchObject({
			refusals: [],
			read: first.bytes,
		});
	});

	test('a file whose time was set back after a change is still read again', async () => {
		const [folder, file] = [await madeBundle(), await memoFile()];
		await inspect(folder, {memo: await openMemo(file), now: later});
		const chart = join(folder, (await indexOf(folder)).charts[0]?.file ?? '');
		const {atime, mtime} = await stat(chart);
		const bytes = await readFile(chart);
		bytes[20] = (bytes[20] ?? 0) ^ 1;
		await writeFile(chart, bytes);
		await utimes(chart, atime, mtime);
		expect((await inspect(folder, {memo: await openMemo(file), now: later})).damages).toHaveLength(1);
	});

	test('a file that was changed a moment before it was read is not remembered', async () => {
		const [folder, file] = [await madeBundle(), await memoFile()];
		const {mtimeMs} = await stat(join(folder, 'SHA256SUMS'));
		await inspect(folder, {memo: await openMemo(file), now: () => mtimeMs - 10_000});
		const second = await inspect(folder, {memo: await openMemo(file), now: later});
		expect(second.read).toBe(second.bytes);
	});
});

describe('the memo of verified files', () => {
	test('a memo that is damaged, or from another time, costs a reading and nothing else', async () => {
		const [folder, file] = [await madeBundle(), await memoFile()];
		await inspect(folder, {memo: await openMemo(file), now: later});
		for (const text of ['{', '[]', '{"version":1,"verified":{}}', '{"version":2,"verified":{"a":"b"}}']) {
			await writeFile(file, text);
			const found = await inspect(folder, {memo: await openMemo(file), now: later});
			expect(found).toMatchObject({refusals: [], read: found.bytes});
		}
	});

	test('one that cannot be written is told, and the bundle is whole all the same', async () => {
		const folder = await madeBundle();
		await writeFile(join(folder, '..', 'file'), '');
		const memo = await openMemo(join(folder, '..', 'file', 'verified.json'));
		const found = await inspect(folder, {memo, now: later});
		expect(found).toMatchObject({refusals: [], notRemembered: 'Something of that name is there already.'});
	});

	test('it stays small, and keeps the newest', async () => {
		const file = await memoFile();
		const memo = await openMemo(file);
		for (let number = 0; number < 6000; number++) memo.add(`key-${number}`, number);
		await memo.save();
		const again = await openMemo(file);
		expect([again.when('key-5999'), again.when('key-10')]).toEqual([5999, undefined]);
		expect((await stat(file)).size).toBeLessThan(300_000);
	});

	test('an install reads a bundle once, also one made by hand', async () => {
		const [folder, memo] = [await temporary(), await memoFile()];
		const files = await bundleFiles();
		await writeFiles(folder, {...files, SHA256SUMS: checksumLines(files)});
		const settled = new Promise((resolve) => setTimeout(resolve, 100));
		await settled;
		const verify = () => createBundlePort({path: folder, memoFile: memo}).verify({signal: never, onProgress: () => {}});
		const first = await verify();
		expect(first.read).toBe(first.bytes);
		expect(await verify()).toMatchObject({read: 0, files: first.files, since: expect.any(Number)});
	});
});

describe('compressed', () => {
	test('a bundle as tar.gz is read once for all its files and layers, and remembered', async () => {
		const [folder, memoFile] = [await madeBundle(), join(await temporary(), 'memo.json')];
		const tar = join(await temporary(), 'bundle.tar.gz');
		execFileSync('tar', ['-czf', tar, '-C', folder, '.']);
		const {size} = await stat(tar);
		const first = await inspect(tar, {memo: await openMemo(memoFile), now: later});
		expect(first).toMatchObject({kind: 'tar', refusals: [], read: size, bytes: size});
		expect(first.files).toBe((await inspect(folder)).files);
		expect(await inspect(tar, {memo: await openMemo(memoFile), now: later})).toMatchObject({read: 0, refusals: []});
	});

	test('an archive of docker save as gzip is held against its checksum and its layers in one reading', async () => {
		const folder = await temporary();
		const {'images/zenml-client.tar': client = Buffer.alloc(0), ...files} = await bundleFiles();
		const packed: Record<string, Buffer> = {...files, 'images/zenml-client.tar.gz': gzipSync(client)};
		await writeFiles(folder, {...packed, SHA256SUMS: checksumLines(packed)});
		const whole = await inspect(folder);
		const bytes = Object.entries(packed).reduce(
			(sum, [name, {length}]) => sum + (name === 'manifest.txt' ? 0 : length),
			0,
		);
		expect(whole).toMatchObject({refusals: [], files: 6, bytes, read: bytes});
		// Another time in the gzip header changes no layer, only the file.
		const bad = Buffer.from(packed['images/zenml-client.tar.gz'] ?? '');
		bad[5] = (bad[5] ?? 0) ^ 1;
		await writeFile(join(folder, 'images/zenml-client.tar.gz'), bad);
		expect((await inspect(folder)).damages.map(({file}) => file)).toEqual(['images/zenml-client.tar.gz']);
	});
});

describe('threads', () => {
	test('several threads find what one finds', async () => {
		const folder = await temporary();
		const files = await bundleFiles();
		// Enough bytes that threads are worth their start.
		const large = Buffer.alloc(24 * 1024 * 1024, 7);
		for (const name of ['a', 'b', 'c']) files[`images/${name}.bin`] = large;
		await writeFiles(folder, {...files, SHA256SUMS: checksumLines(files)});
		const bad = Buffer.from(large);
		bad[20_000_000] = 8;
		await writeFile(join(folder, 'images/b.bin'), bad);
		const dashboard = Buffer.from(files['images/zenml-pro-dashboard.tar'] ?? '');
		await writeFile(join(folder, 'images/zenml-pro-dashboard.tar'), dashboard.fill(1, 600, 620));
		const outcomes = [];
		for (const threads of [1, 2, 4]) {
			const {damages, refusals, read, files: count} = await inspect(folder, {threads});
			outcomes.push({damages, codes: refusals.map(({problem}) => problem.code), read, count});
		}
		expect(outcomes[0]?.damages.map(({file}) => file)).toContain('images/b.bin');
		expect(outcomes[1]).toEqual(outcomes[0]);
		expect(outcomes[2]).toEqual(outcomes[0]);
	});

	test('an abort ends them', async () => {
		const folder = await temporary();
		const files = await bundleFiles();
		for (const name of ['a', 'b', 'c']) files[`images/${name}.bin`] = Buffer.alloc(24 * 1024 * 1024, 7);
		await writeFiles(folder, {...files, SHA256SUMS: checksumLines(files)});
		const stop = new AbortController();
		const verified = createBundlePort({path: folder}).verify({
			signal: stop.signal,
			onProgress: ({done}) => {
				if (done > 1_000_000) stop.abort(new Error('enough'));
			},
		});
		await expect(verified).rejects.toThrow('enough');
	});
});
