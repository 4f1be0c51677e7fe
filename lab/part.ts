import {spawn} from 'node:child_process';
import {closeSync, existsSync, openSync, readFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {runCommand} from './commands.ts';
import type {LabPaths} from './paths.ts';
import {LabError} from './report.ts';

/** One daemon of the lab. Everything here runs inside the lab's namespaces. */
export type Part = {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	readonly env?: NodeJS.ProcessEnv;
	/** Account that the daemon runs as; root unless told. */
	readonly account?: {readonly uid: number; readonly gid: number};
	/** TCP ports it listens on; taken ones are named before it starts. */
	readonly ports?: readonly number[];
	/** Resolves when it can be used, rejects while it cannot. */
	readonly ready: () => Promise<void>;
	/** Seconds it may take to become ready. */
	readonly patience?: number;
};

export type PartState = {
	readonly name: string;
	readonly pid: number | undefined;
	readonly alive: boolean;
	readonly log: string;
};

const logOf = (paths: LabPaths, name: string): string => join(paths.logs, `${name}.log`);
const pidFileOf = (paths: LabPaths, name: string): string => join(paths.run, `${name}.pid`);

/** Program and arguments that run a TypeScript file of the lab, whoever starts it. */
export const script = (file: URL, ...args: readonly string[]): Pick<Part, 'program' | 'args'> => ({
	program: process.execPath,
	args: ['--import', import.meta.resolve('tsx'), fileURLToPath(file), ...args],
});

/** What is known of a part: whether the process that was started still runs, and where its log lies. */
export const partState = (paths: LabPaths, name: string): PartState => {
	const file = pidFileOf(paths, name);
	const log = logOf(paths, name);
	if (!existsSync(file)) return {name, pid: undefined, alive: false, log};
	const pid = Number(readFileSync(file, 'utf8'));
	let state = '';
	try {
		state = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /su, '')
			.slice(0, 1);
	} catch {
		// No such process.
	}
	return {name, pid, alive: state !== '' && state !== 'Z', log};
};

const tail = async (file: string): Promise<string> =>
	(await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-6).join('\n');

/** Resolves when something listens on the port of the address. */
export const listening = (host: string, port: number): Promise<void> =>
	new Promise((done, reject) => {
		const socket = connect({host, port, timeout: 1000});
		socket.once('connect', () => {
			socket.destroy();
			done();
		});
		socket.once('timeout', () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
		socket.once('error', reject);
	});

const holderOf = async (port: number): Promise<string | undefined> => {
	const lines = (await runCommand('ss', ['-Hltnp', `sport = :${port}`])).trim();
	return lines === '' ? undefined : (/users:\(\((.*?)\)\)/u.exec(lines)?.[1] ?? lines);
};

/**
 * Starts a part unless it runs, and waits until it is ready.
 * @returns true when it was started now. @throws LabError naming the part and its log, or who holds its port.
 */
export const ensurePart = async (paths: LabPaths, part: Part): Promise<boolean> => {
	const {alive, log} = partState(paths, part.name);
	if (!alive) {
		for (const port of part.ports ?? []) {
			const holder = await holderOf(port);
			if (holder) throw new LabError(`${part.name} cannot start: port ${port} is held by ${holder}.`, log);
		}
		const out = openSync(log, 'a', 0o600);
		const child = spawn(part.program, [...part.args], {
			detached: true,
			stdio: ['ignore', out, out],
			cwd: '/',
			env: part.env ?? {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'},
			...part.account,
		});
		closeSync(out);
		await new Promise<void>((done, reject) => {
			child.once('spawn', done);
			child.once('error', (error) => reject(new LabError(`${part.name} cannot be started: ${error.message}`, log)));
		});
		child.unref();
		await writeFile(pidFileOf(paths, part.name), `${child.pid}`);
	}
	const patience = (part.patience ?? 30) * 1000;
	const begin = performance.now();
	let last: unknown;
	while (performance.now() - begin < patience) {
		try {
			await part.ready();
			return !alive;
		} catch (error) {
			last = error;
		}
		if (!partState(paths, part.name).alive)
			throw new LabError(`${part.name} ended by itself. Its last words:\n${await tail(log)}`, log);
		await sleep(150);
	}
	const why = last instanceof Error ? last.message : String(last);
	throw new LabError(`${part.name} is not ready after ${part.patience ?? 30} s: ${why}\n${await tail(log)}`, log);
};

/** Ends a part; kills it when it does not end within ten seconds. */
export const stopPart = async (paths: LabPaths, name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
	const {pid, alive} = partState(paths, name);
	if (pid === undefined || !alive) return;
	process.kill(pid, signal);
	for (let attempt = 0; attempt < 100 && partState(paths, name).alive; attempt += 1) await sleep(100);
	if (partState(paths, name).alive) process.kill(pid, 'SIGKILL');
};
