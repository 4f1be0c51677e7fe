import {commandsOf, isLetter, type Key, letterOf, listMove, move, scrollMove, takes} from '../state/keys.ts';
import {edit, type Line, lineOf} from '../state/line.ts';
import {bodyRows, fits} from '../terminal/layout.ts';
import {clampTop} from '../terminal/rows.ts';
import {clean} from '../terminal/text.ts';

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

const has = (text: string, query: string): boolean => text.toLowerCase().includes(query.toLowerCase());

/** The first of `count` places from one on, in one direction and around the end, that is meant. */
const nextOf = (from: number, step: 1 | -1, count: number, isMeant: (at: number) => boolean): number | undefined => {
	for (let offset = 1; offset <= count; offset += 1) {
		const at = (((from + step * offset) % count) + count) % count;
		if (isMeant(at)) return at;
	}
	return undefined;
};

const notFound = (state: PagerState): PagerState => ({...state, notice: `Nothing says "${state.query}" here.`});

const inPage = (state: PagerState, reading: Reading, env: PagerEnv, step: 1 | -1): PagerState => {
	const texts = env.textOf(reading.topic);
	const top = topOf(reading, texts.length, env.rows);
	const from = reading.of === texts.length ? (reading.found ?? top - 1) : top - 1;
	const at = nextOf(from, step, texts.length, (row) => has(texts[row] ?? '', state.query));
	if (at === undefined) return notFound(state);
	const isSeen = at >= top && at < top + pagerHeight(env.rows);
	return {...state, reading: {...reading, top: isSeen ? top : at, of: texts.length, found: at}};
};

/** In the list a topic is found by its name, by what it is about, and by its text. */
const inList = (state: PagerState, env: PagerEnv, step: 1 | -1): PagerState => {
	const {query, focus} = state;
	const at = nextOf(focus, step, env.count, (topic) =>
		[env.nameOf(topic), ...env.textOf(topic)].some((text) => has(text, query)),
	);
	return at === undefined ? notFound(state) : {...state, focus: at};
};

const search = (state: PagerState, env: PagerEnv, step: 1 | -1): PagerState => {
	if (state.query === '') return {...state, typing: lineOf('')};
	return state.reading ? inPage(state, state.reading, env, step) : inList(state, env, step);
};

/** Opens a topic; what was searched for in the list is looked for in it. */
const open = (state: PagerState, env: PagerEnv, topic: number): PagerState => {
	const reading: Reading = {topic, top: 0, of: env.textOf(topic).length};
	const opened = {...state, focus: topic, reading};
	if (state.query === '') return opened;
	return {...inPage(opened, reading, env, 1), notice: undefined};
};

const typed = (state: PagerState, env: PagerEnv, key: Key): PagerState => {
	const {typing, ...closed} = state;
	if (!typing || key.id === 'escape') return closed;
	if (key.id === 'return') {
		const query = typing.text.trim();
		const asked = {...closed, query, ...(state.reading && {reading: {...state.reading, found: undefined}})};
		return query === '' ? asked : search(asked, env, 1);
	}
	return {...state, typing: edit(typing, {...key, text: clean(key.text)}) ?? typing};
};

const keysInWords = 'arrows PgUp PgDn Home End move; / searches, n N go on; Enter opens; Esc topics; q leaves';

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
			return key.id === 'ctrl-l' || key.id === 'ctrl-g' ? {...state, notice: keysInWords} : undefined;
	}
};

const onPage = (state: PagerState, reading: Reading, env: PagerEnv, key: Key): PagerState => {
	const isBack = key.id === 'escape' || key.id === 'backspace' || move(key) === 'left';
	if (isBack) return {...state, reading: undefined, query: ''};
	const total = env.textOf(reading.topic).length;
	const from = topOf(reading, total, env.rows);
	const asKey: Key = isLetter(key, ' ') ? {id: 'pagedown', text: ''} : key;
	const top = scrollMove(asKey, from, {total, height: pagerHeight(env.rows)}) ?? from;
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
