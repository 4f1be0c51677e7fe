import {printable} from '../../base/printable.ts';
import {formatProgress} from '../../report/format.ts';
import type {Context} from '../base/context.ts';

/** Shortest time between two drawings of the moving line, and between two lines where nothing can move. */
const drawMs = 100;
const tellMs = 5000;

/** Progress of a command without a screen: lines that stay for what is done, one that moves for the whole. */
export type ProgressLines = {
	/** A line that stays. */
	readonly say: (text: string) => void;
	/** The state of the whole, in absolute bytes; `label` says what is under way. `kept` of `done` were there: they are no speed. */
	readonly move: (label: string, done: number, total: number, kept?: number) => void;
	/** Takes the moving line away. */
	readonly end: () => void;
};

/**
 * Lines on standard error, so that standard output stays for results. On a terminal the whole is one line that is drawn anew;
 * elsewhere it is told every five seconds.
 */
export const progressLines = ({err, clock, stderr}: Pick<Context, 'err' | 'clock' | 'stderr'>): ProgressLines => {
	const moving = stderr.isTTY === true;
	let shown = false;
	let last = clock.now() - (moving ? drawMs : 0);
	/** By the whole that is counted: images that are compressed beside each other, and the push after them, each have a speed of their own. */
	const starts = new Map<number, {readonly startedAt: number; readonly startedDone: number}>();
	const clear = (): void => {
		if (shown) err('\r\u001B[K');
		shown = false;
	};
	return {
		say: (text) => {
			clear();
			err(`${printable(text)}\n`);
		},
		move: (label, done, total, kept) => {
			const now = clock.now();
			const start = starts.get(total) ?? {startedAt: now, startedDone: done};
			starts.set(total, start);
			const since = kept === undefined ? start : {...start, startedDone: kept};
			if (now - last < (moving ? drawMs : tellMs)) return;
			last = now;
			const text = formatProgress({label: printable(label), done, total, unit: 'bytes', ...since, updatedAt: now});
			clear();
			err(moving ? text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1)) : `${text}\n`);
			shown = moving;
		},
		end: clear,
	};
};
