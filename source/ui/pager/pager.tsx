import {useInput, usePaste, useWindowSize} from 'ink';
import {useSyncExternalStore} from 'react';
import {Frame} from '../components/frame.tsx';
import {besideNotice} from '../components/notice.ts';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {markedRows, noSearch, type SearchView, seenRows} from '../content/search/search.ts';
import {TooSmall} from '../screens/overlays.tsx';
import {type Key, keysOf} from '../state/keys.ts';
import {foundWords} from '../state/search/match.ts';
import {bodyColumns, fits} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {position, type Row} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import {listRows} from './content.ts';
import {type PagerEnv, type PagerState, pagerHeight, placesWith, topOf} from './state.ts';
import type {PagerStore} from './store.ts';

const searchHints: readonly Hint[] = [
	['/', 'search'],
	['n N', 'next, previous'],
	['?', 'keys'],
];

const hintsOf = ({reading}: PagerState, arrows: string): readonly Hint[] =>
	reading
		? [[`${arrows} PgUp PgDn`, 'scroll'], ['q', 'leave'], ['Esc', 'topics'], ...searchHints]
		: [['Enter', 'open'], [arrows, 'move'], ['q', 'leave'], ...searchHints];

/** What is searched, as on the pages of the program. */
const searchOf = (state: PagerState, env: PagerEnv): SearchView => {
	const {query, typing, reading, focus} = state;
	const typed = typing && {label: reading ? 'Search this page:' : 'Search all topics:', line: typing};
	if (query === '') return {...noSearch, typing: typed};
	const found = reading ? reading.found : focus;
	const hints = [
		[`/${query}`, foundWords(placesWith(state, env), found)],
		['Esc', 'end search'],
	] as const;
	return {typing: typed, query, hints, row: reading?.found};
};

/** Rows that are seen, and the words on the rule below them. */
type Shown = {readonly title: string; readonly rows: readonly Row[]; readonly where: string};

/** The pages on a screen: draws the store and hands every key to it. */
export const Pager = ({store, version}: {readonly store: PagerStore; readonly version: string}) => {
	const {columns, rows: all} = useWindowSize();
	const state = useSyncExternalStore(store.subscribe, store.getState);
	const notice = state.notice === undefined ? undefined : ({role: 'warn', text: state.notice} as const);
	const {rows} = besideNotice({columns, rows: all}, notice);
	const marks = glyphs(useLook());
	const press = (key: Key): void => store.press(key, {columns, rows: all});
	useInput((input, key) => keysOf(input, key).forEach(press));
	usePaste((text) => press({id: 'paste', text}));
	if (!fits(columns, all)) return <TooSmall state={{quitting: false}} scene={{columns, rows: all}} />;
	const width = bodyColumns(columns);
	const height = pagerHeight(rows);
	const {reading, focus} = state;
	const search = searchOf(state, store.envOf({columns, rows}));
	const shown = (): Shown => {
		if (!reading) {
			const rows = markedRows(listRows(store.topics, focus, {width, height, marks}), search.query);
			return {title: 'Documents', rows, where: `${focus + 1} of ${store.topics.length}`};
		}
		const page = {rows: store.rowsOf(reading.topic, {columns, rows}), height};
		const top = topOf(reading, page.rows.length, rows);
		const title = `Documents: ${store.topics[reading.topic]?.name ?? ''}`;
		return {title, rows: seenRows(page, top, search), where: position(page, top)};
	};
	const {title, rows: seen, where} = shown();
	return (
		<Frame
			columns={columns}
			rows={rows}
			title={title}
			aside={`zenml-airgap ${version}`}
			hints={hintsOf(state, marks.arrows)}
			search={search}
			notice={notice}
		>
			<Rows rows={seen} width={width} height={height} />
			<Rows rows={[ruleRow(where, width, marks)]} width={width} height={1} />
		</Frame>
	);
};
