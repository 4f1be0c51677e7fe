import type {Line} from '../../state/line.ts';
import {foundWords, matchesIn, type Piece, rowsWith} from '../../state/search/match.ts';
import {type Place, placeAt} from '../../state/search/places.ts';
import type {Env, UiState} from '../../state/types.ts';
import type {Role} from '../../terminal/marks.ts';
import {type Row, type Scroll, type Scrolled, type Span, textOf, visible} from '../../terminal/rows.ts';
import {cells} from '../../terminal/text.ts';
import type {Hint} from '../frame.ts';
import {lineRow} from '../line.ts';

/** Splits what stands at some places of a row out of its spans, so that it is drawn otherwise. */
const marked = (row: Row, {from, to}: Piece, role: Role): Row => {
	let at = 0;
	return row.flatMap((span): readonly Span[] => {
		const within = (place: number): number => Math.max(0, Math.min(span.text.length, place - at));
		const [begin, end] = [within(from), within(to)];
		at += span.text.length;
		const parts: readonly Span[] = [
			{...span, text: span.text.slice(0, begin)},
			{...span, text: span.text.slice(begin, end), role},
			{...span, text: span.text.slice(end)},
		];
		return parts.filter(({text}) => text !== '');
	});
};

/** Rows with all places that say a text drawn otherwise; those that begin in the row that was found last stand out, or `all` of them. */
export const markedRows = (rows: readonly Row[], query: string, found?: number | 'all'): readonly Row[] => {
	const matches = matchesIn(rows.map(textOf), query);
	if (matches.length === 0) return rows;
	const result = [...rows];
	for (const {row, pieces} of matches) {
		const role = found === 'all' || row === found ? 'focus' : 'match';
		for (const piece of pieces) result[piece.row] = marked(result[piece.row] ?? [], piece, role);
	}
	return result;
};

/** The last row of a window while the text to search for is typed. */
export const typingRow = (label: string, line: Line, scroll: Scroll): Row => {
	const keys = '  Enter find  Esc leave';
	const beside = scroll.width >= 2 * keys.length + label.length ? keys : '';
	const typed = lineRow({text: ' ', role: 'key'}, line, {
		...scroll,
		width: scroll.width - cells(label) - beside.length,
	});
	return [{text: label, role: 'title'}, ...typed, {text: beside, role: 'dim'}];
};

/** What a search shows on a page. */
export type SearchView = {
	/** The text that is typed, and what is searched. */
	readonly typing?: {readonly label: string; readonly line: Line} | undefined;
	/** The text that was searched for where the search is on, else empty. */
	readonly query: string;
	/** What was found and the keys of it; none where no search is on. */
	readonly hints: readonly Hint[];
	/** The row of a scrolled text that was found last. */
	readonly row: number | undefined;
};

/** A page on which nothing is searched. */
export const noSearch: SearchView = {query: '', hints: [], row: undefined};

const labelOf = (place: string): string => {
	if (place === 'run') return 'Search the log:';
	return place.startsWith('question ') ? 'Search the questions:' : 'Search this page:';
};

/** How many there are, and the keys that lead to them; where letters are text, only those that are none. */
const hintsOf = (state: UiState, {lines, current, step}: Place): readonly Hint[] => {
	const {query} = state.search;
	const all = rowsWith(lines, query);
	const isText = state.screen.name === 'questions' && state.screen.field.kind === 'line';
	const others = step === 1 ? 'next, previous' : 'older, newer';
	const keys: Hint = isText ? ['Ctrl-F Enter', 'next match'] : ['n N', others];
	return [[`/${query}`, foundWords(all, current)], ...(all.length > 1 ? [keys] : []), ['Esc', 'end search']];
};

/** What the search shows on the page that is shown. */
export const searchView = (state: UiState, env: Env): SearchView => {
	const {typing, on, query} = state.search;
	const typed = typing ? {label: labelOf(typing.place), line: typing.line} : undefined;
	const place = on ? placeAt(state, env) : undefined;
	if (!place || place.id !== on?.place) return {...noSearch, typing: typed};
	const row = place.kind === 'text' ? place.current : undefined;
	return {typing: typed, query, hints: hintsOf(state, place), row};
};

/** The rows of a text that are seen, with what a search has found in them. */
export const seenRows = ({rows, ...text}: Scrolled, top: number, {query, row}: SearchView): readonly Row[] =>
	visible({...text, rows: markedRows(rows, query, row)}, top);
