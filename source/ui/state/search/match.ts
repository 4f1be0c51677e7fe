/** A part of a row: from its character `from` on, up to `to`, in UTF-16 units. */
export type Piece = {readonly row: number; readonly from: number; readonly to: number};

/** Where a text is found: the row in which it begins, and what of each row belongs to it. */
export type Match = {readonly row: number; readonly pieces: readonly Piece[]};

/** Letters in capitals or small; any space between words, for rows are broken there. */
const patternOf = (query: string): RegExp =>
	new RegExp(
		query
			.trim()
			.replaceAll(/[\^$\\.*+?()[\]{}|/]/gu, '\\$&')
			.replaceAll(/\s+/gu, '\\s+'),
		'giu',
	);

const startsOf = (rows: readonly string[]): readonly number[] => {
	let at = 0;
	return rows.map((row) => {
		const start = at;
		at += row.length + 1;
		return start;
	});
};

/** The last row that begins at or before a place. */
const rowAt = (starts: readonly number[], place: number): number => {
	let [low, high] = [0, starts.length - 1];
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if ((starts[middle] ?? 0) <= place) low = middle;
		else high = middle - 1;
	}
	return low;
};

/** All places where rows say a text, also over the end of a row; none for an empty text. */
export const matchesIn = (rows: readonly string[], query: string): readonly Match[] => {
	if (query.trim() === '') return [];
	const starts = startsOf(rows);
	return [...rows.join('\n').matchAll(patternOf(query))].map(({0: text, index}): Match => {
		const first = rowAt(starts, index);
		const last = rowAt(starts, index + text.length - 1);
		const pieces = Array.from({length: last - first + 1}, (_, offset): Piece => {
			const row = first + offset;
			const start = starts[row] ?? 0;
			const to = Math.min(rows[row]?.length ?? 0, index + text.length - start);
			return {row, from: Math.max(0, index - start), to};
		});
		return {row: first, pieces};
	});
};

/** A frame asks again for the rows that the frame before has asked for. */
const memory = new WeakMap<readonly string[], {readonly query: string; readonly found: readonly number[]}>();

/** The rows in which a text begins, in order. */
export const rowsWith = (rows: readonly string[], query: string): readonly number[] => {
	const known = memory.get(rows);
	if (known?.query === query) return known.found;
	const found = [...new Set(matchesIn(rows, query).map(({row}) => row))];
	memory.set(rows, {query, found});
	return found;
};

/** The next of some rows behind one, or before it, and round the end; undefined without any. */
export const nextRow = (rows: readonly number[], from: number, step: 1 | -1): number | undefined =>
	step === 1 ? (rows.find((row) => row > from) ?? rows[0]) : (rows.findLast((row) => row < from) ?? rows.at(-1));

/** How much was found, in words: `2 of 7` at one of them. */
export const foundWords = (rows: readonly number[], current: number | undefined): string => {
	if (rows.length === 0) return 'nothing found';
	const at = current === undefined ? -1 : rows.indexOf(current);
	return at < 0 ? `${rows.length} found` : `${at + 1} of ${rows.length}`;
};
