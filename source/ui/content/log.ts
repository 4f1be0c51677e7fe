import type {LogLevel} from '../../engine/plan.ts';
import type {RunState} from '../../engine/state.ts';
import type {Line} from '../state/line.ts';
import {isMatch, levels, type Numbered, visibleLines, windowOf, wordsOf} from '../state/log/lines.ts';
import type {LogView} from '../state/types.ts';
import {clock} from '../terminal/format.ts';
import {logPrefix} from '../terminal/layout.ts';
import type {Mark, Role} from '../terminal/marks.ts';
import type {Pane, Row, Scroll, Span} from '../terminal/rows.ts';
import {wrap} from '../terminal/text.ts';
import {lineRow} from './line.ts';

const marksOf: Readonly<Record<LogLevel, Mark>> = {
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

const lineRows = (one: Numbered, {query}: LogView, {width, marks}: Scroll): readonly Row[] => {
	const {glyph, role} = marksOf[one.line.level];
	return wrap(wordsOf(one), width - logPrefix).map((text, index) => {
		const isFirst = index === 0;
		return [
			isFirst ? {text: `${clock(one.line.at)} `, role: 'dim'} : {text: ' '.repeat(9)},
			{text: isFirst ? `${marks[glyph]} ` : '  ', role},
			...highlighted(text, query, role),
		];
	});
};

/** The rows of the log pane: only what is seen is built. */
export const logRows = (run: Pick<RunState, 'log' | 'logDropped'>, view: LogView, pane: Pane): readonly Row[] => {
	const {width, height} = pane;
	const lines = visibleLines(run, view.level);
	const shown = windowOf(lines, view, {columns: width - logPrefix, rows: height});
	const rows = shown.flatMap((one) => lineRows(one, view, pane));
	// While the first lines do not fill the pane from the bottom line up, the pane shows the top of the log.
	const isTop = shown[0] === lines[0] && view.anchor !== undefined;
	return isTop ? rows.slice(0, height) : rows.slice(-height);
};

/** What is searched for, and that it is not there: among the lines of a level, for no others are searched. */
const searchWords = (run: Pick<RunState, 'log' | 'logDropped'>, {level, query}: LogView): readonly string[] => {
	if (query === '') return [];
	if (visibleLines(run, level).some((one) => isMatch(one, query))) return [`/${query}`];
	return [`no match for /${query}`, ...(level === levels[0] ? [] : [`lines below ${level} not searched`])];
};

/** What of the log is shown, for the rule above it. */
export const logTitle = (run: Pick<RunState, 'log' | 'logDropped'>, view: LogView): string => {
	const {anchor, level} = view;
	return [
		'Log',
		anchor === undefined ? 'newest' : 'held',
		`${level} and up`,
		...searchWords(run, view),
		...(run.logDropped > 0 ? [`${run.logDropped} older lines in the file`] : []),
	].join(', ');
};

/** The text to search the log for, while it is typed. */
export const searchRow = (line: Line, scroll: Scroll): Row => {
	const label = 'Search the log:';
	return [
		{text: label, role: 'title'},
		...lineRow({text: ' ', role: 'key'}, line, {...scroll, width: scroll.width - label.length}),
	];
};
