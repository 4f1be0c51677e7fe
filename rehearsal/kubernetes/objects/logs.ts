/** What containers wrote: the current run and the one before, at most 2,000 lines each. */
export type Logs = {
	/** Begin a new run of a container; what it wrote until now becomes its previous log. */
	readonly start: (uid: string, container: string) => void;
	/** Append text to the current run; each of its lines counts. */
	readonly write: (uid: string, container: string, text: string) => void;
	/** Drop everything that the containers of a pod wrote. */
	readonly forget: (uid: string) => void;
	/** The lines of a container's current or previous run; undefined when there was no such run. */
	readonly lines: (uid: string, container: string, previous?: boolean) => readonly string[] | undefined;
};

const limit = 2000;

export const createLogs = (): Logs => {
	const current = new Map<string, readonly string[]>();
	const previous = new Map<string, readonly string[]>();
	const keyOf = (uid: string, container: string): string => `${uid}/${container}`;
	return {
		start: (uid, container) => {
			const key = keyOf(uid, container);
			const before = current.get(key);
			if (before) previous.set(key, before);
			current.set(key, []);
		},
		write: (uid, container, text) => {
			const key = keyOf(uid, container);
			current.set(key, [...(current.get(key) ?? []), ...text.split('\n')].slice(-limit));
		},
		forget: (uid) => {
			for (const runs of [current, previous])
				for (const key of runs.keys()) if (key.startsWith(`${uid}/`)) runs.delete(key);
		},
		lines: (uid, container, isPrevious = false) => (isPrevious ? previous : current).get(keyOf(uid, container)),
	};
};
