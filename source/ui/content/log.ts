import type {LogLevel} from '../../engine/plan.ts';
import type {RunState} from '../../engine/state.ts';
import {levels, type Numbered, textsOf, visibleLines, windowOf, wordsOf} from '../state/log/lines.ts';
import {rowsWith} from '../state/search/match.ts';
import type {LogView} from '../state/types.ts';
import {clock} from '../terminal/format.ts';
import {logPrefix} from '../terminal/layout.ts';
import type {Mark} from '../terminal/marks.ts';
import type {Pane, Row, Scroll} from '../terminal/rows.ts';
import {wrap} from '../terminal/text.ts';
import {markedRows} from './search/search.ts';

const marksOf: Readonly<Record<LogLevel, Mark>> = {
	debug: {glyph: 'dot', role: 'dim'},
	info: {glyph: 'dot', role: 'plain'},
	warn: {glyph: 'warn', role: 'warn'},
	error: {glyph: 'bad', role: 'bad'},
};

const lineRows = (one: Numbered, {anchor}: LogView, query: string, {width, marks}: Scroll): readonly Row[] => {
	const {glyph, role} = marksOf[one.line.level];
	const texts = wrap(wordsOf(one), width - logPrefix).map((text): Row => [{text, role}]);
	return markedRows(texts, query, one.number === anchor ? 'all' : undefined).map((words, index) => {
		const isFirst = index === 0;
		return [
			isFirst ? {text: `${clock(one.line.at)} `, role: 'dim'} : {text: ' '.repeat(9)},
			{text: isFirst ? `${marks[glyph]} ` : '  ', role},
			...words,
		];
	});
};

/** The rows of the log pane: only what is seen is built. */
export const logRows = (
	run: Pick<RunState, 'log' | 'logDropped'>,
	view: LogView,
	query: string,
	pane: Pane,
): readonly Row[] => {
	const {width, height} = pane;
	const lines = visibleLines(run, view.level);
	const shown = windowOf(lines, view, {columns: width - logPrefix, rows: height});
	const rows = shown.flatMap((one) => lineRows(one, view, query, pane));
	// While the first lines do not fill the pane from the bottom line up, the pane shows the top of the log.
	const isTop = shown[0] === lines[0] && view.anchor !== undefined;
	return isTop ? rows.slice(0, height) : rows.slice(-height);
};

/** A text that is not there: among the lines of a level, for no others are searched. */
const missedWords = (run: Pick<RunState, 'log' | 'logDropped'>, level: LogLevel, query: string): readonly string[] =>
	query === '' || level === levels[0] || rowsWith(textsOf(visibleLines(run, level)), query).length > 0
		? []
		: [`lines below ${level} not searched`];

/** What of the log is shown, for the rule above it. */
export const logTitle = (run: Pick<RunState, 'log' | 'logDropped'>, {anchor, level}: LogView, query: string): string =>
	[
		'Log',
		anchor === undefined ? 'newest' : 'held',
		`${level} and up`,
		...missedWords(run, level, query),
		...(run.logDropped > 0 ? [`${run.logDropped} older lines in the file`] : []),
	].join(', ');
