import {digit, isLetter, type Key, listMove, scrollMove, takes} from './keys.ts';
import {openPage, viewOf} from './page.ts';
import {type Env, type Explained, type Turn, turn, type UiState} from './types.ts';

/** Asks for the page; `parts` are what is explained on it, where that is not the one that it is called by. */
export const explain = (state: UiState, name: string, parts: readonly string[] = [name]): Turn =>
	turn(state, {type: 'explain', name, parts});

/** Keys of the page: it scrolls, and goes away. */
export const explainedKey = (state: UiState, env: Env, explained: Explained, key: Key): Turn => {
	const top = scrollMove(key, explained.top, env.extent(state));
	if (top !== undefined) return turn({...state, explained: {...explained, top}});
	const closes: readonly string[] = ['escape', 'return', 'backspace', 'ctrl-y'];
	const isClosed = closes.includes(key.id) || isLetter(key, 'q', 'i');
	return turn(isClosed ? {...state, explained: undefined} : state);
};

const copied = (state: UiState, {text}: {readonly text: string}): Turn =>
	turn({...state, copying: undefined}, {type: 'copy', text});

/** Copies what the page has to copy; where that is several things, they are listed. Undefined where there is nothing. */
export const copy = (state: UiState, env: Env): Turn | undefined => {
	const copies = env.copies(state);
	const [first] = copies;
	if (!first) return undefined;
	if (copies.length === 1) return copied(state, first);
	const page = openPage(state, env.run);
	// The sections of a hand-over come first, in their order: what is looked at is meant.
	return turn({...state, copying: page?.kind === 'handover' ? viewOf(state.run, page).section : 0});
};

/** Keys of the list of what can be copied. */
export const copyingKey = (state: UiState, env: Env, focus: number, key: Key): Turn => {
	const copies = env.copies(state);
	if (key.id === 'escape' || isLetter(key, 'q')) return turn({...state, copying: undefined});
	const chosen = copies[takes(key) || isLetter(key, 'y') ? focus : (digit(key, copies.length) ?? -1)];
	if (chosen) return copied(state, chosen);
	return turn({...state, copying: listMove(key, focus, copies.length) ?? focus});
};
