import {spawn} from 'node:child_process';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {builtExecutable} from '../package/executable.ts';
import {labFacts} from './lab.ts';

const facts = labFacts();

/** helm of the version that the whole suite uses; the one of `npm start` unless ZENML_AIRGAP_HELM says otherwise. */
export const helm =
	process.env.ZENML_AIRGAP_HELM ||
	join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zenml-airgap/helm/4.2.3/helm');

export type Run = {readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string};

export type RunOptions = {
	readonly killAfterMs?: number;
	readonly killWhen?: RegExp;
	readonly args?: readonly string[];
	readonly signal?: NodeJS.Signals;
	readonly heard?: (output: string) => void;
	/** How the executable is started with these words, where not as this user on this host. */
	readonly command?: (words: readonly string[]) => readonly string[];
};

/** The packaged executable with its words. */
export const packaged = async (...words: readonly string[]): Promise<readonly string[]> => [
	await builtExecutable(),
	...words,
];

const start = ([file = '', ...words]: readonly string[]) =>
	spawn(file, words, {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, KUBECONFIG: '', NODE_ENV: 'production'},
	});

/**
 * Runs a plan of the packaged tool without a screen, with the lab's answers; `signal` (SIGKILL) is sent to its process group after
 * `killAfterMs` or when its output fits `killWhen`. `heard` gets its output so far.
 * @param words the command, e.g. `back`, `default`
 */
export const runTool = async (
	words: readonly string[],
	stateDirectory: string,
	options: RunOptions = {},
): Promise<Run> => {
	const given = ['--non-interactive', '--answers', facts.answers ?? '', '--set', `helm.binary=${helm}`];
	const all = [...words, ...given, '--state-dir', stateDirectory, ...(options.args ?? [])];
	const command = options.command?.(all) ?? (await packaged(...all));
	return watched(command, options);
};

/** Starts a command and waits for its end, or kills it, as `runTool` tells. */
const watched = (command: readonly string[], options: RunOptions): Promise<Run> =>
	new Promise((done, reject) => {
		const child = start(command);
		let output = '';
		let killed = false;
		const kill = (): void => {
			if (!killed && child.pid && child.exitCode === null) process.kill(-child.pid, options.signal ?? 'SIGKILL');
			killed = true;
		};
		const keep = (chunk: Buffer): void => {
			output += chunk.toString('utf8');
			options.heard?.(output);
			if (options.killWhen?.test(output)) kill();
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		const timer = options.killAfterMs === undefined ? undefined : setTimeout(() => kill(), options.killAfterMs);
		child.once('error', reject);
		child.once('close', (code, signal) => {
			clearTimeout(timer);
			done({code, signal, output});
		});
	});

/** Installs, see `runTool`. */
export const install = (stateDirectory: string, options: RunOptions = {}): Promise<Run> =>
	runTool(['install'], stateDirectory, options);

/** An install on its way: `reached` resolves when its output fits, or with the run when that ends before. */
export const beginInstall = (
	stateDirectory: string,
): {readonly done: Promise<Run>; readonly reached: (pattern: RegExp) => Promise<Run | undefined>} => {
	let output = '';
	let look = (): void => undefined;
	const done = install(stateDirectory, {
		heard: (text) => {
			output = text;
			look();
		},
	});
	const reached = (pattern: RegExp): Promise<Run | undefined> =>
		new Promise((resolve, reject) => {
			look = () => void (pattern.test(output) && resolve(undefined));
			look();
			done.then(resolve, reject);
		});
	return {done, reached};
};
