import type {Glyphs} from '../terminal/marks.ts';
import type {Row} from '../terminal/rows.ts';
import {cells, pad, shortenWords} from '../terminal/text.ts';

/** A key and what it does, as named in the last row. */
export type Hint = readonly [key: string, does: string];

/** The keys of a question that only y agrees to. */
export const yesHints = (yes: string, no: string): readonly Hint[] => [
	['y', yes],
	['any other key', no],
];

/** Cells of the first row before what stands at its right. */
const roomBeside = (aside: string, width: number): number => Math.max(0, width - cells(aside) - 1);

/** The title, with the version or the word that this is a rehearsal at its right. */
export const headRow = (title: string, aside: string, width: number, marks: Glyphs): Row => [
	{text: `${pad(shortenWords(title, roomBeside(aside, width), marks.more), roomBeside(aside, width))} `, role: 'title'},
	{text: aside, role: 'dim'},
];

/** The first of several titles, the longest first, that has room beside what stands at its right; else the last. */
export const fittingTitle = (titles: readonly [string, ...string[]], aside: string, width: number): string =>
	titles.find((title) => cells(title) <= roomBeside(aside, width)) ?? titles.at(-1) ?? '';

/** A rule across the window with words in it. */
export const ruleRow = (text: string, width: number, marks: Glyphs, role: 'title' | 'dim' = 'dim'): Row => {
	const shown = text === '' ? '' : ` ${shortenWords(text, width - 6)} `;
	return [
		{text: marks.rule.repeat(2), role: 'dim'},
		{text: shown, role},
		{text: marks.rule.repeat(Math.max(0, width - 2 - cells(shown))), role: 'dim'},
	];
};

const gap = '  ';

const cellsOf = (hints: readonly Hint[]): number =>
	hints.reduce((all, [key, does], index) => all + cells(index === 0 ? '' : gap) + cells(key) + 1 + cells(does), 0);

/** What the key does that leads to all others, whichever key it is on a page. */
const leadsToAll = 'help';

/** As many keys as fit; the first ones matter most, and the one that leads to all others goes last. */
const fittingHints = (hints: readonly Hint[], width: number): readonly Hint[] => {
	if (hints.length === 0 || cellsOf(hints) <= width) return hints;
	const dropped = hints.findLastIndex(([, does]) => does !== leadsToAll);
	return fittingHints(hints.toSpliced(Math.max(0, dropped), 1), width);
};

/** The keys of a page, as many as fit in a row. */
export const hintRow = (hints: readonly Hint[], width: number): Row =>
	fittingHints(hints, width).flatMap(([key, does], index) => [
		{text: `${index === 0 ? '' : gap}${key}`, role: 'key'} as const,
		{text: ` ${does}`, role: 'dim'} as const,
	]);

/** A wall between what stands left and right of it. */
export const wallRows = (height: number, marks: Glyphs): readonly Row[] =>
	Array.from({length: height}, () => [{text: marks.wall, role: 'dim'}]);
