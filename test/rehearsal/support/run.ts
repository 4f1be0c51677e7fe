import {type ChildProcess, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Problem} from '../../../source/base/problem.ts';
import type {Event} from '../../../source/engine/events.ts';
import {builtCli} from '../../helpers/built-program.ts';

/** How one run of the program ended. */
export type Ended = {
	readonly code: number | null;
	readonly events: readonly Event[];
	readonly errors: string;
	/** The problems it stopped at, and those it retried. */
	readonly problems: readonly Problem[];
};

const root = fileURLToPath(new URL('../../../', import.meta.url));
const started = new Set<ChildProcess>();

/** A state folder of its own, and the folder where the program keeps the world of it. */
export const makeStateFolder = async (): Promise<{readonly state: string; readonly world: string}> => {
	const state = await mkdtemp(path.join(tmpdir(), 'zenml-rehearse-'));
	const name = createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 12);
	return {
		state,
		world: process.getuid?.() === 0 ? `/var/tmp/zenml-airgap-rehearsal-${name}` : path.join(state, 'world'),
	};
};

export const removeFolders = async (folders: readonly string[]): Promise<void> => {
	for (const folder of folders) await rm(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 200});
};

/** Starts `rehearse`, headless with JSON lines. */
export const startProgram = (
	state: string,
	words: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): {readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly output: () => string} => {
	const pace = words.includes('--pace') ? [] : ['--pace', 'fast'];
	const all = [builtCli(), 'rehearse', '--non-interactive', '--json', ...pace, '--state-dir', state, ...words];
	const child = spawn(process.execPath, all, {
		cwd: root,
		env: {...process.env, ...environment},
		stdio: ['ignore', 'pipe', 'pipe'],
		// A process group of its own, as a shell gives it: a test can send Ctrl-C to all of it.
		detached: true,
	});
	started.add(child);
	let output = '';
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => {
		output += chunk.toString('utf8');
	});
	child.stderr.on('data', (chunk: Buffer) => {
		errors += chunk.toString('utf8');
	});
	const ended = new Promise<Ended>((resolve) => {
		child.once('close', (code) => {
			started.delete(child);
			const events = output
				.trim()
				.split('\n')
				.filter((line) => line !== '')
				.map((line) => JSON.parse(line) as Event);
			const problems = events.flatMap((event) => (event.type === 'step-problem' ? [event.problem] : []));
			resolve({code, events, errors, problems});
		});
	});
	return {child, ended, output: () => output + errors};
};

/** Runs `rehearse` to its end. */
export const runProgram = async (
	state: string,
	words: readonly string[],
	environment?: Readonly<Record<string, string>>,
): Promise<Ended> => startProgram(state, words, environment).ended;

/** Ends what a failed test left running. */
export const killStarted = (): void => {
	for (const child of started) child.kill('SIGKILL');
};

/** Outcome of each step, by id. */
export const outcomes = ({events}: Ended): Readonly<Record<string, string>> =>
	Object.fromEntries(events.flatMap((event) => (event.type === 'step-finished' ? [[event.step, event.outcome]] : [])));

/** Ids of the steps that the engine found stale. */
export const staleSteps = ({events}: Ended): readonly string[] =>
	events.flatMap((event) => (event.type === 'step-started' && event.stale ? [event.step] : []));

const alive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** Pids of living processes whose command line or working directory names the folder. Linux only. */
export const processesOf = async (folder: string): Promise<readonly number[]> => {
	const {readdir, readlink} = await import('node:fs/promises');
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
	const found = await Promise.all(
		pids.map(async (pid) => {
			const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
			const at = await readlink(`/proc/${pid}/cwd`).catch(() => '');
			return (words.includes(folder) || at.startsWith(folder)) && alive(pid) && pid !== process.pid ? [pid] : [];
		}),
	);
	return found.flat();
};
