import type {Key as InkKey} from 'ink';
import {graphemes} from '../text.ts';

/** Keys by name; `text` is anything printable, also many characters that came at once. */
export type KeyId =
	| 'text'
	| 'paste'
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'pageup'
	| 'pagedown'
	| 'home'
	| 'end'
	| 'return'
	| 'escape'
	| 'tab'
	| 'shift-tab'
	| 'backspace'
	| 'delete'
	| `ctrl-${string}`;
export type Key = {readonly id: KeyId; readonly text: string};

const named: ReadonlyArray<readonly [keyof InkKey, KeyId]> = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['return', 'return'],
	['escape', 'escape'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

const controls: Readonly<Record<string, KeyId>> = {
	'\r': 'return',
	'\n': 'return',
	'\t': 'tab',
	'\u0008': 'backspace',
	'\u007F': 'backspace',
	'\u001B': 'escape',
};

const bare = (id: KeyId): Key => ({id, text: ''});

/**
 * Turns what Ink hands over into keys, in order. Over a slow line several keys arrive as one string: the printable
 * parts stay together, the control characters between them become keys of their own.
 */
export const keysOf = (input: string, key: InkKey): readonly Key[] => {
	if (key.tab) return [bare(key.shift ? 'shift-tab' : 'tab')];
	const found = named.find(([name]) => key[name] === true);
	if (found) return [bare(found[1])];
	if (key.ctrl) return input === '' ? [] : [bare(`ctrl-${input}`)];
	if (key.meta || input === '') return [];
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is split off here
	const parts = input.split(/([\u0000-\u001F\u007F])/u).filter((part) => part !== '');
	return parts.flatMap((part): readonly Key[] => {
		const control = controls[part];
		if (control) return [bare(control)];
		if (part >= ' ') return [{id: 'text', text: part}];
		// Ctrl with a letter is that letter's place in the alphabet (ASCII).
		const code = part.charCodeAt(0);
		return code >= 1 && code <= 26 ? [bare(`ctrl-${String.fromCharCode(code + 96)}`)] : [];
	});
};

/** For places where nothing is typed: each character is a command of its own. */
export const commandsOf = (key: Key): readonly Key[] =>
	key.id === 'text' ? graphemes(key.text).map((text) => ({id: 'text', text})) : [key];

const vim: Readonly<Record<string, KeyId>> = {k: 'up', j: 'down', h: 'left', l: 'right', g: 'home', G: 'end'};

/** Moves of lists: the arrow keys and their vim names are the same. */
export const move = (key: Key): KeyId => (key.id === 'text' ? (vim[key.text] ?? 'text') : key.id);

/** The position in a list of `count` after a key; digits choose directly. Undefined when the key is not for lists. */
export const listMove = (key: Key, index: number, count: number): number | undefined => {
	const last = Math.max(0, count - 1);
	switch (move(key)) {
		case 'up':
			return Math.max(0, index - 1);
		case 'down':
			return Math.min(last, index + 1);
		case 'home':
			return 0;
		case 'end':
			return last;
		default:
			return undefined;
	}
};

/** The entry that a digit key names, counted from 0; undefined when there is none. */
export const digit = (key: Key, count: number): number | undefined => {
	const index = key.id === 'text' && /^[1-9]$/u.test(key.text) ? Number(key.text) - 1 : count;
	return index < count ? index : undefined;
};

/** The scroll position after a key for a text of `total` rows seen through `height` rows; undefined for other keys. */
export const scrollMove = (key: Key, top: number, total: number, height: number): number | undefined => {
	const limit = Math.max(0, total - height);
	const page = Math.max(1, height - 1);
	const from = Math.min(top, limit);
	const to: Partial<Record<KeyId, number>> = {
		up: from - 1,
		down: from + 1,
		pageup: from - page,
		pagedown: from + page,
		home: 0,
		end: limit,
	};
	const target = to[move(key)];
	return target === undefined ? undefined : Math.max(0, Math.min(limit, target));
};
