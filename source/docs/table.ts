import type {Tokens} from 'marked';
import {brokenTo, naturalWidth, widestWord} from './break.ts';
import {cells} from './cells.ts';
import {spansOf} from './inline.ts';
import {type DocsRow, type Layout, type Span, textOf} from './row.ts';

type Cell = readonly Span[];

/** Cells between two columns. */
const gap = 2;

/** A word this long is broken rather than taking the room of all other columns. */
const mostUnbroken = 40;

/** A text of more than `longText` cells in a column of fewer than `leastForText` is not read but spelled. */
const longText = 36;
const leastForText = 20;

/** Gives each column what it needs where that is little, and the others the same share of what is left. */
const shared = (natural: readonly number[], least: readonly number[], room: number): readonly number[] => {
	const widths = [...least];
	let left = room - least.reduce((sum, one) => sum + one, 0);
	for (;;) {
		const open = widths.flatMap((width, index) => (width < (natural[index] ?? 0) ? [index] : []));
		if (open.length === 0 || left < open.length) return widths;
		const share = Math.floor(left / open.length);
		for (const index of open) {
			const more = Math.min(share, (natural[index] ?? 0) - (widths[index] ?? 0));
			widths[index] = (widths[index] ?? 0) + more;
			left -= more;
		}
	}
};

/** The widths of columns side by side; undefined where they would be too narrow to be read. */
const widthsOf = (rows: readonly (readonly Cell[])[], width: number): readonly number[] | undefined => {
	const columns = (rows[0] ?? []).map((_, index) => rows.map((row) => row[index] ?? []));
	const natural = columns.map((column) => Math.max(1, ...column.map(naturalWidth)));
	const least = columns.map((column) => Math.min(mostUnbroken, Math.max(1, ...column.map(widestWord))));
	const room = width - gap * (columns.length - 1);
	const widths = shared(natural, least, room);
	const fits = widths.reduce((sum, one) => sum + one, 0) <= room;
	const isRead = widths.every((one, index) => (natural[index] ?? 0) <= longText || one >= leastForText);
	return fits && isRead ? widths : undefined;
};

const filled = (row: DocsRow, width: number): DocsRow => [
	...row,
	{text: ' '.repeat(Math.max(0, width - cells(textOf(row))))},
];

/** Cells side by side, as many rows as the longest of them takes. */
const sideBySide = (row: readonly Cell[], widths: readonly number[]): readonly DocsRow[] => {
	const broken = row.map((cell, index) => brokenTo(cell, widths[index] ?? 1));
	const height = Math.max(...broken.map(({length}) => length));
	return Array.from({length: height}, (_, line) =>
		broken.flatMap((cell, index) => {
			const isLast = index === broken.length - 1;
			const part = cell[line] ?? [];
			return isLast ? part : filled(part, (widths[index] ?? 0) + gap);
		}),
	);
};

const asColumns = (
	header: readonly Cell[],
	rows: readonly (readonly Cell[])[],
	{widths, ascii}: {readonly widths: readonly number[]; readonly ascii: boolean},
): readonly DocsRow[] => {
	const rule = (ascii ? '-' : '─').repeat(widths.reduce((sum, one) => sum + one + gap, -gap));
	const isLoose = rows.some((row) => sideBySide(row, widths).length > 1);
	return [
		...sideBySide(
			header.map((cell) => cell.map((span) => ({...span, bold: true}))),
			widths,
		),
		[{text: rule, role: 'dim'}],
		...rows.flatMap((row, index) => [...(isLoose && index > 0 ? [[]] : []), ...sideBySide(row, widths)]),
	];
};

/** Rows one below the other: the first cell as a title, each further one behind the name of its column. */
const asRecords = (header: readonly Cell[], rows: readonly (readonly Cell[])[], width: number): readonly DocsRow[] => {
	const labels = header.map((cell) => brokenTo(cell, Number.POSITIVE_INFINITY).map(textOf).join(' '));
	const left = Math.max(0, ...labels.slice(1).map(cells)) + gap;
	return rows.flatMap(([first = [], ...others], at) => [
		...(at > 0 ? [[]] : []),
		...brokenTo(
			first.map((span) => ({...span, bold: true})),
			width,
		),
		...others.flatMap((cell, index) =>
			textOf(cell).trim() === ''
				? []
				: brokenTo(cell, width - left - gap).map(
						(row, line): DocsRow => [
							{text: `${' '.repeat(gap)}${(line === 0 ? (labels[index + 1] ?? '') : '').padEnd(left)}`, role: 'dim'},
							...row,
						],
					),
		),
	]);
};

/** A table: columns side by side where there is room to read them, else a record for each of its rows. */
export const tableRows = ({header, rows}: Tokens.Table, layout: Layout): readonly DocsRow[] => {
	const head = header.map(({tokens}) => spansOf(tokens, layout));
	const body = rows.map((row) => row.map(({tokens}) => spansOf(tokens, layout)));
	const widths = widthsOf([head, ...body], layout.width);
	return widths ? asColumns(head, body, {widths, ascii: layout.ascii}) : asRecords(head, body, layout.width);
};
