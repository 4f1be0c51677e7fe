import {execFile, execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {type TestContext, test} from 'vitest';
import {restMs} from '../../../source/ui/state/rest.ts';
import type {Place} from './place.ts';

const run = promisify(execFile);

const hasTmux = (): boolean => {
	try {
		execFileSync('tmux', ['-V'], {stdio: 'ignore'});
		return true;
	} catch {
		return false;
	}
};

/** A test that needs a terminal; where there is no tmux it is left out, and its name says why. */
export const journey = (name: string, body: (context: TestContext) => Promise<void>, timeoutMs = 160_000): void => {
	if (hasTmux()) test(name, {timeout: timeoutMs}, body);
	else test.skip(`${name} (left out: tmux is not installed, and it plays the terminal)`);
};

/** A pseudo-terminal with one program in it. Waiting rejects with the last frame in its message. */
export type Terminal = {
	/** Process id of the program. */
	readonly pid: () => Promise<number>;
	/** Sends a signal to the program alone. */
	readonly signal: (name: 'SIGKILL' | 'SIGTERM') => Promise<void>;
	/** What is on the screen now; with `history` also what has scrolled away. */
	readonly frame: (history?: boolean) => Promise<string>;
	/** Polls the screen until it holds the text; returns that frame. */
	readonly waitFor: (wanted: string | RegExp, timeoutMs?: number) => Promise<string>;
	/** Waits for a page that comes by itself, and until it takes keys; returns the frame in which it came. */
	readonly meet: (wanted: string | RegExp, timeoutMs?: number) => Promise<string>;
	/** Presses keys by tmux's names, e.g. `Enter`, `C-c`, `Escape`, or single characters. */
	readonly press: (...keys: readonly string[]) => Promise<void>;
	/** Types characters one after the other as they are. */
	readonly type: (text: string) => Promise<void>;
	readonly resize: (columns: number, rows: number) => Promise<void>;
	/** Is the program on the alternate screen? */
	readonly alternate: () => Promise<boolean>;
	/** Waits until the program has ended; its exit code. */
	readonly exitCode: (timeoutMs?: number) => Promise<number>;
	/** Closes the terminal under the program, as a lost SSH line does: SIGHUP. */
	readonly hangUp: () => Promise<void>;
	/** Every byte that the program wrote to the terminal so far. */
	readonly written: () => Promise<string>;
	/** Ends the terminal and what runs in it. */
	readonly close: () => Promise<void>;
};

const pollMs = 60;

/** Opens a terminal of its own and starts a program in it. */
export const openTerminal = async (
	command: readonly string[],
	place: Place,
	options: {
		readonly columns?: number;
		readonly rows?: number;
		readonly environment?: Readonly<Record<string, string>>;
	} = {},
): Promise<Terminal> => {
	const {columns = 80, rows = 24} = options;
	const environment = {...place.environment, ...options.environment};
	const name = `zenml-${randomBytes(5).toString('hex')}`;
	const record = path.join(place.folder, `${name}.terminal`);
	const tmux = async (...words: readonly string[]): Promise<string> => {
		const {stdout} = await run('tmux', ['-L', name, '-f', '/dev/null', ...words], {env: environment});
		return stdout;
	};
	const ask = async (format: string): Promise<string> =>
		(await tmux('display-message', '-p', '-t', name, format)).trim();
	const commands = [
		['start-server'],
		['set-option', '-g', 'remain-on-exit', 'on'],
		['set-option', '-g', 'history-limit', '5000'],
		['set-option', '-g', 'escape-time', '0'],
		['set-option', '-g', 'status', 'off'],
		// The recorder is there before the first byte: the program waits for the file to exist.
		['new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows), '-c', place.work],
	];
	const starter = ['sh', '-c', 'while [ ! -e "$0" ]; do sleep 0.02; done; exec "$@"', record, ...command];
	await tmux(...commands.flatMap((one) => [...one, ';']).slice(0, -1), '--', ...starter);
	await tmux('pipe-pane', '-t', name, '-O', `cat > '${record}'`);

	const frame = async (history = false): Promise<string> =>
		tmux('capture-pane', '-p', '-t', name, ...(history ? ['-J', '-S', '-'] : []));
	const fail = async (what: string): Promise<never> => {
		const last = await frame(true).catch((error: unknown) => String(error));
		throw new Error(`${what}; the last frame was:\n${last}`);
	};
	const until = async <T>(look: () => Promise<T | undefined>, what: string, timeoutMs: number): Promise<T> => {
		const end = Date.now() + timeoutMs;
		for (;;) {
			const seen = await look();
			if (seen !== undefined) return seen;
			if (Date.now() > end) return fail(`${what} within ${timeoutMs} ms`);
			await sleep(pollMs);
		}
	};
	/** tmux 3.3 sometimes misses that its child has ended; told so once more, it collects all of them. */
	const collect = async (): Promise<void> => {
		process.kill(Number(await ask('#{pid}')), 'SIGCHLD');
	};
	const fits = (text: string, wanted: string | RegExp): boolean =>
		typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
	const waitFor = async (wanted: string | RegExp, timeoutMs = 60_000): Promise<string> =>
		until(
			async () => {
				const now = await frame();
				if (fits(now, wanted)) return now;
				await collect();
				if ((await ask('#{pane_dead}')) !== '1') return undefined;
				const all = await frame(true);
				return fits(all, wanted) ? all : fail(`the program ended without showing ${String(wanted)}`);
			},
			`${String(wanted)} was not shown`,
			timeoutMs,
		);
	return {
		pid: async () => Number(await ask('#{pane_pid}')),
		signal: async (wanted) => {
			process.kill(Number(await ask('#{pane_pid}')), wanted);
		},
		frame,
		waitFor,
		meet: async (wanted, timeoutMs) => {
			const met = await waitFor(wanted, timeoutMs);
			await sleep(restMs + pollMs);
			return met;
		},
		press: async (...keys) => {
			for (const key of keys) await tmux('send-keys', '-t', name, key);
		},
		type: async (text) => {
			await tmux('send-keys', '-t', name, '-l', '--', text);
		},
		resize: async (width, height) => {
			await tmux('resize-window', '-t', name, '-x', String(width), '-y', String(height));
		},
		alternate: async () => (await ask('#{alternate_on}')) === '1',
		exitCode: async (timeoutMs = 30_000) =>
			Number(
				await until(
					async () => {
						await collect();
						// The pane is dead a moment before tmux has heard how.
						const [dead, status, signal] = (await ask('#{pane_dead}/#{pane_dead_status}/#{pane_dead_signal}')).split(
							'/',
						);
						if (dead === '1' && signal) return fail(`the program was ended by signal ${signal}`);
						return dead === '1' && status ? status : undefined;
					},
					'the program did not end',
					timeoutMs,
				),
			),
		hangUp: async () => {
			await tmux('kill-session', '-t', name);
		},
		written: async () => readFile(record, 'utf8'),
		close: async () => {
			// The server may have gone with its last session.
			await tmux('kill-server').catch(() => undefined);
		},
	};
};
