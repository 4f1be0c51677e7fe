import {spawn} from 'node:child_process';
import {once} from 'node:events';

/** A program under a pseudo-terminal. Times are milliseconds of `performance.now()`. */
export type Terminal = {
	/** When its process began: the shell in the terminal says so just before it becomes the program. */
	readonly startedAt: number;
	/** Types. */
	readonly write: (keys: string) => void;
	/** Forgets what was drawn so far. */
	readonly forget: () => void;
	/** Resolves with the time at which the text drawn since the last `forget` fitted. @throws Error after `limitMs`. */
	readonly until: (fits: (drawn: string) => boolean, what: string, limitMs?: number) => Promise<number>;
	readonly drawn: () => string;
	/** Resolves when the program has ended; ends it by force after `limitMs`. */
	readonly end: (limitMs?: number) => Promise<void>;
};

const startMark = 'the-program-starts-here';

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Colours and moves of the cursor (ECMA-48 control sequences), which stand between the letters of a frame. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const controls = /\u001B\[[0-?]*[ -/]*[@-~]/gu;

/** The text of what was drawn, without colours and moves. */
export const plain = (drawn: string): string => drawn.replaceAll(controls, '');

/** Starts a command in a terminal of 80x24 with the `script` program of util-linux, which gives it a real pseudo-terminal. */
export const openTerminal = async (
	command: readonly string[],
	options: {readonly environment: NodeJS.ProcessEnv; readonly folder: string},
): Promise<Terminal> => {
	const line = `stty cols 80 rows 24; printf %s ${startMark}; exec ${command.map(quote).join(' ')}`;
	const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
		env: {...options.environment, SHELL: '/bin/sh'},
		cwd: options.folder,
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const ended = once(child, 'close');
	let drawn = '';
	let gone = false;
	let changed: (() => void) | undefined;
	const wake = (): void => {
		changed?.();
		changed = undefined;
	};
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		drawn += text;
		wake();
	});
	void ended.then(() => {
		gone = true;
		wake();
	});
	const until: Terminal['until'] = async (fits, what, limitMs = 10_000) => {
		const limit = AbortSignal.timeout(limitMs);
		limit.addEventListener('abort', wake, {once: true});
		while (!fits(drawn)) {
			if (gone || limit.aborted)
				throw new Error(
					`${gone ? 'the program ended' : `${limitMs} ms passed`} before ${what}:\n${plain(drawn).slice(-2000)}`,
				);
			await new Promise<void>((resolve) => {
				changed = resolve;
			});
		}
		return performance.now();
	};
	const startedAt = await until((text) => text.includes(startMark), 'the program was started');
	return {
		startedAt,
		write: (keys) => child.stdin.write(keys),
		forget: () => {
			drawn = '';
		},
		until,
		drawn: () => drawn,
		end: async (limitMs = 5000) => {
			const late = setTimeout(() => child.kill('SIGKILL'), limitMs);
			await ended;
			clearTimeout(late);
		},
	};
};
