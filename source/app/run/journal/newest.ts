/** Does one thing after the other with the newest of what it is given. */
export type Newest<Thing> = {
	/** Takes the newest; of several waiting ones only the last is worked on. */
	readonly put: (thing: Thing) => void;
	/** Waits until nothing is left to do. */
	readonly flush: () => Promise<void>;
};

/** @param work must not throw */
export const newestFirst = <Thing>(work: (thing: Thing) => Promise<void>): Newest<Thing> => {
	let next: {readonly thing: Thing} | undefined;
	let busy: Promise<void> | undefined;
	const workAll = async (): Promise<void> => {
		while (next) {
			const {thing} = next;
			next = undefined;
			await work(thing);
		}
	};
	const start = (): void => {
		busy ??= workAll().finally(() => {
			busy = undefined;
			if (next) start();
		});
	};
	return {
		put: (thing) => {
			next = {thing};
			start();
		},
		flush: async () => {
			while (busy) await busy;
		},
	};
};
