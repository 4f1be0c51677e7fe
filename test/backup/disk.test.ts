import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {temporary} from '../bundle/helpers.ts';

const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url));
const program = fileURLToPath(new URL('on-disk.ts', import.meta.url));

/** Makes a backup on a disk of its own, and tells what came of it and which files lie there. */
const onDisk = async (prepare: string, bytes: number) => {
	const disk = await temporary();
	const script = `mount -t tmpfs -o size=24m tmpfs "$DISK" && mkdir -m 700 "$DISK/b" && ${prepare}; "$TSX" "$PROGRAM" "$DISK/b" ${bytes}; echo; find "$DISK/b" -type f -printf '%f\\n'`;
	const {stdout, stderr} = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
		encoding: 'utf8',
		// A child that thinks itself a part of the tests would speak with them.
		env: {PATH: process.env.PATH, HOME: process.env.HOME, DISK: disk, TSX: tsx, PROGRAM: program},
	});
	const [told = '', ...files] = stdout.trim().split('\n');
	if (!told.startsWith('{')) throw new Error(stdout + stderr);
	return {told: JSON.parse(told), files: files.sort()};
};

test.skipIf(!mounts)(
	'a disk that becomes full keeps what is whole, and nothing else (needs unshare)',
	async () => {
		const {told, files} = await onDisk('true', 40 * 1024 ** 2);
		expect(told).toMatchObject({
			code: 'backup-disk-full',
			cause: expect.stringMatching(/^It became full at [\d.]+ MiB of database-large\.dump; .+ are free now\.$/u),
		});
		expect(files).toEqual(['database-small.dump', 'manifest.json']);
	},
	60_000,
);

test.skipIf(!mounts)(
	'a disk that cannot be written is told before anything is tried (needs unshare)',
	async () => {
		const {told, files} = await onDisk('mount -o remount,ro "$DISK"', 1);
		expect(told).toMatchObject({code: 'backup-unwritable', cause: 'The system says: The disk is read-only.'});
		expect(files).toEqual([]);
	},
	60_000,
);

test.skipIf(!mounts)(
	'a disk with room takes a backup (needs unshare)',
	async () => {
		expect((await onDisk('true', 1024)).told).toEqual({kept: 2});
	},
	60_000,
);
