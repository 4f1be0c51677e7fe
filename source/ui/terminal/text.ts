import {stripVTControlCharacters} from 'node:util';
import wrapAnsi from 'wrap-ansi';
import {cells, graphemes} from '../../docs/cells.ts';

export {cells, graphemes};

/** Makes foreign text harmless for a screen: no escape sequences, no control characters, no changes of direction, tabs as spaces. */
export const clean = (text: string): string =>
	stripVTControlCharacters(text)
		.replaceAll('\t', '    ')
		.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '');

/** Cuts text to at most `width` cells; what is cut ends in `mark`. */
export const shorten = (text: string, width: number, mark = '…'): string => {
	if (cells(text) <= width) return text;
	const room = width - cells(mark);
	if (room < 0) return '';
	let out = '';
	let used = 0;
	for (const one of graphemes(text)) {
		used += cells(one);
		if (used > room) break;
		out += one;
	}
	return out + mark;
};

/** Cuts text to at most `width` cells behind a word, or a part of a list; within one where it is a single word. */
export const shortenWords = (text: string, width: number, mark = '…'): string => {
	if (cells(text) <= width) return text;
	const room = shorten(text, width - cells(mark), '');
	const words = text[room.length] === ' ' ? room : room.slice(0, room.lastIndexOf(' '));
	return words.trim() === '' ? shorten(text, width, mark) : `${words.replace(/[\s,;:]+$/u, '')}${mark}`;
};

/**
 * Cuts text to at most `width` cells in its middle, since the end of a path tells more than its middle: the end keeps two
 * thirds of the room, from a `/` on where it has one, and the last part of a path stays whole where it can.
 */
export const shortenMiddle = (text: string, width: number, mark = '…'): string => {
	if (cells(text) <= width) return text;
	const room = width - cells(mark);
	// Too narrow for two parts worth reading.
	if (room < 8) return shorten(text, width, mark);
	let end = '';
	for (const one of graphemes(text).toReversed()) {
		if (cells(one) + cells(end) > (room * 2) / 3) break;
		end = one + end;
	}
	const slash = end.indexOf('/');
	const name = text.slice(text.lastIndexOf('/'));
	if (slash > 0 && slash < end.length - 1) end = end.slice(slash);
	else if (slash < 0 && name.startsWith('/') && cells(name) <= room - 6) end = name;
	return shorten(`${text} `, width - cells(end), mark) + end;
};

/** Cuts or fills text to exactly `width` cells. */
export const pad = (text: string, width: number, mark = '…'): string => {
	const short = shorten(text, width, mark);
	return short + ' '.repeat(Math.max(0, width - cells(short)));
};

/** Breaks text into lines of at most `width` cells; words longer than a line are cut. Line ends are kept. */
export const wrap = (text: string, width: number): readonly string[] =>
	text.split(/\r\n|\r|\n/u).flatMap((line) =>
		wrapAnsi(clean(line), Math.max(1, width), {hard: true, trim: false})
			.split('\n')
			.map((part, index) => (index === 0 ? part : part.trimStart()).trimEnd()),
	);
