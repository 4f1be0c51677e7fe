import type {LogLevel} from '../../engine/plan.ts';
import {clock} from '../format.ts';
import type {Row, Span} from '../rows.ts';
import {type Numbered, windowOf, wordsOf} from '../state/log.ts';
import type {LogView} from '../state/types.ts';
import {wrap} from '../text.ts';
import type {Glyphs, Role} from '../theme.ts';

/** Cells before the text of a log line: time, mark, spaces. */
export const logPrefix = 11;

const marks: Readonly<Record<LogLevel, {readonly glyph: keyof Glyphs; readonly role: Role}>> = {
	debug: {glyph: 'dot', role: 'dim'},
	info: {glyph: 'dot', role: 'plain'},
	warn: {glyph: 'warn', role: 'warn'},
	error: {glyph: 'bad', role: 'bad'},
};

/** Splits text where it matches, so that matches can be drawn otherwise. */
const highlighted = (text: string, query: string, role: Role): readonly Span[] => {
	const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
	if (at < 0) return [{text, role}];
	const end = at + query.length;
	return [
		{text: text.slice(0, at), role},
		{text: text.slice(at, end), role: 'focus'},
		...highlighted(text.slice(end), query, role),
	];
};

const lineRows = (one: Numbered, view: LogView, width: number, glyphs: Glyphs): readonly Row[] => {
	const {line} = one;
	const {glyph, role} = marks[line.level];
	return wrap(wordsOf(one), width - logPrefix).map((text, index) => [
		index === 0 ? {text: `${clock(line.at)} `, role: 'dim'} : {text: ' '.repeat(9)},
		{text: index === 0 ? `${glyphs[glyph]} ` : '  ', role},
		...highlighted(text, view.query, role === 'dim' ? 'dim' : line.level === 'info' ? 'plain' : role),
	]);
};

/** The rows of the log pane: only what is seen is built. */
export const logRows = (
	lines: readonly Numbered[],
	view: LogView,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Row[] => {
	const shown = windowOf(lines, view, width - logPrefix, height);
	const rows = shown.flatMap((one) => lineRows(one, view, width, glyphs));
	// While the first lines do not fill the pane from the bottom line up, the pane shows the top of the log.
	const fromTop = shown[0] === lines[0] && view.anchor !== undefined;
	return fromTop ? rows.slice(0, height) : rows.slice(-height);
};
