import type {Explained, Scene} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {blank, type Row, row, type Scrolled} from '../terminal/rows.ts';
import {wrap} from '../terminal/text.ts';

/** Cells before the text of a line that has a label (`report/explain.ts`). */
const labelCells = 11;

const lineRows = (line: string, width: number): readonly Row[] => {
	if (line === '') return [blank];
	if (!line.startsWith('  ')) return [row(line, 'title')];
	return wrap(line.slice(labelCells), width - labelCells).map((text, index) => [
		{text: (index === 0 ? line.slice(0, labelCells) : '').padEnd(labelCells), role: 'key'},
		{text, role: 'plain'},
	]);
};

/** What a problem or an answer is, as rows; a rule stands below them. */
export const explainedText = ({lines}: Explained, {columns, rows}: Pick<Scene, 'columns' | 'rows'>): Scrolled => ({
	rows: lines.flatMap((line) => lineRows(line, bodyColumns(columns))),
	height: bodyRows(rows) - 1,
});
