/** Bytes that may lie between a connection and its reader. */
const aheadBytes = 1024 * 1024;

/** Takes a piece; a promise asks to wait before the next one. */
export type Receive = (chunk: Buffer) => void | Promise<void>;

/**
 * Turns a source that pushes into one that is read: at most 1 MiB (and one piece) lies between. A reader that leaves early
 * aborts the source; its end is waited for.
 * @param run pushes everything and ends; what it throws comes out at the reader, after the pieces before it
 */
export async function* bridge(
	run: (receive: Receive, signal: AbortSignal) => Promise<void>,
	signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
	const left = new AbortController();
	const queue: Buffer[] = [];
	let queued = 0;
	let ended = false;
	let failure: {readonly error: unknown} | undefined;
	let arrived = (): void => {};
	let drained = (): void => {};
	const receive: Receive = (chunk) => {
		queue.push(chunk);
		queued += chunk.length;
		arrived();
		if (queued < aheadBytes || left.signal.aborted) return undefined;
		return new Promise<void>((resolve) => {
			drained = resolve;
		});
	};
	const work = run(receive, AbortSignal.any([signal, left.signal])).then(
		() => {
			ended = true;
			arrived();
		},
		(error: unknown) => {
			failure = {error};
			arrived();
		},
	);
	try {
		for (;;) {
			const chunk = queue.shift();
			if (chunk) {
				queued -= chunk.length;
				if (queued < aheadBytes) drained();
				yield chunk;
			} else if (failure) throw failure.error;
			else if (ended) return;
			else {
				await new Promise<void>((resolve) => {
					arrived = resolve;
				});
			}
		}
	} finally {
		left.abort();
		drained();
		await work;
	}
}
