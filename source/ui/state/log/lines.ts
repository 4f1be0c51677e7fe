import type {LogLevel} from '../../../engine/plan.ts';
import type {LogLine, RunState} from '../../../engine/state.ts';
import {wrap} from '../../terminal/text.ts';
import type {LogView} from '../types.ts';

/** The levels of the log, the least important first. */
export const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log line with its number, counted from the first line ever, and its step where another one begins to speak. */
export type Numbered = {readonly number: number; readonly line: LogLine; readonly step?: string};

/** What is shown of a line. */
export const wordsOf = ({line, step}: Numbered): string => (step === undefined ? line.text : `${step}: ${line.text}`);

/** The texts of lines that stay the same for as long as no line comes. */
const texts = new WeakMap<readonly Numbered[], readonly string[]>();

/** What is shown of lines, and searched. */
export const textsOf = (lines: readonly Numbered[]): readonly string[] => {
	const known = texts.get(lines);
	if (known) return known;
	const all = lines.map(wordsOf);
	texts.set(lines, all);
	return all;
};

/** What was found of a log: its lines of a level, up to the line before number `end`. */
type Known = {readonly log: readonly LogLine[]; readonly end: number; readonly lines: readonly Numbered[]};

/** A frame asks several times, and the next log mostly begins with the same lines: what is known of a level is extended. */
const memory = new Map<LogLevel, Known>();

/** The known lines that are still in a log, and the number of the first line that is not known yet. */
const startFrom = (known: Known | undefined, log: readonly LogLine[], dropped: number) => {
	const goesOn = known !== undefined && known.end > dropped && log[known.end - 1 - dropped] === known.log.at(-1);
	if (!goesOn) return {lines: [], next: dropped};
	const first = known.lines.findIndex(({number}) => number >= dropped);
	return {lines: first < 0 ? [] : known.lines.slice(first), next: known.end};
};

const extended = (
	known: Known | undefined,
	{log, logDropped}: Pick<RunState, 'log' | 'logDropped'>,
	level: LogLevel,
): readonly Numbered[] => {
	const least = levels.indexOf(level);
	const {lines, next} = startFrom(known, log, logDropped);
	const all: Numbered[] = [...lines];
	for (const [offset, line] of log.slice(next - logDropped).entries()) {
		if (levels.indexOf(line.level) < least) continue;
		const {step} = line;
		const isNews = step !== undefined && step !== all.at(-1)?.line.step;
		all.push({number: next + offset, line, ...(isNews && {step})});
	}
	return all;
};

/** The lines of at least this level. */
export const visibleLines = (run: Pick<RunState, 'log' | 'logDropped'>, level: LogLevel): readonly Numbered[] => {
	const known = memory.get(level);
	const end = run.logDropped + run.log.length;
	if (known?.log === run.log && known.end === end) return known.lines;
	const lines = extended(known, run, level);
	memory.set(level, {log: run.log, end, lines});
	return lines;
};

/** Index of the line at the bottom of the pane. */
export const bottomIndex = (lines: readonly Numbered[], {anchor}: LogView): number => {
	if (anchor === undefined) return lines.length - 1;
	return Math.max(
		0,
		lines.findLastIndex(({number}) => number <= anchor),
	);
};

/** The size of the log's text, in cells. */
export type LogSize = {readonly columns: number; readonly rows: number};

const heightOf = (one: Numbered | undefined, {columns}: LogSize): number =>
	one === undefined ? 0 : wrap(wordsOf(one), columns).length;

/** The lowest index at the bottom of the pane: there the first line is just at the top. */
export const lowestBottom = (lines: readonly Numbered[], size: LogSize): number => {
	let used = 0;
	let index = 0;
	for (; index < lines.length; index += 1) {
		used += heightOf(lines[index], size);
		if (used > size.rows) break;
	}
	return Math.max(0, index - 1);
};

/** The lines that fill the pane up from its bottom line, and when those are too few, down from it. */
export const windowOf = (lines: readonly Numbered[], view: LogView, size: LogSize): readonly Numbered[] => {
	const bottom = bottomIndex(lines, view);
	let used = 0;
	let first = bottom + 1;
	while (first > 0 && used < size.rows) {
		first -= 1;
		used += heightOf(lines[first], size);
	}
	let last = bottom;
	while (last + 1 < lines.length && used < size.rows) {
		last += 1;
		used += heightOf(lines[last], size);
	}
	return lines.slice(first, last + 1);
};
