import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {onTestFinished} from 'vitest';
import {builtCli} from '../helpers/built-program.ts';
import {imageOf, noise, temporary} from './helpers.ts';
import {writeLayout} from './on-disk.ts';

/** Starts `registry push`, or another command of that group, as a process of its own; it ends with the test. */
export const start = (words: readonly string[], env: Readonly<Record<string, string>> = {}, command = 'push') => {
	const child = spawn(process.execPath, [builtCli(), 'registry', command, ...words], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env},
	});
	const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
	onTestFinished(async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill('SIGKILL');
		await ended;
	});
	const [out, err] = [text(child.stdout), text(child.stderr)];
	return {
		child,
		result: async () => {
			const [code] = await ended;
			return {code, out: await out, err: await err};
		},
	};
};

/** The layer that two of them share. */
export const base = noise('base', 600_000);
/** Two that share a layer, and one of its own. */
export const images = [
	imageOf('api', [base, noise('api', 200_000)]),
	imageOf('server', [base, noise('server', 100_000)]),
	imageOf('client', [noise('client', 50_000)]),
];

/** These images as an OCI layout in a folder of the test, and a place for the state. */
export const setting = async () => {
	const folder = await temporary();
	const layout = await writeLayout(join(folder, 'images'), images);
	const state = join(folder, 'state');
	return {folder, layout, state};
};
