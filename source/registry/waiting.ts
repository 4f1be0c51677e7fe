type Waiter = {
	readonly signal: AbortSignal;
	readonly weight: number;
	readonly enter: () => void;
	readonly reject: (reason: unknown) => void;
};

/** Those that wait for a turn. */
export type WaitingLine = {
	/** Resolves when its turn has come; leaves the line with the signal's reason when that aborts. */
	readonly join: (signal: AbortSignal, weight: number) => Promise<void>;
	/** Lets the next one in. @returns false where nobody waits */
	readonly admit: () => boolean;
};

/** The heaviest comes next; of one weight the one that came first. It holds thousands. */
export const createWaitingLine = (): WaitingLine => {
	let line: Waiter[] = [];
	/** Those before it have left the line: taking the first of a long array away moves all others. */
	let head = 0;
	/** One listener for each signal, whatever waits with it: a signal looks through all that it has when one is added. */
	const signals = new Map<AbortSignal, {waiting: number; readonly leave: () => void}>();

	/** Behind all that weigh as much or more. */
	const placeOf = (weight: number): number => {
		let [low, high] = [head, line.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((line[middle] as Waiter).weight >= weight) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	const leaveAll = (signal: AbortSignal): void => {
		signals.delete(signal);
		const waiting = line.slice(head);
		head = 0;
		line = waiting.filter((waiter) => waiter.signal !== signal);
		for (const waiter of waiting) if (waiter.signal === signal) waiter.reject(signal.reason);
	};
	const hear = (signal: AbortSignal): void => {
		const shared = signals.get(signal) ?? {waiting: 0, leave: () => leaveAll(signal)};
		if (shared.waiting++ > 0) return;
		signals.set(signal, shared);
		signal.addEventListener('abort', shared.leave, {once: true});
	};
	const unhear = (signal: AbortSignal): void => {
		const shared = signals.get(signal);
		if (!shared || --shared.waiting > 0) return;
		signal.removeEventListener('abort', shared.leave);
		signals.delete(signal);
	};
	/** Drops those that have left, once they are half of the array. */
	const tidy = (): void => {
		if (head * 2 < line.length) return;
		line = line.slice(head);
		head = 0;
	};
	return {
		join: (signal, weight) =>
			new Promise((enter, reject) => {
				line.splice(placeOf(weight), 0, {signal, weight, enter, reject});
				hear(signal);
			}),
		admit: () => {
			const next = line[head];
			if (!next) return false;
			head++;
			unhear(next.signal);
			tidy();
			next.enter();
			return true;
		},
	};
};
