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
	const hear = (): void => {
		for (let chunk: unknown = stdin.read(); chunk !== null; chunk = stdin.read())
			if (String(chunk).includes(interruption)) interrupt();
	};
	let isQuiet = true;
	stdin.setRawMode(true);
	// Not `data`: a stream that flowed and was paused does not begin to read again for who listens to `readable`, as Ink does.
	stdin.on('readable', hear);
	const handOver = (): void => {
		isQuiet = false;
		stdin.off('readable', hear);
	};
	return {
		handOver,
		end: () => {
			if (!isQuiet) return;
			handOver();
			stdin.setRawMode(false);
			stdin.pause();
		},
	};
};
