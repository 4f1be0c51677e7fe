import {stripVTControlCharacters} from 'node:util';
import {printable} from '../base/printable.ts';
import type {Event, Listener} from '../engine/events.ts';
import type {LogLevel} from '../engine/plan.ts';
import {linesOf, nothingTold, type Told, tell, whereLines} from './event-lines.ts';
import {factsFirst} from './facts-first.ts';
import {openedFact, openedLines} from './opened-lines.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Is this a line of the log that matters less than `level`? */
const isBelow = (event: Event, level: LogLevel): boolean =>
	event.type === 'step-detail' &&
	event.detail.kind === 'line' &&
	levels.indexOf(event.detail.level) < levels.indexOf(level);

/** Words of servers and logs of pods are quoted; they must not steer the terminal nor break the line. */
const harmless = (line: string): string => printable(stripVTControlCharacters(line).replaceAll(/\p{Cc}/gu, ' '));

/** An event with all that it opens to; undefined for one that opens to nothing. */
const opened = (event: Event, {run: {facts = []}}: Told): readonly string[] | undefined => {
	if (event.type === 'plan-facts-known') return whereLines(facts, openedFact);
	if (event.type !== 'step-todo') return undefined;
	return openedLines(event.changes).map((line) => (line === '' ? '' : `        ${line}`));
};

/**
 * Plain lines for pipes, dumb terminals and screen readers: every line stands by itself, nothing is redrawn.
 * `level` hides log lines below it; with `details` a change is told with all that it opens to.
 */
export const plainReport = (
	write: (text: string) => void,
	{level, details = false}: {readonly level: LogLevel; readonly details?: boolean},
): Listener => {
	let told = nothingTold;
	return factsFirst((event) => {
		const before = told;
		told = tell(before, event);
		if (isBelow(event, level)) return;
		const lines = (details ? opened(event, told) : undefined) ?? linesOf(before, told, event);
		for (const line of lines) write(`${harmless(line)}\n`);
	});
};
