import type {Key as InkKey} from 'ink';
import type {Extent} from '../terminal/layout.ts';
import {graphemes} from '../terminal/text.ts';

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
	const parts = input.split(/(\p{Cc})/u).filter((part) => part !== '');
	return parts.flatMap((part): readonly Key[] => {
		const control = controls[part];
		if (control) return [bare(control)];
		if (!/^\p{Cc}$/u.test(part)) return [{id: 'text', text: part}];
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

/** The letter that was typed where nothing is written; undefined for other keys. */
export const letterOf = (key: Key): string | undefined => (key.id === 'text' ? key.text : undefined);

/** Is this one of some letters? */
export const isLetter = (key: Key, ...letters: readonly string[]): boolean => letters.includes(letterOf(key) ?? '');

/** Does a key say yes to a question? */
export const isYes = (key: Key): boolean => isLetter(key, 'y', 'Y');

/** Does a key take what is in focus in a list? */
export const takes = (key: Key): boolean => key.id === 'return' || move(key) === 'right';

const ringSteps: Partial<Record<KeyId, number>> = {up: -1, left: -1, 'shift-tab': -1, down: 1, right: 1, tab: 1};

/** The position among `count` buttons after a key: behind the last comes the first. Undefined for other keys. */
export const ringMove = (key: Key, index: number, count: number): number | undefined => {
	const step = ringSteps[move(key)];
	return step === undefined || count === 0 ? undefined : (index + step + count) % count;
};

/** The position in a list of `count` after a key. Undefined when the key is not for lists. */
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

/** The scroll position that brings the next problem below the first row to it, round to the first one; undefined without any. */
const nextProblem = (top: number, {total, height, starts = []}: Extent): number | undefined => {
	const limit = Math.max(0, total - height);
	const places = [...new Set(starts.map((at) => Math.min(at, limit)))];
	return places.find((at) => at > Math.min(top, limit)) ?? places[0];
};

/** Space turns a page, as it does in every pager, where it takes nothing. */
export const paging = (key: Key): Key => (isLetter(key, ' ') ? {id: 'pagedown', text: ''} : key);

/** The scroll position after a key for a text of `total` rows seen through `height` rows; undefined for other keys. */
export const scrollMove = (key: Key, top: number, extent: Extent): number | undefined => {
	const {total, height} = extent;
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
	const target = isLetter(key, 'x') ? nextProblem(top, extent) : to[move(paging(key))];
	return target === undefined ? undefined : Math.max(0, Math.min(limit, target));
};
