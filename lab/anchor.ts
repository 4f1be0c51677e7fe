import {spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {mkdir, rm, rmdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {runCommand} from './commands.ts';
import {type LabPaths, net} from './paths.ts';
import {type ProcessMark, startedWith, startTime, stillRuns} from './processes.ts';
import {LabError} from './report.ts';

// First process of the lab's PID namespace. It reaps what daemons leave; its end is the end of every process of the lab.
const anchorScript = 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done';

// Set for the holder and what it forks, for nothing else: they are found by it also when no file names them.
const mark = (paths: LabPaths): {readonly ZENML_AIRGAP_LAB_ANCHOR: string} => ({ZENML_AIRGAP_LAB_ANCHOR: paths.run});

/** Ends the lab's first process and its holder, a start that was broken off included. Returns the pids that do not end. */
const endProcesses = async (paths: LabPaths): Promise<readonly number[]> => {
	let pids: readonly number[] = [];
	for (let attempt = 0; attempt < 200; attempt += 1) {
		const anchor = findAnchor(paths);
		const marked = startedWith(`ZENML_AIRGAP_LAB_ANCHOR=${paths.run}`);
		pids = [...new Set([...marked, ...(anchor === undefined ? [] : [anchor])])];
		if (pids.length === 0) return [];
		for (const pid of pids) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch (error) {
				// The end of the first process may have ended this one.
				if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
			}
		}
		await sleep(50);
	}
	return pids;
};

/** Host pid of the running lab's anchor, or undefined when there is none. */
export const findAnchor = (paths: LabPaths): number | undefined => {
	if (!existsSync(paths.anchor)) return undefined;
	const anchor = JSON.parse(readFileSync(paths.anchor, 'utf8')) as ProcessMark;
	return stillRuns(anchor) ? anchor.pid : undefined;
};

/** Command line that runs a program inside the lab; the environment and the working folder go along. */
export const enter = (pid: number): readonly string[] => [
	'nsenter',
	'--target',
	`${pid}`,
	'--net',
	'--mount',
	'--pid',
	'--',
];

// The child takes its mounts out of the host's propagation and mounts /proc before it becomes bash: nobody may enter sooner.
const childOf = async (pid: number): Promise<number> => {
	for (let attempt = 0; attempt < 500; attempt += 1) {
		const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
		if (child && readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'bash') return Number(child);
		await sleep(20);
	}
	throw new LabError('The first process of the lab did not start.');
};

/**
 * Makes the lab's own network, mount and PID namespaces: a bridge with the node's address, a default route that leads to the
 * bridge only, and private copies of the folders that a node writes to. Nothing leads out, and nothing outside is changed.
 */
export const startAnchor = async (paths: LabPaths): Promise<number> => {
	// What a start left that was broken off would hold the folders below.
	const held = await endProcesses(paths);
	if (held.length > 0) throw new LabError(`Processes of an earlier start do not end: ${held.join(', ')}.`);
	await mkdir(paths.run, {recursive: true, mode: 0o711});
	for (const folder of [paths.logs, paths.data, paths.pki, paths.config])
		await mkdir(folder, {recursive: true, mode: 0o711});
	const host = join(paths.run, 'host');
	await mkdir(host, {recursive: true});
	await writeFile(
		join(host, 'resolv.conf'),
		`nameserver ${net.node}\nsearch ${net.zone}\noptions timeout:2 attempts:2\n`,
	);
	await writeFile(join(host, 'hosts'), `127.0.0.1 localhost\n${net.node} ${net.nodeName}\n`);
	const holder = spawn(
		'unshare',
		[
			'--net',
			'--mount',
			'--propagation',
			'private',
			'--pid',
			'--kill-child',
			'--mount-proc',
			'bash',
			'-c',
			anchorScript,
		],
		{
			detached: true,
			stdio: 'ignore',
			cwd: '/',
			env: {PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', ...mark(paths)},
		},
	);
	await new Promise<void>((done, reject) => {
		holder.once('spawn', done);
		holder.once('error', (error) => reject(new LabError(`unshare cannot be started: ${error.message}`)));
	});
	holder.unref();
	const pid = await childOf(holder.pid ?? 0);
	const setup = [
		'set -e',
		// Shared below this point only: what containerd mounts must be seen by the kubelet, and by nobody outside.
		'mount --make-rshared /',
		`mkdir -p ${host}/log ${host}/lib ${host}/run`,
		`mount --bind ${host}/log /var/log; mount --bind ${host}/lib /var/lib; mount --bind ${host}/run /run`,
		`mount --bind ${host}/resolv.conf /etc/resolv.conf; mount --bind ${host}/hosts /etc/hosts`,
		'mkdir -p /run/netns /var/lib/cni',
		'ip link set lo up',
		`ip link add ${net.bridge} type bridge`,
		`ip address add ${net.node}/${net.prefix} dev ${net.bridge}`,
		`ip link set ${net.bridge} up`,
		`ip route add default dev ${net.bridge}`,
		'echo 1 > /proc/sys/net/ipv4/ip_forward',
		'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet',
	].join('\n');
	const [program = '', ...args] = [...enter(pid), 'bash', '-c', setup];
	await runCommand(program, args).catch((error: unknown) => {
		process.kill(pid, 'SIGKILL');
		throw error;
	});
	// Written last: a lab whose network was not made to its end must not be attached to.
	await writeFile(paths.anchor, JSON.stringify({pid, started: startTime(pid) ?? ''} satisfies ProcessMark), {
		mode: 0o600,
	});
	return pid;
};

const ownCgroups = /^(kubepods|lab-)/u;

const removeCgroups = async (folder: string): Promise<void> => {
	for (const entry of readdirSync(folder, {withFileTypes: true}))
		if (entry.isDirectory()) await removeCgroups(join(folder, entry.name));
	// A cgroup folder goes by rmdir alone; what is still in use stays and is told by the caller.
	await rmdir(folder).catch(() => undefined);
};

/** Ends every process of the lab by ending its first one, and removes its folder and cgroups. Repeatable. Returns what is left. */
export const endAnchor = async (paths: LabPaths): Promise<readonly string[]> => {
	const left = (await endProcesses(paths)).map((pid) => `process ${pid}`);
	for (const controller of existsSync('/sys/fs/cgroup') ? readdirSync('/sys/fs/cgroup', {withFileTypes: true}) : []) {
		if (!controller.isDirectory()) continue;
		const root = join('/sys/fs/cgroup', controller.name);
		for (const name of readdirSync(root).filter((entry) => ownCgroups.test(entry))) {
			await removeCgroups(join(root, name));
			if (existsSync(join(root, name))) left.push(join(root, name));
		}
	}
	await rm(paths.run, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
	return left;
};
