import {commandsOf, isLetter, type Key, letterOf, listMove, move, scrollMove, takes} from '../state/keys.ts';
import {type Line, lineOf} from '../state/line.ts';
import {nextRow, rowsWith} from '../state/search/match.ts';
import {typedKey} from '../state/search/typing.ts';
import {bodyRows, fits} from '../terminal/layout.ts';
import {clampTop} from '../terminal/rows.ts';

/** A page is read from row `top` on, of as many rows as it had in the window of then. */
export type Reading = {
	readonly topic: number;
	readonly top: number;
	readonly of: number;
	/** The row that a search has found last. */
	readonly found?: number | undefined;
};

/** All that the pager knows. */
export type PagerState = {
	/** The topic in focus in the list. */
	readonly focus: number;
	/** The page that is read; absent while the topics are listed. */
	readonly reading?: Reading | undefined;
	readonly query: string;
	/** Present while the text to search for is typed. */
	readonly typing?: Line | undefined;
	/** Stands in place of the keys until the next key. */
	readonly notice?: string | undefined;
	readonly ended: boolean;
};

/** What the reducer may look at: the window, and the words of the pages in it. */
export type PagerEnv = {
	readonly columns: number;
	readonly rows: number;
	readonly count: number;
	/** The rows of a page, as text. */
	readonly textOf: (topic: number) => readonly string[];
	/** What the list says of a topic. */
	readonly nameOf: (topic: number) => string;
};

/** Rows of a page or of the list that are seen at once: a rule stands below them. */
export const pagerHeight = (rows: number): number => bodyRows(rows) - 1;

/** The first row that is seen; where a window of another width has more or fewer rows, at the same part of the page. */
export const topOf = ({top, of}: Reading, total: number, rows: number): number =>
	clampTop(of === total || of === 0 ? top : Math.round((top * total) / of), total, pagerHeight(rows));

/** The state before the first key; a topic that is named is open. */
export const firstPager = (topic: number | undefined): PagerState => ({
	focus: topic ?? 0,
	...(topic !== undefined && {reading: {topic, top: 0, of: 0}}),
	query: '',
	ended: false,
});

/** In the list a topic is found by its name, by what it is about, and by its text. */
const topicsWith = ({count, nameOf, textOf}: PagerEnv, query: string): readonly number[] =>
	Array.from({length: count}, (_, topic) => topic).filter(
		(topic) => rowsWith([nameOf(topic), ...textOf(topic)], query).length > 0,
	);

/** What says the text that is searched for: rows of the page that is read, or topics of the list. */
export const placesWith = ({query, reading}: PagerState, env: PagerEnv): readonly number[] =>
	reading ? rowsWith(env.textOf(reading.topic), query) : topicsWith(env, query);

const inPage = (state: PagerState, reading: Reading, env: PagerEnv, step: 1 | -1): PagerState => {
	const total = env.textOf(reading.topic).length;
	const top = topOf(reading, total, env.rows);
	const found = reading.of === total ? reading.found : undefined;
	const at = nextRow(placesWith(state, env), found ?? (step === 1 ? top - 1 : top), step);
	if (at === undefined) return state;
	const isSeen = at >= top && at < top + pagerHeight(env.rows);
	return {...state, reading: {...reading, top: isSeen ? top : at, of: total, found: at}};
};

const inList = (state: PagerState, env: PagerEnv, step: 1 | -1): PagerState => ({
	...state,
	focus: nextRow(placesWith(state, env), state.focus, step) ?? state.focus,
});

const search = (state: PagerState, env: PagerEnv, step: 1 | -1): PagerState => {
	if (state.query === '') return {...state, typing: lineOf('')};
	return state.reading ? inPage(state, state.reading, env, step) : inList(state, env, step);
};

/** Opens a topic; what was searched for in the list is looked for in it. */
const open = (state: PagerState, env: PagerEnv, topic: number): PagerState => {
	const reading: Reading = {topic, top: 0, of: env.textOf(topic).length};
	const opened = {...state, focus: topic, reading};
	if (state.query === '') return opened;
	return inPage(opened, reading, env, 1);
};

const typed = (state: PagerState, env: PagerEnv, key: Key): PagerState => {
	const {typing, ...closed} = state;
	if (!typing) return closed;
	const done = typedKey(typing, state.query, key);
	if (done.kind === 'typing') return {...state, typing: done.line};
	if (done.kind === 'left') return closed;
	const {query} = done;
	const {reading} = state;
	const isSame = query === state.query;
	return search({...closed, query, ...(reading && !isSame && {reading: {...reading, found: undefined}})}, env, 1);
};

const keysInWords =
	'arrows PgUp PgDn Home End move; / searches, n N go on, Esc ends it; Enter opens; Esc topics; q leaves';

/** Keys that mean the same in the list and on a page; undefined for others. */
const common = (state: PagerState, env: PagerEnv, key: Key): PagerState | undefined => {
	switch (letterOf(key)) {
		case 'q':
			return {...state, ended: true};
		case '/':
			return {...state, typing: lineOf('')};
		case 'n':
			return search(state, env, 1);
		case 'N':
			return search(state, env, -1);
		case '?':
			return {...state, notice: keysInWords};
		default:
			if (key.id === 'escape' && state.query !== '') return {...state, query: ''};
			return key.id === 'ctrl-l' || key.id === 'ctrl-g' ? {...state, notice: keysInWords} : undefined;
	}
};

const onPage = (state: PagerState, reading: Reading, env: PagerEnv, key: Key): PagerState => {
	const isBack = key.id === 'escape' || key.id === 'backspace' || move(key) === 'left';
	if (isBack) return {...state, reading: undefined, query: ''};
	const total = env.textOf(reading.topic).length;
	const from = topOf(reading, total, env.rows);
	const top = scrollMove(key, from, {total, height: pagerHeight(env.rows)}) ?? from;
	return {...state, reading: {...reading, top, of: total, found: top === from ? reading.found : undefined}};
};

const onList = (state: PagerState, env: PagerEnv, key: Key): PagerState => {
	if (takes(key)) return open(state, env, state.focus);
	const page = pagerHeight(env.rows) - 1;
	const jump = {pageup: -page, pagedown: page}[key.id as 'pageup' | 'pagedown'];
	const last = env.count - 1;
	const jumped = jump === undefined ? undefined : Math.max(0, Math.min(last, state.focus + jump));
	return {...state, focus: jumped ?? listMove(key, state.focus, env.count) ?? state.focus};
};

const oneKey = (before: PagerState, env: PagerEnv, key: Key): PagerState => {
	if (key.id === 'ctrl-c') return {...before, ended: true};
	// What cannot be seen cannot be read.
	if (!fits(env.columns, env.rows)) return isLetter(key, 'q') ? {...before, ended: true} : before;
	const state = {...before, notice: undefined};
	if (state.typing) return typed(state, env, key);
	const done = common(state, env, key);
	if (done) return done;
	return state.reading ? onPage(state, state.reading, env, key) : onList(state, env, key);
};

/** The pager after a key. Several letters that came at once are commands one by one, until one leads to a place for text. */
export const pagerKey = (state: PagerState, env: PagerEnv, key: Key): PagerState => {
	if (state.typing) return oneKey(state, env, key);
	const [first, ...rest] = commandsOf(key);
	if (!first) return state;
	const next = oneKey(state, env, first);
	if (rest.length === 0 || next.ended) return next;
	return pagerKey(next, env, {id: 'text', text: rest.map(({text}) => text).join('')});
};
