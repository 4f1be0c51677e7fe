import {useInput, usePaste, useWindowSize} from 'ink';
import {useSyncExternalStore} from 'react';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {TooSmall} from '../screens/overlays.tsx';
import {type Key, keysOf} from '../state/keys.ts';
import {bodyColumns, fits} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {position, type Row, visible} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import {listRows, typingRow, withMatch} from './content.ts';
import {type PagerState, pagerHeight, topOf} from './state.ts';
import type {PagerStore} from './store.ts';

const searchHints: readonly Hint[] = [
	['/', 'search'],
	['n N', 'next, previous'],
	['?', 'keys'],
];

const hintsOf = ({typing, reading}: PagerState, arrows: string): readonly Hint[] => {
	if (typing)
		return [
			['Enter', 'search'],
			['Esc', 'leave it'],
		];
	return reading
		? [[`${arrows} PgUp PgDn`, 'scroll'], ['q', 'leave'], ['Esc', 'topics'], ...searchHints]
		: [['Enter', 'open'], [arrows, 'move'], ['q', 'leave'], ...searchHints];
};

/** Rows that are seen, and the words on the rule below them. */
type Shown = {readonly title: string; readonly rows: readonly Row[]; readonly where: string};

/** The pages on a screen: draws the store and hands every key to it. */
export const Pager = ({store, version}: {readonly store: PagerStore; readonly version: string}) => {
	const {columns, rows} = useWindowSize();
	const state = useSyncExternalStore(store.subscribe, store.getState);
	const marks = glyphs(useLook());
	const press = (key: Key): void => store.press(key, {columns, rows});
	useInput((input, key) => keysOf(input, key).forEach(press));
	usePaste((text) => press({id: 'paste', text}));
	if (!fits(columns, rows)) return <TooSmall state={{quitting: false}} scene={{columns, rows}} />;
	const width = bodyColumns(columns);
	const height = pagerHeight(rows);
	const {reading, query, typing, focus} = state;
	const shown = (): Shown => {
		if (!reading) {
			const where = query === '' ? `${focus + 1} of ${store.topics.length}` : `/${query}`;
			return {title: 'Documents', rows: listRows(store.topics, focus, {width, height, marks}), where};
		}
		const page = {rows: store.rowsOf(reading.topic, {columns, rows}), height};
		const top = topOf(reading, page.rows.length, rows);
		const where = [position(page, top), ...(query === '' ? [] : [`/${query}`])]
			.filter((part) => part !== '')
			.join('; ');
		const title = `Documents: ${store.topics[reading.topic]?.name ?? ''}`;
		return {title, rows: visible(page, top).map((row) => withMatch(row, query)), where};
	};
	const {title, rows: seen, where} = shown();
	const below = typing ? typingRow(typing, {width, marks}) : ruleRow(where, width, marks);
	const notice = state.notice === undefined ? undefined : ({role: 'warn', text: state.notice} as const);
	return (
		<Frame
			columns={columns}
			rows={rows}
			title={title}
			aside={`zenml-airgap ${version}`}
			hints={hintsOf(state, marks.arrows)}
			notice={notice}
		>
			<Rows rows={seen} width={width} height={height} />
			<Rows rows={[below]} width={width} height={1} />
		</Frame>
	);
};
