import {isLetter, type Key} from '../keys.ts';
import {type Line, lineOf} from '../line.ts';
import {after, type Env, type Search, type Turn, turn, type UiState} from '../types.ts';
import {nextRow, rowsWith} from './match.ts';
import {type Place, placeAt} from './places.ts';
import {typedKey} from './typing.ts';

const withSearch = (state: UiState, search: Search): UiState => ({...state, search});

/** The line that is left, and the direction. */
type From = {readonly from: number; readonly step: 1 | -1};

/** Goes to the next line that says it, or to the one before; where none does, the search is on and says so. */
const goFrom = (state: UiState, env: Env, place: Place, {from, step}: From): Turn => {
	const {query} = state.search;
	const row = nextRow(rowsWith(place.lines, query), from, step);
	if (row === undefined) return turn(withSearch(state, {query, on: {place: place.id}}));
	return after(place.goTo(row), (there) => {
		// In a list of questions another one is another place.
		const id = placeAt(there, env)?.id ?? place.id;
		return turn(withSearch(there, {query, on: {place: id, found: {row, of: place.lines.length}}}));
	});
};

const isOnAt = ({search: {on}}: UiState, {id}: Place): boolean => on?.place === id;

/** The next match in the direction of the place (1), or the one before (-1). */
const goOn = (state: UiState, env: Env, place: Place, step: 1 | -1): Turn => {
	const from = (isOnAt(state, place) ? place.current : undefined) ?? place.first;
	return goFrom(state, env, place, {from, step: place.step === step ? 1 : -1});
};

const typed = (state: UiState, env: Env, line: Line, key: Key): Turn => {
	const {search} = state;
	const done = typedKey(line, search.query, key);
	const {typing, ...closed} = search;
	if (done.kind === 'typing')
		return turn(withSearch(state, {...search, typing: typing && {...typing, line: done.line}}));
	const left = withSearch(state, closed);
	const place = placeAt(left, env);
	// A page that has come meanwhile was not meant.
	if (done.kind === 'left' || !place || place.id !== typing?.place) return turn(left);
	if (done.query === search.query && isOnAt(left, place)) return goOn(left, env, place, 1);
	return goFrom(withSearch(left, {query: done.query}), env, place, {from: place.first, step: place.step});
};

/** Does a key begin a search? Where letters are a text, Ctrl-F does. */
const begins = (key: Key, isText: boolean): boolean => key.id === 'ctrl-f' || (!isText && isLetter(key, '/'));

/**
 * Keys of the search, which are the same on all pages: `/` begins it, Enter finds, `n` and `N` go on and back, Esc ends it. Undefined for
 * keys that mean what they mean on the page. `isText`: letters are an answer that is typed.
 */
export const searchKey = (state: UiState, env: Env, key: Key, isText: boolean): Turn | undefined => {
	const {search} = state;
	if (search.typing) return typed(state, env, search.typing.line, key);
	const isOne = begins(key, isText) || (search.on !== undefined && (key.id === 'escape' || isLetter(key, 'n', 'N')));
	const place = isOne ? placeAt(state, env) : undefined;
	if (!place) return undefined;
	if (begins(key, isText)) return turn(withSearch(state, {...search, typing: {line: lineOf(''), place: place.id}}));
	if (!isOnAt(state, place)) return undefined;
	if (key.id === 'escape') return turn(withSearch(state, {query: search.query}));
	return isText ? undefined : goOn(state, env, place, isLetter(key, 'n') ? 1 : -1);
};
