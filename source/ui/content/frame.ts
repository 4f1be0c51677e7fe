import type {Notice} from '../state/types.ts';
import type {Glyphs} from '../terminal/marks.ts';
import {paragraph, type Row, row} from '../terminal/rows.ts';
import {cells, pad, shorten} from '../terminal/text.ts';

/** A key and what it does, as named in the last row. */
export type Hint = readonly [key: string, does: string];

/** The title, with the version or the word that this is a rehearsal at its right. */
export const headRow = (title: string, aside: string, width: number, marks: Glyphs): Row => [
	{text: `${pad(title, Math.max(0, width - cells(aside) - 1), marks.more)} `, role: 'title'},
	{text: aside, role: 'dim'},
];

/** A rule across the window with words in it. */
export const ruleRow = (text: string, width: number, marks: Glyphs, role: 'title' | 'dim' = 'dim'): Row => {
	const shown = text === '' ? '' : ` ${shorten(text, width - 6)} `;
	return [
		{text: marks.rule.repeat(2), role: 'dim'},
		{text: shown, role},
		{text: marks.rule.repeat(Math.max(0, width - 2 - cells(shown))), role: 'dim'},
	];
};

/** As many keys as fit; the first ones matter most. */
const hintRow = (hints: readonly Hint[], width: number): Row => {
	let room = width;
	return hints.flatMap(([key, does], index) => {
		const gap = index === 0 ? '' : '  ';
		room -= cells(gap) + cells(key) + 1 + cells(does);
		return room < 0 ? [] : [{text: gap + key, role: 'key'} as const, {text: ` ${does}`, role: 'dim'} as const];
	});
};

/** A notice takes no more rows than this. */
const mostNoticeRows = 5;

/** A notice on one row where it fits, else its words and below them its path, which is broken, never cut. */
const noticeRows = ({text, path = '', role}: Notice, width: number): readonly Row[] => {
	const whole = path === '' ? text : `${text} ${path}`;
	if (cells(whole) <= width) return [row(whole, role)];
	return [...paragraph(text, width, role), ...(path === '' ? [] : paragraph(path, width, role))];
};

/** The keys, or a notice in their place: one row, or as many as the notice needs. */
export const footRows = (hints: readonly Hint[], notice: Notice | undefined, width: number): readonly Row[] =>
	notice ? noticeRows(notice, width).slice(0, mostNoticeRows) : [hintRow(hints, width)];

/** A wall between what stands left and right of it. */
export const wallRows = (height: number, marks: Glyphs): readonly Row[] =>
	Array.from({length: height}, () => [{text: marks.wall, role: 'dim'}]);
