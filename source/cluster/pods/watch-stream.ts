import type {KubeObject} from '../kinds.ts';

/** One line of a watch (Kubernetes API concepts, "Efficient detection of changes"). */
export type WatchLine = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
	readonly object: KubeObject;
};

/** The longest line that is waited for, in characters: an object in etcd has at most 1.5 MiB. */
const longestLine = 16 * 1024 * 1024;

/** Text until the connection ends. One that breaks is as good as one that ends. */
async function* textOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	try {
		for await (const chunk of chunks) yield decoder.decode(chunk, {stream: true});
	} catch {
		// The caller goes on from the last whole line.
	}
}

/** The JSON lines of a watch. A half line at its end is dropped, and one that never ends is the end. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<WatchLine> {
	let rest = '';
	for await (const chunk of textOf(chunks)) {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchLine;
		if (rest.length > longestLine) return;
	}
}
