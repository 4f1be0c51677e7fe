import type {LogLevel} from '../../engine/plan.ts';
import type {LogLine, RunState} from '../../engine/state.ts';
import {wrap} from '../text.ts';
import {type Key, move} from './keys.ts';
import {edit, lineOf} from './line.ts';
import type {LogView} from './types.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log line with its number, counted from the first line ever, and its step where another one begins to speak. */
export type Numbered = {readonly number: number; readonly line: LogLine; readonly step?: string};

/** What is shown of a line, and searched. */
export const wordsOf = ({line, step}: Numbered): string => (step === undefined ? line.text : `${step}: ${line.text}`);

const filtered = new WeakMap<readonly LogLine[], Map<LogLevel, readonly Numbered[]>>();

/** What was last found for a level, up to the line before number `end`: the next log mostly begins with the same lines. */
const latest = new Map<LogLevel, {readonly end: number; readonly last: LogLine; readonly lines: readonly Numbered[]}>();

const numbered = (log: readonly LogLine[], logDropped: number, level: LogLevel): readonly Numbered[] => {
	const least = levels.indexOf(level);
	const before = latest.get(level);
	const goesOn = before !== undefined && before.end > logDropped && log[before.end - 1 - logDropped] === before.last;
	const first = goesOn ? before.lines.findIndex(({number}) => number >= logDropped) : -1;
	const lines = goesOn && first >= 0 ? before.lines.slice(first) : [];
	const end = logDropped + log.length;
	for (let number = goesOn ? before.end : logDropped; number < end; number += 1) {
		const line = log[number - logDropped];
		if (line && levels.indexOf(line.level) >= least) {
			const {step} = line;
			lines.push({number, line, ...(step !== undefined && step !== lines.at(-1)?.line.step ? {step} : {})});
		}
	}
	const last = log.at(-1);
	if (last) latest.set(level, {end, last, lines});
	return lines;
};

/** The lines of at least this level. Remembered per log, since a frame asks several times. */
export const visibleLines = (
	{log, logDropped}: Pick<RunState, 'log' | 'logDropped'>,
	level: LogLevel,
): readonly Numbered[] => {
	const known = filtered.get(log) ?? new Map<LogLevel, readonly Numbered[]>();
	filtered.set(log, known);
	const old = known.get(level);
	if (old) return old;
	const lines = numbered(log, logDropped, level);
	known.set(level, lines);
	return lines;
};

const searched = (one: Numbered, query: string): boolean => wordsOf(one).toLowerCase().includes(query.toLowerCase());

/** Index of the line at the bottom of the pane. */
export const bottomIndex = (lines: readonly Numbered[], {anchor}: LogView): number => {
	if (anchor === undefined) return lines.length - 1;
	const at = lines.findLastIndex(({number}) => number <= anchor);
	return Math.max(0, at);
};

const height = (one: Numbered, columns: number): number => wrap(wordsOf(one), columns).length;

/** The lowest index at the bottom of the pane: there the first line is just at the top. */
const lowestBottom = (lines: readonly Numbered[], columns: number, rows: number): number => {
	let used = 0;
	let index = 0;
	for (; index < lines.length; index += 1) {
		const one = lines[index];
		used += one ? height(one, columns) : 0;
		if (used > rows) break;
	}
	return Math.max(0, index - 1);
};

const levelAfter = (level: LogLevel): LogLevel => levels[(levels.indexOf(level) + 1) % levels.length] ?? 'info';

const search = (lines: readonly Numbered[], view: LogView, from: number, step: 1 | -1): LogView => {
	if (view.query === '') return view;
	for (let index = from + step; index >= 0 && index < lines.length; index += step) {
		const one = lines[index];
		if (one && searched(one, view.query)) return {...view, anchor: one.number};
	}
	return view;
};

const typed = (lines: readonly Numbered[], view: LogView, key: Key): LogView => {
	const {typing, ...rest} = view;
	if (!typing || key.id === 'escape') return rest;
	if (key.id === 'return') return search(lines, {...rest, query: typing.text}, lines.length, -1);
	return {...view, typing: edit(typing, key) ?? typing};
};

/** The log pane after a key; undefined when the key is not for it. `columns` and `rows` are those of its text. */
export const logKey = (
	run: RunState | undefined,
	view: LogView,
	key: Key,
	columns: number,
	rows: number,
): LogView | undefined => {
	const lines = run ? visibleLines(run, view.level) : [];
	if (view.typing) return typed(lines, view, key);
	const {anchor: _anchor, ...following} = view;
	const bottom = bottomIndex(lines, view);
	const lowest = lowestBottom(lines, columns, rows);
	const goTo = (index: number): LogView => {
		const one = lines[Math.max(lowest, index)];
		return one === undefined || index >= lines.length - 1 ? following : {...view, anchor: one.number};
	};
	if (key.id === 'text') {
		switch (key.text) {
			case '/':
				return {...view, typing: lineOf('')};
			case 'n':
				return search(lines, view, bottom, -1);
			case 'N':
				return search(lines, view, bottom, 1);
			case 'v':
				return {...following, level: levelAfter(view.level)};
			default:
		}
	}
	switch (move(key)) {
		case 'up':
			return goTo(bottom - 1);
		case 'down':
			return goTo(bottom + 1);
		case 'pageup':
			return goTo(bottom - rows);
		case 'pagedown':
			return goTo(bottom + rows);
		case 'home':
			return goTo(0);
		case 'end':
			return following;
		default:
			return undefined;
	}
};

/** The lines that fill the pane up from its bottom line, and when those are too few, down from it. */
export const windowOf = (
	lines: readonly Numbered[],
	view: LogView,
	columns: number,
	rows: number,
): readonly Numbered[] => {
	const bottom = bottomIndex(lines, view);
	let used = 0;
	let first = bottom + 1;
	while (first > 0 && used < rows) {
		first -= 1;
		const one = lines[first];
		used += one ? height(one, columns) : 0;
	}
	let last = bottom;
	while (last + 1 < lines.length && used < rows) {
		last += 1;
		const one = lines[last];
		used += one ? height(one, columns) : 0;
	}
	return lines.slice(first, last + 1);
};
