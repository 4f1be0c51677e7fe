import type {LogLevel} from '../../../engine/plan.ts';
import type {RunState} from '../../../engine/state.ts';
import {isLetter, type Key, move} from '../keys.ts';
import type {LogView} from '../types.ts';
import {bottomIndex, type LogSize, levels, lowestBottom, type Numbered, visibleLines} from './lines.ts';

const levelAfter = (level: LogLevel): LogLevel => levels[(levels.indexOf(level) + 1) % levels.length] ?? 'info';

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
	if (isLetter(key, 'v')) return {...view, anchor: undefined, level: levelAfter(view.level)};
	const index = target(lines, view, key, size);
	return index === undefined ? undefined : goTo(lines, view, index, size);
};
