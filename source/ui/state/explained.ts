import {isLetter, type Key, scrollMove} from './keys.ts';
import {type Env, type Explained, type Turn, turn, type UiState} from './types.ts';

/** Asks for the page. */
export const explain = (state: UiState, name: string): Turn => turn(state, {type: 'explain', name});

/** Keys of the page: it scrolls, and goes away. */
export const explainedKey = (state: UiState, env: Env, explained: Explained, key: Key): Turn => {
	const top = scrollMove(key, explained.top, env.extent(state));
	if (top !== undefined) return turn({...state, explained: {...explained, top}});
	const closes: readonly string[] = ['escape', 'return', 'backspace', 'ctrl-y'];
	const isClosed = closes.includes(key.id) || isLetter(key, 'q', 'x');
	return turn(isClosed ? {...state, explained: undefined} : state);
};
