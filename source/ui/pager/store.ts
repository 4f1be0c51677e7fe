import {type DocsRow, textOf} from '../../docs/row.ts';
import type {Key} from '../state/keys.ts';
import type {Size} from '../store.ts';
import {bodyColumns} from '../terminal/layout.ts';
import type {Listed} from './content.ts';
import {firstPager, type PagerEnv, type PagerState, pagerKey} from './state.ts';

/** The pages that are read. */
export type Pages = {
	readonly topics: readonly Listed[];
	/** A page as rows of so many cells. */
	readonly rowsOf: (name: string, width: number) => readonly DocsRow[];
	/** The topic that is open at first; the list without one. */
	readonly open?: string | undefined;
};

/** State of the pager outside React: keys are folded at once, so that two keys in one tick do not see old state. */
export type PagerStore = {
	readonly topics: readonly Listed[];
	readonly getState: () => PagerState;
	readonly subscribe: (listener: () => void) => () => void;
	readonly press: (key: Key, size: Size) => void;
	readonly rowsOf: (topic: number, size: Size) => readonly DocsRow[];
	readonly envOf: (size: Size) => PagerEnv;
};

/** A store over pages; `end` is called when the reader leaves. A page is laid out once for each width. */
export const createPagerStore = ({topics, rowsOf, open}: Pages, end: () => void): PagerStore => {
	const at = topics.findIndex(({name}) => name === open);
	let state = firstPager(at < 0 ? undefined : at);
	const listeners = new Set<() => void>();
	const laidOut = new Map<string, readonly DocsRow[]>();
	const rowsAt = (topic: number, {columns}: Size): readonly DocsRow[] => {
		const key = `${topic} ${columns}`;
		const rows = laidOut.get(key) ?? rowsOf(topics[topic]?.name ?? '', bodyColumns(columns));
		laidOut.set(key, rows);
		return rows;
	};
	const envOf = (size: Size): PagerEnv => ({
		...size,
		count: topics.length,
		textOf: (topic) => rowsAt(topic, size).map(textOf),
		nameOf: (topic) => `${topics[topic]?.name} ${topics[topic]?.about}`,
	});
	return {
		topics,
		getState: () => state,
		subscribe: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		press: (key, size) => {
			state = pagerKey(state, envOf(size), key);
			for (const listener of listeners) listener();
			if (state.ended) end();
		},
		rowsOf: rowsAt,
		envOf,
	};
};
