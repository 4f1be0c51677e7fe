import {execFileSync} from 'node:child_process';
import {lstat, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {basename, join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {acquireFileLock} from '../../../source/base/lock/lock.ts';
import {createStage} from '../../app/stage.ts';
import {productImages} from '../create/helpers.ts';
import {bundleFiles, problemOf, temporary, writeFiles} from '../helpers.ts';
import {indexOf, madeBundle} from '../made.ts';
import {flip, snapshot, splitAt} from './helpers.ts';

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
