import type {Context, HandOver} from '../base/context.ts';
import {type Answers, backgroundQuestion, createAnswers, createBackground} from './background.ts';
import {watchTerminal} from './terminal-watcher.ts';

/** A terminal whose keys nobody hears yet. */
export type Quiet = {
	/** The screen takes the keys from here on. */
	readonly handOver: HandOver;
	/** The terminal is as it was, where no screen has taken it: what it still has to answer does not get into the shell. */
	readonly end: () => Promise<void>;
};

/** Ctrl-C: in raw mode the terminal makes no signal of it. */
const interruption = '\u0003';

/** Longest wait for the answer of a terminal that gets no screen, ms since it was asked. */
const answerMs = 600;

type Terminal = Pick<Context, 'stdin' | 'stdout' | 'interrupt' | 'asksBackground' | 'atExit'>;

/** Keeps answers that are late away from the screen: read as keys they would be somebody's commands. */
const keepBack = (stdin: Terminal['stdin'], answers: Answers, later: (light: boolean) => void): void => {
	const read = stdin.read.bind(stdin);
	stdin.read = (...size) => {
		const chunk: unknown = read(...size);
		if (chunk === null || answers.isOver()) return chunk;
		const before = answers.light();
		const keys = answers.take(String(chunk));
		const light = answers.light();
		if (light !== undefined && light !== before) later(light);
		return keys;
	};
};

/**
 * Hushes the terminal while a screen is on its way: what is typed is neither echoed into the first picture nor taken for an answer
 * to a page that nobody has seen. Ctrl-C still stops. Meanwhile the terminal is asked for its background.
 */
export const quietTerminal = ({stdin, stdout, interrupt, asksBackground, atExit}: Terminal): Quiet => {
	const watcher = watchTerminal(stdout.isTTY ? (stdout as {readonly fd?: number}).fd : undefined, atExit);
	const answers = createAnswers();
	const answered = Promise.withResolvers<void>();
	const hear = (): void => {
		for (let chunk: unknown = stdin.read(); chunk !== null; chunk = stdin.read()) {
			if (answers.take(String(chunk)).includes(interruption)) interrupt();
			if (answers.isOver()) answered.resolve();
		}
	};
	let isQuiet = true;
	stdin.setRawMode(true);
	// Not `data`: a stream that flowed and was paused does not begin to read again for who listens to `readable`, as Ink does.
	stdin.on('readable', hear);
	const late = asksBackground ? setTimeout(answered.resolve, answerMs) : answered.resolve();
	if (asksBackground) stdout.write(backgroundQuestion);
	const leave = (): void => {
		isQuiet = false;
		clearTimeout(late ?? undefined);
		stdin.off('readable', hear);
	};
	return {
		handOver: async (later = () => undefined) => {
			// The first picture waits for nobody: most terminals have answered while the screen was loaded.
			hear();
			leave();
			watcher.onScreen();
			if (asksBackground && !answers.isOver()) keepBack(stdin, answers, later);
			return answers.light();
		},
		end: async () => {
			if (isQuiet) {
				await answered.promise;
				leave();
				stdin.setRawMode(false);
				stdin.pause();
			}
			watcher.whole();
		},
	};
};

/**
 * Lets the screen take the keys of a terminal. @returns the background as the settings have it, until the terminal tells it
 */
export const takeOver = async ({light = false}: Pick<Context, 'light'>, handOver: HandOver | undefined) => {
	const background = createBackground(light);
	const told = await handOver?.(background.tell);
	if (told !== undefined) background.tell(told);
	return background;
};
