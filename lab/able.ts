import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, rm, rmdir, statfs} from 'node:fs/promises';
import {totalmem} from 'node:os';
import {dirname, join} from 'node:path';
import {runCommand} from './commands.ts';
import {builtKubernetes, goBinary, kubernetesSources} from './kubernetes-build.ts';
import type {LabPaths} from './paths.ts';

const gib = 1024 ** 3;
/** Build cache of Go, Debian packages, images, and the data of a run. */
const leastDisk = 12 * gib;
const leastMemory = 6 * gib;

// The last line is the program's own word; before it stands the command, after it mount's pointer to dmesg.
const reasonOf = (error: unknown): string =>
	(error instanceof Error ? error.message : String(error))
		.trim()
		.split('\n')
		.filter((line) => !line.includes('dmesg(1)'))
		.at(-1) ?? '';

/** Namespaces, a bridge, and an overlay mount where containerd will make them, tried for real and gone again. */
const namespaces = async (paths: LabPaths): Promise<string | undefined> => {
	// An overlay cannot lie on every file system: on another overlay, the root of many containers, it does not.
	const beside = dirname(paths.run);
	await mkdir(beside, {recursive: true});
	const folder = await mkdtemp(join(beside, 'lab-able-'));
	const script = [
		'set -e',
		'ip link add lab0 type bridge',
		`mkdir ${folder}/tmp ${folder}/lower ${folder}/upper ${folder}/work ${folder}/merged`,
		`mount -t tmpfs tmpfs ${folder}/tmp`,
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

/**
 * Asked where the sources are: from 1.21 on, Go fetches the newer one that their go.mod wants, or says that it may not
 * (go.dev/doc/toolchain). Earlier ones cannot even read that file.
 */
const go = async (paths: LabPaths): Promise<string | undefined> => {
	try {
		const said = await runCommand(goBinary(), ['env', 'GOVERSION'], {cwd: kubernetesSources, timeoutMs: 300_000});
		const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/u.exec(said) ?? [];
		if (Number(major) < 2 && Number(minor) < 24) return `Go 1.24 or newer is needed, this is ${said.trim()}`;
		// What is built from must be had: the largest module, once, for the build to find.
		if ((await builtKubernetes(paths)).length === 0)
			await runCommand(goBinary(), ['mod', 'download', 'k8s.io/kubernetes'], {
				cwd: kubernetesSources,
				timeoutMs: 900_000,
			});
		return undefined;
	} catch (error) {
		return reasonOf(error);
	}
};

/** What this machine lacks to carry the lab, in words; empty when it can. Leaves a module in Go's cache, nothing else. */
export const whatIsMissing = async (paths: LabPaths): Promise<readonly string[]> => {
	if (process.platform !== 'linux' || process.getuid?.() !== 0) return ['the lab needs Linux and root'];
	const missing: string[] = [];
	if (process.arch !== 'x64') missing.push(`the lab's programs are for x64, this is ${process.arch}`);
	for (const program of ['/usr/bin/apt-get', '/usr/bin/unshare', '/usr/bin/nsenter'])
		if (!existsSync(program)) missing.push(`${program} is not there`);
	// The kubelet ends where it cannot read it.
	if (!existsSync('/dev/kmsg')) missing.push('/dev/kmsg is not there');
	await mkdir(paths.cache, {recursive: true});
	const {bavail, bsize} = await statfs(paths.cache);
	if (bavail * bsize < leastDisk && (await builtKubernetes(paths)).length === 0)
		missing.push(`${paths.cache} has less than ${leastDisk / gib} GiB of free disk`);
	if (totalmem() < leastMemory) missing.push(`there is less than ${leastMemory / gib} GiB of memory`);
	for (const reason of await Promise.all([go(paths), namespaces(paths), cgroups()])) if (reason) missing.push(reason);
	return missing;
};
