import {wrapCommands} from './command.ts';
import type {Extent} from './layout.ts';
import type {Glyphs, Role} from './marks.ts';
import {cells, clean, shorten, wrap} from './text.ts';

/** A screen is a list of rows of known height, so that it can be scrolled, tested and never grows out of the window. */
export type Span = {readonly text: string; readonly role?: Role | undefined; readonly bold?: boolean | undefined};
export type Row = readonly Span[];

/** Where rows are drawn: its size in cells, and the marks of its terminal. */
export type Pane = {readonly width: number; readonly height: number; readonly marks: Glyphs};

/** A pane for rows that are scrolled: how high it is does not matter to them. */
export type Scroll = Omit<Pane, 'height'>;

/** A text, and how many of its rows are seen at once. */
export type Scrolled = {readonly rows: readonly Row[]; readonly height: number} & Pick<
	Extent,
	'end' | 'matter' | 'starts'
>;

/** The words of a row, without how they look. */
export const textOf = (row: Row): string => row.map(({text}) => text).join('');

/** Do two rows look the same? */
export const sameRow = (one: Row, other: Row): boolean =>
	one === other ||
	(one.length === other.length &&
		one.every((span, index) => {
			const twin = other[index];
			return span.text === twin?.text && span.role === twin.role && span.bold === twin.bold;
		}));

/** One row of one piece of text. */
export const row = (text: string, role: Role = 'plain'): Row => [{text: clean(text), role}];

export const blank: Row = [];

/** Text broken to `width` cells, indented by `indent`. */
export const paragraph = (text: string, width: number, role: Role = 'plain', indent = 0): readonly Row[] =>
	wrap(text, width - indent).map((line) => [{text: ' '.repeat(indent) + line, role}]);

/** Text with commands in rows of their own, which stay commands when copied. */
export const withCommands = (text: string, width: number, role: Role = 'plain', indent = 0): readonly Row[] =>
	wrapCommands(text, width - indent).map((line) => [{text: ' '.repeat(indent) + line, role}]);

/** Text with a first column such as a mark or a number; further lines are indented below the text. Commands in it stay such when copied. */
export const bullet = (mark: Span, text: string, width: number, indent = 0): readonly Row[] =>
	wrapCommands(text, width - indent - mark.text.length - 1).map((line, index) => [
		index === 0
			? {...mark, text: `${' '.repeat(indent)}${mark.text} `}
			: {text: ' '.repeat(indent + mark.text.length + 1)},
		{text: line, role: 'plain'},
	]);

/** A row that is no wider than `width` cells; what is cut ends in `mark`. */
export const cutRow = (spans: Row, width: number, mark: string): Row => {
	let room = width;
	const total = spans.reduce((sum, {text}) => sum + cells(text), 0);
	if (total <= width) return spans;
	return spans.flatMap((span) => {
		if (room <= 0) return [];
		const used = cells(span.text);
		const text = used < room ? span.text : shorten(`${span.text} `, room, mark);
		room -= used;
		return [{...span, text}];
	});
};

/** Keeps a scroll position within a list. */
export const clampTop = (top: number, total: number, height: number): number =>
	Math.max(0, Math.min(top, total - height));

/** The rows of a text that are seen. */
export const visible = ({rows, height}: Scrolled, top: number): readonly Row[] => {
	const first = clampTop(top, rows.length, height);
	return rows.slice(first, first + height);
};

/** Where in a long text one is, for a rule: `1-19 of 57`; empty where all of it is seen. */
export const position = ({rows, height}: Scrolled, top: number): string => {
	const total = rows.length;
	const first = clampTop(top, total, height);
	return total <= height ? '' : `${first + 1}-${Math.min(total, first + height)} of ${total}`;
};

/** Rows that are seen, of which the last one says how many follow, where `hidden` more do; a window of one or two rows has no room for that. */
export const withMoreBelow = (shown: readonly Row[], hidden: number, indent = 0): readonly Row[] =>
	hidden > 0 && shown.length > 2
		? [...shown.slice(0, -1), [{text: `${' '.repeat(indent)}${hidden + 1} more below`, role: 'dim'}]]
		: shown;

/** The smallest move of a window of `height` rows that shows row `focus`. */
export const keepInView = (focus: number, total: number, height: number): number =>
	clampTop(focus - Math.floor(height / 2), total, height);
