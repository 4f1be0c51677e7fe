import type {KubeObject} from '../kinds.ts';
import {watchShape} from '../objects/shapes.ts';

/** One line of a watch (Kubernetes API concepts, "Efficient detection of changes"). */
export type WatchLine = {
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
	readonly object: KubeObject;
};

/** What is no line of a watch, in words. It is the last of a watch. */
export type NoLine = {readonly type: 'NONE'; readonly words: string};

/** The longest line that is waited for, in characters: an object in etcd has at most 1.5 MiB. */
const longestLine = 8 * 1024 * 1024;

const shape = watchShape('Pod');

/** Text until the connection ends. One that breaks is as good as one that ends. */
async function* textOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	try {
		for await (const chunk of chunks) yield decoder.decode(chunk, {stream: true});
	} catch {
		// The caller goes on from the last whole line.
	}
}

/** Whole lines; undefined for one that is too long, after which nothing comes. Half a line at the end is dropped. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
	let pieces: string[] = [];
	let length = 0;
	for await (const chunk of textOf(chunks)) {
		const [first = '', ...others] = chunk.split('\n');
		pieces.push(first);
		length += first.length;
		for (const next of others) {
			yield pieces.join('');
			pieces = [next];
			length = next.length;
		}
		if (length > longestLine) {
			yield undefined;
			return;
		}
	}
}

const lineIn = (text: string): WatchLine | NoLine => {
	try {
		const read = shape.safeParse(JSON.parse(text));
		if (read.success) return read.data as WatchLine;
		const [issue] = read.error.issues;
		return {type: 'NONE', words: `A line of the watch: ${issue?.path.join('.')}: ${issue?.message}`};
	} catch {
		return {type: 'NONE', words: `A line of the watch is no JSON: ${text.slice(0, 100)}`};
	}
};

/**
 * The JSON lines of a pods' watch. A half line at its end is dropped; what is no line of a watch, or never ends, is told once and is the
 * end.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<WatchLine | NoLine> {
	for await (const text of linesOf(chunks)) {
		if (text === '') continue;
		const line: WatchLine | NoLine =
			text === undefined ? {type: 'NONE', words: 'A line of the watch does not end.'} : lineIn(text);
		yield line;
		if (line.type === 'NONE') return;
	}
}
