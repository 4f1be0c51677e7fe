import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fingerprintOf} from '../../../source/engine/fingerprint.ts';
import type {Program} from '../../helpers/built-program.ts';

/** A host of an operator: a home, a folder to work in, a folder for state. */
export type Place = {
	readonly folder: string;
	readonly work: string;
	readonly state: string;
	readonly environment: Readonly<Record<string, string>>;
	/** Removes everything that was made here, the world of a rehearsal included. */
	readonly remove: () => Promise<void>;
};

/** Root's rehearsals lie where PostgreSQL's own user may pass; see source/app/rehearse.ts. */
export const worldOf = (state: string): string =>
	process.getuid?.() === 0
		? path.join('/var/tmp', `zenml-airgap-rehearsal-${fingerprintOf(state).slice(0, 12)}`)
		: path.join(state, 'world');

const gone = {recursive: true, force: true, maxRetries: 50, retryDelay: 200} as const;

/** Makes a place of its own. The environment is small on purpose: nothing of the machine that runs the tests leaks in. */
export const makePlace = async (program: Pick<Program, 'helm'>): Promise<Place> => {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'zenml-journey-')));
	await chmod(folder, 0o711);
	const [work, state, home] = ['work', 'state', 'home'].map((name) => path.join(folder, name)) as [
		string,
		string,
		string,
	];
	await mkdir(work);
	await mkdir(home);
	return {
		folder,
		work,
		state,
		environment: {
			PATH: `${path.dirname(program.helm)}:${process.env.PATH ?? '/usr/bin:/bin'}`,
			HOME: home,
			LANG: 'C.UTF-8',
			ZENML_AIRGAP_HELM: program.helm,
		},
		remove: async () => {
			await rm(worldOf(state), gone);
			await rm(folder, gone);
		},
	};
};

export type Ended = {readonly code: number | null; readonly out: string; readonly err: string};

/** A program without a terminal. `ended` resolves when it is over and its output is closed. */
export const startQuietly = (
	command: readonly string[],
	place: Pick<Place, 'work' | 'environment'>,
	environment: Readonly<Record<string, string>> = {},
): {readonly pid: number; readonly out: () => string; readonly err: () => string; readonly ended: Promise<Ended>} => {
	const [file = '', ...rest] = command;
	const child = spawn(file, rest, {
		cwd: place.work,
		env: {...place.environment, ...environment},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let [out, err] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		out += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		err += text;
	});
	return {
		pid: child.pid ?? -1,
		out: () => out,
		err: () => err,
		ended: once(child, 'close').then(([code]) => ({code: code as number | null, out, err})),
	};
};

/** Runs a program without a terminal to its end. */
export const runQuietly = async (...start: Parameters<typeof startQuietly>): Promise<Ended> =>
	startQuietly(...start).ended;

const statOf = async (pid: string): Promise<{readonly pid: number; readonly parent: number} | undefined> => {
	const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const [state = '', parent = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return state === 'Z' ? undefined : {pid: Number(pid), parent: Number(parent)};
};

const processes = async () =>
	(await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(statOf))).flatMap(
		(one) => one ?? [],
	);

/** All that descends from a process: the rehearsal's host, PostgreSQL and its workers, helm. */
export const descendants = async (pid: number): Promise<readonly number[]> => {
	const all = await processes();
	const below = (parent: number): readonly number[] =>
		all.filter((one) => one.parent === parent).flatMap((one) => [one.pid, ...below(one.pid)]);
	return below(pid);
};

/** Waits until none of these processes is left. @throws Error that names those that stay. */
export const waitUntilGone = async (pids: readonly number[], timeoutMs: number): Promise<void> => {
	const end = Date.now() + timeoutMs;
	for (;;) {
		const alive = new Set((await processes()).map(({pid}) => pid));
		const left = pids.filter((pid) => alive.has(pid));
		if (left.length === 0) return;
		if (Date.now() > end) throw new Error(`still running after ${timeoutMs} ms: ${left.join(', ')}`);
		await sleep(50);
	}
};

/** Every regular file below a folder with its text; for searching after secrets. */
export const textsIn = async (folder: string): Promise<ReadonlyMap<string, string>> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	const files = entries.filter((entry) => entry.isFile()).map(({parentPath, name}) => path.join(parentPath, name));
	return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
};
