import type {Decoded} from './decode.ts';

/** What stands beside a part of a text: the end of a line, a mark that it was cut there, or further text. */
type Edge = 'line' | 'cut' | undefined;

/** Quotes, brackets and spaces that are put around a text when it is cut, and how many of them. */
const wrappers: ReadonlySet<number> = new Set([...` "'\`()[]{}<>,;`].map((sign) => sign.charCodeAt(0)));
const mostWrappers = 4;

const ellipsis = 0x2026;
const dot = 46;
const isBreak = (unit: number | undefined): boolean => unit === undefined || unit === 10 || unit === 13;

const wordAt = ({units, length}: Decoded, from: number, size: number): string =>
	String.fromCharCode(...units.subarray(Math.max(0, from), Math.min(length, from + size))).toLowerCase();

const unitAt = ({units, length}: Decoded, index: number): number | undefined =>
	index < 0 || index >= length ? undefined : units[index];

const skip = (decoded: Decoded, from: number, step: 1 | -1): number => {
	let index = from;
	for (let left = mostWrappers; left > 0 && wrappers.has(unitAt(decoded, index) ?? 0); left -= 1) index += step;
	return index;
};

const isDots = (decoded: Decoded, from: number, step: 1 | -1): boolean =>
	unitAt(decoded, from) === ellipsis || [0, 1, 2].every((count) => unitAt(decoded, from + count * step) === dot);

/** What follows the unit before `index`. */
export const edgeAfter = (decoded: Decoded, index: number): Edge => {
	const next = skip(decoded, index, 1);
	if (isDots(decoded, next, 1) || wordAt(decoded, next, 7) === 'truncat') return 'cut';
	return isBreak(unitAt(decoded, next)) ? 'line' : undefined;
};

/** What precedes the unit at `index`. */
export const edgeBefore = (decoded: Decoded, index: number): Edge => {
	const last = skip(decoded, index - 1, -1);
	if (isDots(decoded, last, -1) || wordAt(decoded, last - 8, 9) === 'truncated') return 'cut';
	return isBreak(unitAt(decoded, last)) ? 'line' : undefined;
};
