/** What a piece of a page means; the screens have colours for it, and nothing is told by colour alone. */
type Role = 'plain' | 'title' | 'dim' | 'key';

/** A piece of a row of a page. */
export type Span = {readonly text: string; readonly role?: Role; readonly bold?: boolean};

/** A row of a page, as it stands on a terminal. */
export type DocsRow = readonly Span[];

/** How a page is laid out. */
export type Layout = {
	/** Cells of a row. */
	readonly width: number;
	/** Only characters that every terminal has. */
	readonly ascii: boolean;
	/** True where code stands as it is, however long, so that it can be copied; else it is broken to the width. */
	readonly wholeCode: boolean;
	/** The topic that a linked file is; undefined where it is none. */
	readonly topicOf: (file: string) => string | undefined;
};

/** The text of a row, without what it means. */
export const textOf = (row: DocsRow): string => row.map(({text}) => text).join('');

/** A row that begins so many cells further in. */
export const indented = (row: DocsRow, by: number): DocsRow =>
	row.length === 0 || by === 0 ? row : [{text: ' '.repeat(by)}, ...row];
