import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {basename, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {describe, expect, onTestFinished, test} from 'vitest';
import {acquireFileLock} from '../../source/base/lock.ts';
import {parsePartSize} from '../../source/bundle/split/part-size.ts';
import {splitBundle} from '../../source/bundle/split/split.ts';
import {tarHeader} from '../../source/bundle/split/tar-write.ts';
import {openMemo} from '../../source/bundle/verify/memo.ts';
import {createStage} from '../app/stage.ts';
import {productImages} from './create/helpers.ts';
import {bundleFiles, never, problemOf, temporary, writeFiles} from './helpers.ts';
import {indexOf, inspect, madeBundle, openAt} from './made.ts';

const later = () => Date.now() + 60_000;

const splitAt = async (
	path: string,
	out: string,
	partSize = 32_000,
	more: {readonly onProgress?: (done: number) => void; readonly signal?: AbortSignal} = {},
) => {
	const {layout, bundle} = await openAt(path);
	return splitBundle(layout, bundle, {
		out,
		partSize,
		lock: async () => async () => undefined,
		signal: more.signal ?? never,
		onProgress: ({done}) => more.onProgress?.(done),
	});
};

const flip = async (file: string, at: number): Promise<void> => {
	const bytes = await readFile(file);
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	await writeFile(file, bytes);
};

const snapshot = async (folder: string): Promise<Record<string, string>> => {
	const entries: Record<string, string> = {};
	for (const name of (await readdir(folder)).sort())
		entries[name] = (await readFile(join(folder, name))).toString('hex');
	return entries;
};

describe('parts', () => {
	test('are checked by sha256sum, joined by cat, unpacked by tar, and hold the bundle byte for byte', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		const {list} = await splitAt(folder, out);
		const name = `${basename(folder)}.tar`;
		expect(list.name).toBe(name);
		expect(list.parts.length).toBeGreaterThan(3);
		for (const {file, size} of list.parts) expect((await stat(join(out, file))).size).toBe(size);
		execFileSync('sha256sum', ['--strict', '--quiet', '-c', `${name}.sha256`], {cwd: out});
		execFileSync('sh', ['-c', `cat ${name}.[0-9]* > joined`], {cwd: out});
		expect((await stat(join(out, 'joined'))).size).toBe(list.size);
		const unpacked = await temporary();
		execFileSync('tar', ['-xf', join(out, 'joined'), '-C', unpacked]);
		execFileSync('diff', ['-r', folder, join(unpacked, basename(folder))]);
		const listing = execFileSync('tar', ['--numeric-owner', '-tvf', join(out, 'joined')])
			.toString()
			.trim()
			.split('\n');
		expect(listing.every((line) => / 0\/0 /u.test(line))).toBe(true);
		expect(new Set(listing.map((line) => line.slice(0, 10)))).toEqual(new Set(['drwxr-xr-x', '-rw-r--r--']));
		expect((await openAt(join(out, 'joined'))).bundle.digest).toBe(list.bundle);
	});

	test('are the same bytes out of a folder elsewhere, out of a tar, and out of other parts', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		await splitAt(folder, out);
		const first = await snapshot(out);
		const moved = join(await temporary(), basename(folder));
		execFileSync('cp', ['-r', folder, moved]);
		execFileSync('chmod', ['-R', '700', moved]);
		const [second, tarred] = [await temporary(), await temporary()];
		await splitAt(moved, second);
		expect(await snapshot(second)).toEqual(first);
		execFileSync('tar', ['-cf', join(tarred, `${basename(folder)}.tar`), '-C', join(folder, '..'), basename(folder)]);
		const third = await temporary();
		await splitAt(join(tarred, `${basename(folder)}.tar`), third);
		expect(await snapshot(third)).toEqual(first);
		const fourth = await temporary();
		await splitAt(third, fourth, 50_000);
		const fifth = await temporary();
		await splitAt(fourth, fifth);
		expect(await snapshot(fifth)).toEqual(first);
	});

	test('are read in place, and verified whole', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		const {list} = await splitAt(folder, out);
		const found = await inspect(out);
		expect(found.refusals).toEqual([]);
		expect(found).toMatchObject({kind: 'parts', parts: list.parts.length});
		expect(found.bundle?.digest).toBe(list.bundle);
	});

	test('a bundle made by hand can be split too', async () => {
		const [folder, out] = [join(await temporary(), 'by-hand'), await temporary()];
		await writeFiles(folder, await bundleFiles());
		await splitAt(folder, out);
		expect((await inspect(out)).refusals).toEqual([]);
	});
});

describe('what verify says of parts', () => {
	const site = async () => {
		const [folder, out] = [await madeBundle(productImages(40_000)), await temporary()];
		const {list} = await splitAt(folder, out, 64_000);
		return {folder, out, list, files: list.parts.map(({file}) => file)};
	};

	test('every bad part is named, and only those: missing, cut, changed', async () => {
		const {out, files} = await site();
		expect(files.length).toBeGreaterThan(4);
		const [first = '', second = '', third = ''] = files.slice(1);
		await rename(join(out, first), join(out, '..', 'away'));
		await truncate(join(out, second), 100);
		await flip(join(out, third), 333);
		const {damages, refusals} = await inspect(out);
		expect(damages.map(({file, reason}) => [file, reason])).toEqual([
			[first, 'missing'],
			[second, 'size'],
			[third, 'digest'],
		]);
		expect(refusals).toHaveLength(1);
		expect(refusals[0]?.problem.area).toBe('bundle');
		await rm(join(out, '..', 'away'));
	});

	test('one that is missing is to be carried, and nothing is said of comparing its checksum', async () => {
		const {out, files} = await site();
		await rm(join(out, files[1] ?? ''));
		const [refusal] = (await inspect(out)).refusals;
		expect(refusal?.problem).toMatchObject({code: 'bundle-part-missing', message: `${files[1]} is not there.`});
		expect(refusal?.problem.fix).toContain(`Carry ${files[1]} in`);
		expect(JSON.stringify(refusal?.problem)).not.toMatch(/sha256sum|equal/u);
	});

	test('counts the parts and their bytes, each once', async () => {
		const {out, list} = await site();
		const {files, bytes, read} = await inspect(out);
		expect({files, bytes}).toEqual({files: list.parts.length, bytes: list.size});
		// Each part, and once more the files that lie across the ends of two.
		expect(read).toBeGreaterThan(bytes);
	});

	test('after the one bad part was carried again only that one, and what lies across its ends, is read', async () => {
		const {out, files} = await site();
		const memoFile = join(await temporary(), 'memo.json');
		const bad = join(out, files[2] ?? '');
		const good = await readFile(bad);
		await flip(bad, 30_000);
		const first = await inspect(out, {memo: await openMemo(memoFile), now: later});
		expect(first.damages.map(({file}) => file)).toEqual([files[2]]);
		await writeFile(bad, good);
		const second = await inspect(out, {memo: await openMemo(memoFile), now: later});
		expect(second.refusals).toEqual([]);
		expect(second.read).toBeLessThan(3 * 64_000);
		expect(second.read).toBeGreaterThanOrEqual(64_000);
		expect(await inspect(out, {memo: await openMemo(memoFile), now: later})).toMatchObject({read: 0, refusals: []});
	});

	test('a flipped byte in any file of the parts is found, and that file is named', async () => {
		const {out, files, list} = await site();
		for (const name of [...files, `${list.name}.parts.json`, `${list.name}.sha256`]) {
			const whole = await readFile(join(out, name));
			const step = Math.max(1, Math.floor(whole.length / (name.endsWith('.json') || name.endsWith('6') ? 60 : 8)));
			for (let at = 0; at < whole.length; at += step) {
				const bad = Buffer.from(whole);
				bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
				await writeFile(join(out, name), bad);
				const outcome = await inspect(out).then(
					({refusals}) => refusals.map(({problem}) => problem),
					async (error: unknown) => [await problemOf(Promise.reject(error))],
				);
				expect(JSON.stringify(outcome), `byte ${at} of ${name}`).toContain(name);
			}
			await writeFile(join(out, name), whole);
		}
		expect((await inspect(out)).refusals).toEqual([]);
	});

	test('the list of another bundle is not believed', async () => {
		const {out, list} = await site();
		const file = join(out, `${list.name}.parts.json`);
		await writeFile(file, (await readFile(file, 'utf8')).replace(list.bundle, `sha256:${'0'.repeat(64)}`));
		await rm(join(out, `${list.name}.sha256`));
		const {damages} = await inspect(out);
		expect(damages.map((damage) => damage.file)).toEqual([`${list.name}.parts.json`]);
	});
});

describe('splitting', () => {
	test('stops at a file that has changed since the bundle was made, and names it', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		const {files} = await indexOf(folder);
		const large = files.find(({size}) => size > 15_000)?.path ?? '';
		await flip(join(folder, large), 7000);
		expect(await problemOf(splitAt(folder, out))).toMatchObject({
			code: 'bundle-checksum-mismatch',
			location: {file: large},
		});
		expect((await readdir(out)).some((name) => name.endsWith('.parts.json'))).toBe(false);
	});

	test('goes on after a stop: finished parts are kept when they are right, made anew when they are not', async () => {
		const [folder, out, whole] = [await madeBundle(), await temporary(), await temporary()];
		const {list} = await splitAt(folder, whole);
		for (const at of [0.3, 0.5, 0.9]) {
			const stop = new AbortController();
			const stopped = splitAt(folder, out, 32_000, {
				signal: stop.signal,
				onProgress: (done) => {
					if (done > list.size * at) stop.abort(new Error('enough'));
				},
			});
			await expect(stopped).rejects.toThrow('enough');
			expect(await readdir(out)).not.toContain(`${list.name}.parts.json`);
		}
		await flip(join(out, `${list.name}.002`), 5);
		const {kept} = await splitAt(folder, out);
		expect(kept).toBeGreaterThan(1);
		expect(kept).toBeLessThan(list.parts.length);
		expect(await snapshot(out)).toEqual(await snapshot(whole));
	});

	test('a finished folder is read and left as it is; only a part that is not right is made anew', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		const {list} = await splitAt(folder, out);
		const states = async () =>
			Promise.all(
				(await readdir(out)).sort().map(async (name) => {
					const {ino, mtimeNs} = await stat(join(out, name), {bigint: true});
					return [name, ino, mtimeNs];
				}),
			);
		const [before, bytes] = [await states(), await snapshot(out)];
		const told: number[] = [];
		const again = await splitAt(folder, out, 32_000, {onProgress: (done) => told.push(done)});
		expect([again.kept, await states()]).toEqual([list.parts.length, before]);
		expect([told.at(-1), told]).toEqual([list.size, told.toSorted((a, b) => a - b)]);
		await flip(join(out, `${list.name}.002`), 5);
		const mended = await splitAt(folder, out);
		expect([mended.kept, await snapshot(out)]).toEqual([list.parts.length - 1, bytes]);
	});

	test('parts of another bundle under the same name are made anew', async () => {
		const [folder, other, out] = [await madeBundle(), await madeBundle(productImages(20_001)), await temporary()];
		await splitAt(other, out, 100_000_000);
		expect((await splitAt(folder, out, 100_000_000)).kept).toBe(0);
		// The same size, and other bytes in a file that has no checksum.
		const hand = join(await temporary(), 'by-hand');
		await writeFiles(hand, await bundleFiles());
		await rm(out, {recursive: true});
		await splitAt(hand, out, 100_000_000);
		await writeFile(join(hand, 'README'), 'a');
		await splitAt(hand, out, 100_000_000);
		await writeFile(join(hand, 'README'), 'b');
		expect((await splitAt(hand, out, 100_000_000)).kept).toBe(0);
	});

	test('a link in the place of a file to be written is not written through', async () => {
		const [folder, out, whole, theirs] = [await madeBundle(), await temporary(), await temporary(), await temporary()];
		const {list} = await splitAt(folder, whole);
		const links = ['.001', '.001.partial', '.parts.json.new', '.parts.json.partial.new', '.sha256.new'];
		for (const end of links) {
			await writeFile(join(theirs, end), 'theirs');
			await symlink(join(theirs, end), join(out, `${list.name}${end}`));
		}
		await splitAt(folder, out);
		for (const end of links) expect(await readFile(join(theirs, end), 'utf8')).toBe('theirs');
		for (const name of await readdir(out)) expect((await lstat(join(out, name))).isFile()).toBe(true);
		expect(await snapshot(out)).toEqual(await snapshot(whole));
	});

	test('of two runs on one folder the second is refused, and touches nothing', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		const stage = await createStage();
		onTestFinished(stage.remove);
		const lock = join(out, `${basename(folder)}.tar.lock`);
		const me = {pid: process.pid, host: hostname(), user: 'ada', runId: 'other', startedAt: 0};
		const unlock = await acquireFileLock(lock, me);
		const words = ['bundle', 'split', folder, '--size', '1M', '--out', out];
		const refused = await stage.run(...words);
		expect([refused.code, refused.err.includes('install-locked')]).toEqual([10, true]);
		expect(await readdir(out)).toEqual([basename(lock)]);
		await unlock();
		expect((await stage.run(...words)).code).toBe(0);
		expect(await readdir(out)).not.toContain(basename(lock));
		expect((await stage.run(...words)).out).toContain('which were there already');
		// Nothing is put into the bundle itself, not even a lock.
		expect((await stage.run('bundle', 'split', folder, '--size', '1M', '--out', join(folder, 'x'))).code).toBe(5);
		await expect(stat(join(folder, 'x'))).rejects.toThrow('ENOENT');
	});

	test('is refused within the bundle, beside parts of another splitting, and of a compressed tar', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		expect((await problemOf(splitAt(folder, join(folder, 'parts')))).code).toBe('bundle-split-inside');
		await splitAt(folder, out, 20_000);
		const problem = await problemOf(splitAt(folder, out, 64_000));
		expect(problem.code).toBe('bundle-split-left-over');
		execFileSync('tar', ['-czf', join(out, 'packed.tar.gz'), '-C', join(folder, '..'), basename(folder)]);
		expect((await problemOf(splitAt(join(out, 'packed.tar.gz'), await temporary()))).code).toBe(
			'bundle-split-compressed',
		);
	});

	test('a folder that cannot be written is named', async () => {
		const [folder, out] = [await madeBundle(), await temporary()];
		await writeFile(join(out, 'file'), '');
		expect(await problemOf(splitAt(folder, join(out, 'file', 'x')))).toMatchObject({
			area: 'bundle',
			message: expect.stringContaining(join(out, 'file', 'x')),
		});
	});

	const program = fileURLToPath(new URL('../../cli.tsx', import.meta.url));
	const start = (home: string, words: readonly string[]) =>
		spawn(process.execPath, ['--import', 'tsx', program, ...words], {
			stdio: 'ignore',
			env: {...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache')},
		});

	test('kill -9 of split and of verify, again and again, ends in the same parts', {timeout: 120_000}, async () => {
		const folder = await madeBundle(productImages(6_000_000));
		const [home, out] = [await temporary(), join(await temporary(), 'out')];
		await mkdir(out);
		const words = ['bundle', 'split', folder, '--size', '2M', '--out', out];
		const finished = async (): Promise<number> => (await readdir(out)).filter((name) => /\.\d{3}$/u.test(name)).length;
		let kills = 0;
		for (let want = 1; want < 12; want += 4) {
			const child = start(home, words);
			const exited = once(child, 'exit');
			while (child.exitCode === null && child.signalCode === null && (await finished()) < want) await delay(5);
			child.kill('SIGKILL');
			await exited;
			if (child.signalCode === 'SIGKILL') kills += 1;
		}
		expect(kills).toBeGreaterThan(0);
		expect(await once(start(home, words), 'exit')).toEqual([0, null]);
		const name = `${basename(folder)}.tar`;
		execFileSync('sha256sum', ['--strict', '--quiet', '-c', `${name}.sha256`], {cwd: out});
		expect((await readdir(out)).filter((file) => !/\.(?:\d{3}|parts\.json|sha256)$/u.test(file))).toEqual([]);
		const verify = start(home, ['bundle', 'verify', out]);
		const exited = once(verify, 'exit');
		await delay(600);
		verify.kill('SIGKILL');
		await exited;
		expect(await once(start(home, ['bundle', 'verify', out]), 'exit')).toEqual([0, null]);
	});
});

test.each([
	['4G', 4095 * 1024 * 1024],
	['4GiB', 4095 * 1024 * 1024],
	['700M', 700 * 1024 * 1024],
	['25GiB', 25 * 1024 ** 3],
	['25g', 25 * 1024 ** 3],
	['4.7GB', 4482 * 1024 * 1024],
	['1.5 G', 1536 * 1024 * 1024],
	['2097152', 2 * 1024 * 1024],
])('%s is %i bytes', (text, bytes) => {
	expect(parsePartSize(text)).toBe(bytes);
});

test.each(['', '4', '-1G', '4X', '1e9', '900K', 'G', '4G4'])('"%s" is no size of a part', (text) => {
	expect(() => parsePartSize(text)).toThrow(`--size ${text} cannot be used.`);
});

test('names and sizes beyond ustar are read right by tar', async () => {
	const folder = await temporary();
	const long = `b/${'x'.repeat(120)}/é.txt`;
	const body = Buffer.from('hello');
	const parts = [
		tarHeader({name: long, kind: 'file', size: body.length, mode: 0o644, time: 1_700_000_000}),
		body,
		Buffer.alloc(507 + 1024),
	];
	await writeFile(join(folder, 'a.tar'), Buffer.concat(parts));
	expect(execFileSync('tar', ['-xOf', join(folder, 'a.tar'), long]).toString()).toBe('hello');
	// The size of a member that no test can hold: its header alone is listed.
	const huge = tarHeader({name: 'h', kind: 'file', size: 20 * 1024 ** 3, mode: 0o644, time: 0});
	await writeFile(join(folder, 'b.tar'), huge);
	const listed = execFileSync('sh', ['-c', `tar -tvf ${join(folder, 'b.tar')} 2>/dev/null || true`]).toString();
	expect(listed).toContain(String(20 * 1024 ** 3));
});
