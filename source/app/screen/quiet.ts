import type {Context} from '../base/context.ts';

/** A terminal whose keys nobody hears yet. */
export type Quiet = {
	/** The screen takes the keys from here on. */
	readonly handOver: () => void;
	/** The terminal is as it was, where no screen has taken it. */
	readonly end: () => void;
};

/** Ctrl-C: in raw mode the terminal makes no signal of it. */
const interruption = '\u0003';

/**
 * Hushes the terminal while a screen is on its way: what is typed is neither echoed into the first picture nor taken for an answer
 * to a page that nobody has seen. Ctrl-C still stops.
 */
export const quietTerminal = ({stdin, interrupt}: Pick<Context, 'stdin' | 'interrupt'>): Quiet => {
	const hear = (chunk: Buffer | string): void => {
		if (chunk.toString().includes(interruption)) interrupt();
	};
	let isQuiet = true;
	stdin.setRawMode(true);
	stdin.on('data', hear);
	const handOver = (): void => {
		isQuiet = false;
		stdin.off('data', hear);
		stdin.pause();
	};
	return {
		handOver,
		end: () => {
			if (!isQuiet) return;
			handOver();
			stdin.setRawMode(false);
		},
	};
};
