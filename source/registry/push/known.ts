/** What the pushes to one registry know together of its blobs. */
export type KnownBlobs = {
	/** Repositories that have a blob for sure. */
	readonly places: (digest: string) => ReadonlySet<string>;
	readonly remember: (digest: string, repository: string) => void;
	/**
	 * Works at one blob when nobody else does. Images that are pushed at once share layers: the second waits, and mounts instead of
	 * sending the same bytes beside.
	 */
	readonly alone: <T>(digest: string, work: () => Promise<T>) => Promise<T>;
};

const nowhere: ReadonlySet<string> = new Set();

export const createKnownBlobs = (): KnownBlobs => {
	const places = new Map<string, Set<string>>();
	const busy = new Map<string, Promise<unknown>>();
	return {
		places: (digest) => places.get(digest) ?? nowhere,
		remember: (digest, repository) => {
			places.set(digest, (places.get(digest) ?? new Set<string>()).add(repository));
		},
		alone: async (digest, work) => {
			// Each meets a failure of its own, so another's is not its concern.
			for (let other = busy.get(digest); other; other = busy.get(digest)) await Promise.allSettled([other]);
			const own = work();
			// Those that wait look here again as soon as it ends: between its end and its removal nothing may be waited for.
			busy.set(digest, own);
			try {
				return await own;
			} finally {
				busy.delete(digest);
			}
		},
	};
};
