/** Sizes that both the reducers (how far one can scroll) and the screens (what is drawn) follow. All in cells. */

export const smallest = {columns: 60, rows: 18} as const;

/** Is there room to draw at all? */
export const fits = (columns: number, rows: number): boolean => columns >= smallest.columns && rows >= smallest.rows;

/** Rows between the head (title, rule) and the foot (keys). */
export const bodyRows = (rows: number): number => rows - 3;

/** Columns of text: one cell of margin at either side. */
export const bodyColumns = (columns: number): number => columns - 2;

/** The list of topics needs this much room to stand at the left. */
export const topicColumns = (columns: number): number => (columns >= 100 ? 31 : 0);

/** The list of steps at the left of the run screen. */
export const stepColumns = (columns: number): number => {
	if (columns >= 120) return 36;
	return columns >= 100 ? 32 : 26;
};

/** The run screen: the log has about a third of the height, never less than 3 rows; a rule stands above it. */
export const runRows = (rows: number): {readonly top: number; readonly log: number} => {
	const body = bodyRows(rows);
	const log = Math.max(3, Math.floor((body - 1) * 0.34));
	return {top: body - 1 - log, log};
};

/** Cells before the text of a log line: time, mark, spaces. */
export const logPrefix = 11;

/** Columns right of the steps: minus the wall and a cell of air. */
export const detailColumns = (columns: number): number => bodyColumns(columns) - stepColumns(columns) - 2;

/** Rows of scrolled text on pages that end in a rule and a row of buttons. */
export const pageRows = (rows: number): number => bodyRows(rows) - 2;

/** Rows of text on a problem page, above a rule and one row a choice. */
export const problemHeight = (rows: number, choices: number): number => bodyRows(rows) - 1 - choices;

/** Rows of a text, and of the window that it is scrolled through. */
export type Extent = {
	readonly total: number;
	readonly height: number;
	/** The row that a page opens with at its top, which is looked at again and again; the last ones where nothing is said. */
	readonly end?: number | undefined;
	/** The first row of what has to be seen before it is agreed to. */
	readonly matter?: number | undefined;
	/** The rows in which problems begin, from the top; absent where the text has none. */
	readonly starts?: readonly number[] | undefined;
};
