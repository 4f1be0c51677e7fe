import {execFileSync} from 'node:child_process';
import {stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';
import {tarHeader} from '../../../source/bundle/split/tar-write.ts';
import {bundleFiles, temporary, writeFiles} from '../helpers.ts';
import {inspect, madeBundle, openAt} from '../made.ts';
import {snapshot, splitAt} from './helpers.ts';

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
	const scripts = listing.filter((line) => line.startsWith('-rwxr-xr-x'));
	expect(scripts).toEqual([expect.stringMatching(/\/verify\.sh$/u)]);
	const others = listing.filter((line) => !scripts.includes(line)).map((line) => line.slice(0, 10));
	expect(new Set(others)).toEqual(new Set(['drwxr-xr-x', '-rw-r--r--']));
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
