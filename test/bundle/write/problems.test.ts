import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {hashed, writeBundleFile} from '../../../source/bundle/write/files.ts';
import {unwritable} from '../../../source/bundle/write/problems.ts';
import {freeBytes, requireRoom} from '../../../source/bundle/write/room.ts';
import {hex, temporary} from '../helpers.ts';
import {type Row, refusalOf} from '../refusals.ts';

/** Bytes of which the disk takes none. */
const refusedWith = (code: string) =>
	(async function* () {
		yield Buffer.from('begun');
		throw Object.assign(new Error(`${code}: no words of ours`), {code});
	})();

const rows: readonly Row[] = [
	[
		'a disk that becomes full',
		async () => writeBundleFile(join(await temporary(), 'a'), refusedWith('ENOSPC')),
		{
			code: 'bundle-create-disk-full',
			cause: 'It became full while the bundle was written.',
			fix: 'Make room there, or name a folder on another disk with --out. Start it again: it goes on with what is there.',
		},
	],
	[
		'a quota that is used up',
		async () => writeBundleFile(join(await temporary(), 'a'), refusedWith('EDQUOT')),
		{
			code: 'bundle-create-disk-full',
			cause: 'It became full while the bundle was written.',
			fix: 'Make room there, or name a folder on another disk with --out. Start it again: it goes on with what is there.',
		},
	],
	[
		'a disk that is too small',
		() => requireRoom('/media/usb', 3 * 1024 ** 3, 1024 ** 2),
		{
			code: 'bundle-create-disk-full',
			message: 'The disk below /media/usb has no room for the bundle.',
			cause: 'It needs 3.0 GiB more and has 1.0 MiB.',
			fix: 'Make room there, or name a folder on another disk with --out. Start it again: it goes on with what is there.',
		},
	],
	[
		'a file where a folder is needed',
		async () => {
			const file = join(await temporary(), 'file');
			await writeFile(file, '');
			await writeBundleFile(join(file, 'a'), '');
		},
		{
			code: 'bundle-create-unwritable',
			cause: 'A file lies where a folder is needed.',
			fix: 'Mend that, or name another folder with --out.',
		},
	],
	[
		'a file that is too large for FAT',
		async () => writeBundleFile(join(await temporary(), 'a'), refusedWith('EFBIG')),
		{
			code: 'bundle-create-unwritable',
			cause: 'The system says: The file is too large for this file system (FAT ends at 4 GiB).',
			fix: 'Mend that, or name another folder with --out.',
		},
	],
];

test.each(rows)('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject({
		area: told.code === 'bundle-create-disk-full' ? 'prerequisites' : 'bundle',
		...told,
	});
});

test('what is no error of the file system stays as it is', async () => {
	const error = new TypeError('a mistake');
	expect(() => unwritable('/a')(error)).toThrow(error);
});

test('there is room for what fits to the last byte', () => {
	requireRoom('/a', 10, 10);
});

test('free bytes are those of the disk on which a folder will be', async () => {
	const folder = await temporary();
	const there = await freeBytes(folder);
	const later = await freeBytes(join(folder, 'not', 'there', 'yet'));
	// Others write meanwhile, but on no other disk.
	expect(Math.abs(later - there)).toBeLessThan(there);
});

test('a file gets its name only when what checks its bytes has nothing against them', async () => {
	const folder = await temporary();
	async function* chunks() {
		yield Buffer.from('one ');
		yield Buffer.from('two');
	}
	const digests: string[] = [];
	let bytes = 0;
	const onBytes = (more: number) => {
		bytes += more;
	};
	await writeBundleFile(
		join(folder, 'below', 'a'),
		hashed(chunks(), {onBytes, onEnd: (digest) => digests.push(digest)}),
	);
	expect(await readFile(join(folder, 'below', 'a'), 'utf8')).toBe('one two');
	expect([bytes, digests]).toEqual([7, [`sha256:${hex('one two')}`]]);
	const onEnd = () => {
		throw new Error('another digest');
	};
	await expect(writeBundleFile(join(folder, 'b'), hashed(chunks(), {onEnd}))).rejects.toThrow('another digest');
	expect(await readdir(folder)).toEqual(['below']);
});

test('bytes stop to pass when the work is stopped', async () => {
	const stop = new AbortController();
	async function* chunks() {
		yield Buffer.from('one');
		stop.abort(new Error('stopped'));
		yield Buffer.from('two');
	}
	const file = join(await temporary(), 'a');
	await expect(writeBundleFile(file, hashed(chunks(), {signal: stop.signal}))).rejects.toThrow('stopped');
});
