/** What was started and must be ended. */
export type Closers = {
	readonly add: (close: () => Promise<unknown>) => void;
	/** Ends everything, the last first; repeatable. Rejects with the first failure once all was tried. */
	readonly closeAll: () => Promise<void>;
};

export const createClosers = (): Closers => {
	const closers: (() => Promise<unknown>)[] = [];
	const work = async (): Promise<void> => {
		const errors: unknown[] = [];
		for (let close = closers.pop(); close; close = closers.pop())
			await close().catch((error: unknown) => errors.push(error));
		if (errors.length > 0) throw errors[0];
	};
	let closing: Promise<void> | undefined;
	return {
		add: (close) => closers.push(close),
		closeAll: () => {
			closing ??= work();
			return closing;
		},
	};
};
