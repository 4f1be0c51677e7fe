import {spawn} from 'node:child_process';
import {readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** What each shell is started with, and the key that writes what stands on its line into a file. */
const shells = {
	bash: {
		command: 'bash --norc --noprofile -i',
		key: (file: string) => `bind -x '"\\C-o": echo "$READLINE_LINE" > ${file}'`,
	},
	zsh: {
		command: 'zsh -f -i',
		key: (file: string) =>
			`tell() { print -r -- "$BUFFER" > ${file} }; zle -N tell; bindkey '^O' tell; setopt no_prompt_cr`,
	},
} as const;

/** Shells that are driven through a terminal of their own. */
export type TypedShell = keyof typeof shells;

const until = async (file: string): Promise<string> => {
	for (let tries = 0; tries < 400; tries++) {
		const text = await readFile(file, 'utf8').catch(() => undefined);
		// The file is there before its text is.
		if (text?.endsWith('\n')) return text.slice(0, -1);
		await sleep(50);
	}
	throw new Error(`nothing was written to ${file}`);
};

/**
 * A real shell on a real terminal (that of `script`), with some lines run in it first.
 * @returns what stands on the line after some keys, such as a word and Tab, and all that the terminal was told
 */
export const shellAt = async (shell: TypedShell, folder: string, lines: readonly string[]) => {
	const file = path.join(folder, 'line');
	const {command, key} = shells[shell];
	const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
		cwd: folder,
		stdio: 'pipe',
		env: {PATH: process.env.PATH, TERM: 'dumb', HOME: folder, PS1: '$ '},
	});
	let told = '';
	child.stdout.on('data', (chunk: Buffer) => {
		told += chunk.toString('utf8');
	});
	const ended = new Promise((done) => child.once('close', done));
	for (const line of [key(file), ...lines]) child.stdin.write(`${line}\n`);
	const ready = path.join(folder, 'ready');
	child.stdin.write(`echo > ${ready}\n`);
	await until(ready);
	await rm(ready);
	return {
		told: () => told,
		/** Types keys on an empty line, and reads what became of it. */
		type: async (keys: string): Promise<string> => {
			await rm(file, {force: true});
			// Ctrl-U: whatever stands there goes.
			child.stdin.write(`\u0015${keys}\u000f`);
			return until(file);
		},
		end: async (): Promise<void> => {
			child.stdin.end('\u0015exit\n');
			await ended;
		},
	};
};
