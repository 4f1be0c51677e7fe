import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Context} from '../../source/app/base/context.ts';
import {main} from '../../source/app/main.ts';
import {systemClock} from '../../source/base/clock.ts';
import {createRedactor} from '../../source/base/redact.ts';

/** The program in a folder of its own: nothing of this user's home or environment is seen. */
export type Stage = {
	readonly folder: string;
	readonly stateDirectory: string;
	readonly context: Context;
	/** Runs one command line. */
	readonly run: (
		...words: readonly string[]
	) => Promise<{readonly code: number; readonly out: string; readonly err: string}>;
	readonly write: (name: string, text: string) => Promise<string>;
	readonly remove: () => Promise<void>;
};

export const createStage = async (more: Partial<Context> = {}): Promise<Stage> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-program-'));
	const home = path.join(folder, 'home');
	await mkdir(home);
	let out = '';
	let err = '';
	const context: Context = {
		version: '0.0.0-source',
		environment: {},
		homeDirectory: home,
		workingDirectory: folder,
		temporaryDirectory: tmpdir(),
		hostName: hostname(),
		userName: 'ada',
		userId: process.getuid?.(),
		pid: process.pid,
		clock: systemClock,
		redactor: createRedactor(),
		out: (text) => {
			out += text;
		},
		err: (text) => {
			err += text;
		},
		signal: new AbortController().signal,
		interrupt: () => undefined,
		screen: false,
		color: false,
		light: undefined,
		asksBackground: false,
		signals: {title: 'none', bell: false, notify: false},
		ascii: true,
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
		programDirectory: fileURLToPath(new URL('../..', import.meta.url)),
		nodeArguments: process.execArgv,
		startedByNpm: false,
		leave: (code) => {
			throw new Error(`left with ${code}`);
		},
		...more,
	};
	return {
		folder,
		stateDirectory: path.join(home, '.local', 'state', 'zenml-airgap'),
		context,
		run: async (...words) => {
			out = '';
			err = '';
			const code = await main(context, words);
			return {code, out, err};
		},
		write: async (name, text) => {
			const file = path.join(folder, name);
			await mkdir(path.dirname(file), {recursive: true});
			await writeFile(file, text);
			return file;
		},
		remove: async () => {
			await chmod(folder, 0o700);
			await rm(folder, {recursive: true, force: true});
		},
	};
};
