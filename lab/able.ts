import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, rm, rmdir, statfs} from 'node:fs/promises';
import {tmpdir, totalmem} from 'node:os';
import {join} from 'node:path';
import {runCommand} from './commands.ts';
import {goBinary} from './kubernetes-build.ts';
import type {LabPaths} from './paths.ts';

const gib = 1024 ** 3;
/** Build cache of Go, Debian packages, images, and the data of a run. */
const leastDisk = 12 * gib;
const leastMemory = 6 * gib;

// The last line is the program's own word; before it stands the command.
const reasonOf = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';

/** Namespaces, a bridge, and an overlay mount as containerd makes them, tried for real and gone again. */
const namespaces = async (): Promise<string | undefined> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-able-'));
	const script = [
		'set -e',
		'ip link add lab0 type bridge',
		`mount -t tmpfs tmpfs ${folder}`,
		`mkdir ${folder}/lower ${folder}/upper ${folder}/work ${folder}/merged`,
		`mount -t overlay overlay -o lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work ${folder}/merged`,
	].join('\n');
	try {
		await runCommand('unshare', [
			...['--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--mount-proc'],
			...['bash', '-c', script],
		]);
		return undefined;
	} catch (error) {
		return `namespaces with a bridge and an overlay mount cannot be made: ${reasonOf(error)}`;
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

const cgroups = async (): Promise<string | undefined> => {
	const probe = join('/sys/fs/cgroup/memory', `lab-able-${process.pid}`);
	try {
		await mkdir(probe);
		await rmdir(probe);
		return undefined;
	} catch (error) {
		return `cgroups v1 cannot be written: ${reasonOf(error)}`;
	}
};

/** What this machine lacks to carry the lab, in words; empty when it can. Leaves nothing behind. */
export const whatIsMissing = async (paths: LabPaths): Promise<readonly string[]> => {
	if (process.platform !== 'linux' || process.getuid?.() !== 0) return ['the lab needs Linux and root'];
	const missing: string[] = [];
	try {
		goBinary();
	} catch (error) {
		missing.push(reasonOf(error));
	}
	for (const program of ['/usr/bin/apt-get', '/usr/bin/unshare', '/usr/bin/nsenter', '/usr/bin/python3'])
		if (!existsSync(program)) missing.push(`${program} is not there`);
	await mkdir(paths.cache, {recursive: true});
	const {bavail, bsize} = await statfs(paths.cache);
	if (bavail * bsize < leastDisk && !existsSync(join(paths.cache, 'kubernetes')))
		missing.push(`${paths.cache} has less than ${leastDisk / gib} GiB of free disk`);
	if (totalmem() < leastMemory) missing.push(`there is less than ${leastMemory / gib} GiB of memory`);
	for (const reason of await Promise.all([namespaces(), cgroups()])) if (reason) missing.push(reason);
	return missing;
};
