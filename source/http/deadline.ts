/** A bound on what is waited for now; the next one takes its place. */
export type Deadline = {
	/** Calls `late` after so many milliseconds, unless something else is waited for by then. */
	readonly within: (ms: number, late: () => void) => void;
	/** Nothing is waited for. */
	readonly lift: () => void;
};

export const createDeadline = (): Deadline => {
	let timer: NodeJS.Timeout | undefined;
	const lift = (): void => clearTimeout(timer);
	return {
		within: (ms, late) => {
			lift();
			timer = setTimeout(late, ms);
		},
		lift,
	};
};
