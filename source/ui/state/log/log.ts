import type {LogLevel} from '../../../engine/plan.ts';
import type {RunState} from '../../../engine/state.ts';
import {clean} from '../../terminal/text.ts';
import {type Key, letterOf, move} from '../keys.ts';
import {edit, lineOf} from '../line.ts';
import type {LogView} from '../types.ts';
import {bottomIndex, isMatch, type LogSize, levels, lowestBottom, type Numbered, visibleLines} from './lines.ts';

const levelAfter = (level: LogLevel): LogLevel => levels[(levels.indexOf(level) + 1) % levels.length] ?? 'info';

/** The view with the next match at its bottom, looked for from a line on in one direction; the same without a match. */
const search = (lines: readonly Numbered[], view: LogView, from: number, step: 1 | -1): LogView => {
	if (view.query === '') return view;
	for (let index = from + step; index >= 0 && index < lines.length; index += step) {
		const one = lines[index];
		if (one && isMatch(one, view.query)) return {...view, anchor: one.number};
	}
	return view;
};

/** The view while its search text is typed: Enter searches from the newest line on, Escape leaves the log as it was. */
const typed = (lines: readonly Numbered[], view: LogView, key: Key): LogView => {
	const {typing} = view;
	const closed = {...view, typing: undefined};
	if (!typing || key.id === 'escape') return closed;
	if (key.id === 'return') return search(lines, {...closed, query: typing.text}, lines.length, -1);
	return {...view, typing: edit(typing, {...key, text: clean(key.text)}) ?? typing};
};

/** What a letter does to the log; undefined for letters that do nothing. */
const command = (lines: readonly Numbered[], view: LogView, letter: string | undefined): LogView | undefined => {
	switch (letter) {
		case '/':
			return {...view, typing: lineOf('')};
		case 'n':
			return search(lines, view, bottomIndex(lines, view), -1);
		case 'N':
			return search(lines, view, bottomIndex(lines, view), 1);
		case 'v':
			return {...view, anchor: undefined, level: levelAfter(view.level)};
		default:
			return undefined;
	}
};

/** The index that a key brings to the bottom of the pane; undefined for other keys. */
const target = (lines: readonly Numbered[], view: LogView, key: Key, {rows}: LogSize): number | undefined => {
	const bottom = bottomIndex(lines, view);
	switch (move(key)) {
		case 'up':
			return bottom - 1;
		case 'down':
			return bottom + 1;
		case 'pageup':
			return bottom - rows;
		case 'pagedown':
			return bottom + rows;
		case 'home':
			return 0;
		case 'end':
			return lines.length;
		default:
			return undefined;
	}
};

/** The view with a line at its bottom; past the last one it follows the newest. */
const goTo = (lines: readonly Numbered[], view: LogView, index: number, size: LogSize): LogView => {
	const one = lines[Math.max(lowestBottom(lines, size), index)];
	return {...view, anchor: index >= lines.length - 1 ? undefined : one?.number};
};

/** The log pane after a key; undefined when the key is not for it. */
export const logKey = (
	run: Pick<RunState, 'log' | 'logDropped'> | undefined,
	view: LogView,
	key: Key,
	size: LogSize,
): LogView | undefined => {
	const lines = run ? visibleLines(run, view.level) : [];
	if (view.typing) return typed(lines, view, key);
	const commanded = command(lines, view, letterOf(key));
	if (commanded) return commanded;
	const index = target(lines, view, key, size);
	return index === undefined ? undefined : goTo(lines, view, index, size);
};
