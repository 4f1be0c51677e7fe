import {keyPageOf} from '../state/help/help.ts';
import {everywhere, type KeyLine, type KeyPage, keyTable, keyTitles} from '../state/help/key-table.ts';
import type {Scene, UiState} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {blank, type Row, row, type Scrolled} from '../terminal/rows.ts';
import {pad, wrap} from '../terminal/text.ts';

const isDigit = (key: string): boolean => /^\d$/u.test(key);

/** Keys as they are told; digits that stand for every number as their range. */
const namesOf = ({keys, numbered}: KeyLine): string => {
	const first = keys.findIndex(isDigit);
	const told = numbered
		? keys.map((key, index) => (index === first ? '1-9' : key)).filter((key) => !isDigit(key))
		: keys;
	return told.map((key) => (key === ' ' ? 'Space' : key)).join(' ');
};

const lineRows = (line: KeyLine, width: number): readonly Row[] => {
	const left = Math.min(30, Math.floor(width * 0.43));
	const names = wrap(namesOf(line), left - 1);
	const words = wrap(line.does, width - left);
	return Array.from(
		{length: Math.max(names.length, words.length)},
		(_, index): Row => [{text: pad(names[index] ?? '', left), role: 'key'}, {text: words[index] ?? ''}],
	);
};

const pageRows = (page: KeyPage, width: number): readonly Row[] => [
	row(keyTitles[page], 'title'),
	...keyTable[page].flatMap((line) => lineRows(line, width)),
	blank,
	row('Everywhere', 'title'),
	...everywhere.flatMap((line) => lineRows(line, width)),
];

/** All keys of the page that has them, and those that are the same everywhere; a rule stands below them. */
export const helpText = (state: UiState, {columns, rows, run}: Scene): Scrolled => ({
	rows: pageRows(keyPageOf(state, run), bodyColumns(columns)),
	height: bodyRows(rows) - 1,
});
