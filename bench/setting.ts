import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {fetchHelm} from '../scripts/fetch-helm.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What every measurement needs. Paths are absolute. */
export type Setting = {
	/** The built program's folder. */
	readonly dist: string;
	/** Its command line, without arguments. */
	readonly program: readonly [node: string, file: string];
	/** For everything that a measurement writes; gone when the benchmark ends. */
	readonly folder: string;
	readonly helm: string;
	/** Environment of the program: nothing of the caller's that changes how it draws. */
	readonly environment: NodeJS.ProcessEnv;
};

/** Gives `work` a setting and removes its folder afterwards. @throws Error when the program is not built. */
export const withSetting = async <T>(dist: string, work: (setting: Setting) => Promise<T>): Promise<T> => {
	const file = path.join(dist, 'cli.js');
	if (!existsSync(file)) throw new Error(`${file} is not there: build the program first (npm run build)`);
	const {helm} = await fetchHelm('4.2.3');
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-bench-'));
	// The rehearsal's PostgreSQL runs as another user when this one is root, and must pass through.
	await chmod(folder, 0o711);
	const {NO_COLOR: _color, KUBECONFIG: _kubeconfig, INK_SCREEN_READER: _reader, CI: _ci, ...inherited} = process.env;
	try {
		return await work({
			dist,
			program: [process.execPath, file],
			folder,
			helm,
			environment: {...inherited, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ZENML_AIRGAP_HELM: helm},
		});
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

/** A program that has ended. `wallMs` counts from its start until both of its outputs are closed. */
export type Ended = {readonly stdout: string; readonly stderr: string; readonly wallMs: number};

/** Runs the program to its end. @throws Error when it ends with another exit code than 0, or not within `limitMs`. */
export const runProgram = async (setting: Setting, words: readonly string[], limitMs: number): Promise<Ended> => {
	const [node, file] = setting.program;
	const before = performance.now();
	const child = spawn(node, [file, ...words], {
		env: setting.environment,
		cwd: setting.folder,
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: limitMs,
	});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code ?? child.signalCode}:\n${stderr.slice(-4000)}`);
	return {stdout, stderr, wallMs: performance.now() - before};
};
