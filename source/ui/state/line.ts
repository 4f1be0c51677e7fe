import {cells, graphemes} from '../terminal/text.ts';
import type {Key} from './keys.ts';

/** A line that is being typed; `cursor` counts characters as a reader counts them. */
export type Line = {readonly text: string; readonly cursor: number};

/** A line with the cursor at its end. */
export const lineOf = (text: string): Line => ({text, cursor: graphemes(text).length});

const splice = ({text}: Line, from: number, to: number, insert: string): Line => {
	const all = graphemes(text);
	const head = all.slice(0, from).join('') + insert;
	return {text: head + all.slice(to).join(''), cursor: graphemes(head).length};
};

const wordStart = ({text, cursor}: Line): number => {
	const all = graphemes(text);
	let at = cursor;
	while (at > 0 && all[at - 1] === ' ') at -= 1;
	while (at > 0 && all[at - 1] !== ' ') at -= 1;
	return at;
};

/** The line after a key; undefined when the key does not edit. Pasted text of several lines is not for a line. */
export const edit = (line: Line, key: Key): Line | undefined => {
	const {cursor} = line;
	const length = graphemes(line.text).length;
	switch (key.id) {
		case 'text':
		case 'paste':
			return splice(line, cursor, cursor, key.text);
		case 'backspace':
			return cursor > 0 ? splice(line, cursor - 1, cursor, '') : line;
		case 'delete':
			return splice(line, cursor, cursor + 1, '');
		case 'left':
			return {...line, cursor: Math.max(0, cursor - 1)};
		case 'right':
			return {...line, cursor: Math.min(length, cursor + 1)};
		case 'home':
			return {...line, cursor: 0};
		case 'end':
		case 'ctrl-e':
			return {...line, cursor: length};
		case 'ctrl-u':
			return splice(line, 0, cursor, '');
		case 'ctrl-k':
			return splice(line, cursor, length, '');
		case 'ctrl-w':
			return splice(line, wordStart(line), cursor, '');
		default:
			return undefined;
	}
};

/** The part of a line that is drawn in `width` cells: before, under and after the cursor. */
export type Glimpse = {
	readonly before: string;
	readonly at: string;
	readonly after: string;
	readonly cutLeft: boolean;
	readonly cutRight: boolean;
};

/** Scrolls sideways so that the cursor is always seen; `mask` stands for each character of a secret. */
export const glimpse = ({text, cursor}: Line, width: number, mask?: string): Glimpse => {
	const all = graphemes(text).map((one) => mask ?? one);
	const at = all[cursor] ?? ' ';
	let room = Math.max(0, width - 2 - cells(at));
	let from = cursor;
	while (from > 0 && cells(all[from - 1] ?? '') <= room) {
		from -= 1;
		room -= cells(all[from] ?? '');
	}
	let to = cursor + 1;
	while (to < all.length && cells(all[to] ?? '') <= room) {
		room -= cells(all[to] ?? '');
		to += 1;
	}
	return {
		before: all.slice(from, cursor).join(''),
		at,
		after: all.slice(cursor + 1, to).join(''),
		cutLeft: from > 0,
		cutRight: to < all.length,
	};
};
