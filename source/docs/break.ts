import {cells, graphemes} from './cells.ts';
import type {DocsRow, Span} from './row.ts';

/** Marks a blank at which no row ends: that of a short command. It is told apart from all that a page says. */
export const keptBlank = '\u00A0';

/** A word, or the end of a row that the page itself asks for. Pieces of a word differ in what they mean. */
type Word = readonly Span[] | 'end';

const wordsOf = (spans: readonly Span[]): readonly Word[] => {
	const words: Word[] = [];
	let word: Span[] = [];
	const close = (): void => {
		if (word.length > 0) words.push(word);
		word = [];
	};
	for (const span of spans)
		for (const part of span.text.split(/(\n| +)/u)) {
			if (part === '\n' || /^ +$/u.test(part)) close();
			if (part === '\n') words.push('end');
			else if (part !== '' && !/^ +$/u.test(part)) word.push({...span, text: part});
		}
	close();
	return words;
};

const widthOf = (spans: readonly Span[]): number => spans.reduce((sum, {text}) => sum + cells(text), 0);

/** A word as pieces that each fit into a row; most words are one. */
const fitting = (word: readonly Span[], width: number): readonly (readonly Span[])[] => {
	if (widthOf(word) <= width) return [word];
	const rows: Span[][] = [[]];
	let used = 0;
	for (const span of word)
		for (const one of graphemes(span.text)) {
			if (used + cells(one) > width) {
				rows.push([]);
				used = 0;
			}
			rows.at(-1)?.push({...span, text: one});
			used += cells(one);
		}
	return rows;
};

/** Neighbours that look the same as one, with blanks as they are read. */
const joined = (row: DocsRow): DocsRow => {
	const spans: Span[] = [];
	for (const span of row) {
		const text = span.text.replaceAll(keptBlank, ' ');
		const last = spans.at(-1);
		if (last && last.role === span.role && last.bold === span.bold)
			spans[spans.length - 1] = {...last, text: last.text + text};
		else spans.push({...span, text});
	}
	return spans;
};

/** The blank before a word; between two words of one kind it is of that kind. */
const blankBefore = (row: readonly Span[], [first]: readonly Span[]): Span => {
	const last = row.at(-1);
	return first && last?.role === first.role && last?.bold === first.bold ? {...first, text: ' '} : {text: ' '};
};

/** Spans as rows of at most `width` cells, broken at blanks; a word that is wider than a row is broken inside. */
export const brokenTo = (spans: readonly Span[], width: number): readonly DocsRow[] => {
	const pieces = wordsOf(spans).flatMap((word): readonly Word[] =>
		word === 'end' ? [word] : fitting(word, Math.max(1, width)),
	);
	const rows: Span[][] = [];
	let row: Span[] = [];
	let used = 0;
	const end = (): void => {
		rows.push(row);
		row = [];
		used = 0;
	};
	for (const piece of pieces) {
		const wide = piece === 'end' ? 0 : widthOf(piece);
		if (piece === 'end' || (used > 0 && used + 1 + wide > width)) end();
		if (piece === 'end') continue;
		if (used > 0) row.push(blankBefore(row, piece));
		used += wide + (used > 0 ? 1 : 0);
		row.push(...piece);
	}
	end();
	return rows.map(joined);
};

/** The widest word of some spans, in cells: what a column cannot do without. */
export const widestWord = (spans: readonly Span[]): number =>
	Math.max(0, ...wordsOf(spans).map((word) => (word === 'end' ? 0 : widthOf(word))));

/** Width of spans whose rows end only where the page asks for it, in cells. */
export const naturalWidth = (spans: readonly Span[]): number =>
	Math.max(...brokenTo(spans, Number.POSITIVE_INFINITY).map(widthOf));
