import {stripVTControlCharacters} from 'node:util';
import {printable} from '../base/printable.ts';
import {formatDuration} from '../base/units.ts';
import {formatChange} from '../engine/changes.ts';
import type {Event, Listener} from '../engine/events.ts';
import type {Handover, LogLevel} from '../engine/plan.ts';
import {emptyRun, reduce} from '../engine/reduce.ts';
import type {RunState, StepState} from '../engine/state.ts';
import {formatProblem, formatProgress} from './format.ts';
import {modeOf} from './json.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** How often a line of progress is printed, in ms: enough to see life in a pipeline's log, too little to flood it. */
const progressEveryMs = 5000;

const handoverLines = ({title, who, intro, sections, awaited}: Handover): readonly string[] => [
	`For the ${who}: ${title}`,
	intro,
	...sections.flatMap((section) => ['', `--- ${section.title} (${section.fileName})`, ...section.lines]),
	'',
	'Waiting for:',
	...awaited.map(({label, ok, note}) => `  ${ok ? 'ok     ' : 'not yet'} ${label}${note === '' ? '' : `: ${note}`}`),
];

const awaitedKey = ({awaited}: Handover): string => awaited.map(({ok, note}) => `${ok}${note}`).join();

/**
 * Plain lines for pipes, dumb terminals and screen readers: every line stands by itself, nothing is redrawn.
 * `level` hides log lines below it.
 */
export const plainReport = (write: (text: string) => void, options: {readonly level: LogLevel}): Listener => {
	let state: RunState = emptyRun;
	let lastProgress = 0;
	let lastAwaited = '';
	// Words of servers and logs of pods are quoted; they must not steer the terminal nor break the line.
	const say = (line: string): void =>
		write(`${printable(stripVTControlCharacters(line).replaceAll(/\p{Cc}/gu, ' '))}\n`);
	const number = (id: string): string => {
		const index = state.steps.findIndex((step) => step.id === id);
		return `[${String(index + 1).padStart(2)}/${state.steps.length}]`;
	};
	const titled = (id: string, text: string): void =>
		say(`${number(id)} ${state.steps.find((step) => step.id === id)?.title ?? id}: ${text}`);
	const indented = (lines: readonly string[]): void => {
		for (const line of lines) say(line === '' ? '' : `        ${line}`);
	};
	const detail = (event: Extract<Event, {type: 'step-detail'}>, before: RunState): void => {
		const {detail: what, step} = event;
		const stepIn = (run: RunState): StepState | undefined => run.steps.find(({id}) => id === step);
		if (what.kind === 'line') {
			if (levels.indexOf(what.level) >= levels.indexOf(options.level)) indented([what.text]);
		} else if (what.kind === 'item') {
			const old = stepIn(before)?.items.find(({label}) => label === what.label);
			// A watch tells the same thing again and again; only news is worth a line.
			if (what.state !== 'pending' && (old?.state !== what.state || old.note !== what.note))
				indented([`${what.state === 'bad' ? 'BAD ' : ''}${what.label}${what.note === '' ? '' : `: ${what.note}`}`]);
		} else if (what.kind === 'waiting') {
			if (stepIn(before)?.waiting?.reason !== what.reason) indented([`waiting: ${what.reason}`]);
		} else if (event.at - lastProgress >= progressEveryMs) {
			lastProgress = event.at;
			const progress = stepIn(state)?.progress.find(({label}) => label === what.label);
			if (progress) indented([formatProgress(progress)]);
		}
	};
	return (event) => {
		const before = state;
		// The lines themselves were written already; keeping them would copy a growing log for each event.
		state = {...reduce(state, event), log: []};
		switch (event.type) {
			case 'run-started':
				say(`zenml-airgap ${event.version}, ${modeOf(event.plan, event.pass)}, run ${event.runId}`);
				return;
			case 'step-started':
				lastAwaited = '';
				lastProgress = event.at;
				titled(event.step, event.stale ? 'checking, its answers have changed' : 'checking');
				return;
			case 'step-todo':
				indented(event.changes.map(formatChange));
				return;
			case 'step-applying':
				lastProgress = event.at;
				titled(event.step, event.attempt > 1 ? `working, try ${event.attempt}` : 'working');
				return;
			case 'step-detail':
				detail(event, before);
				return;
			case 'step-warning':
				indented([`warning: ${event.text}`]);
				return;
			case 'step-waiting':
				if (lastAwaited === '') indented(handoverLines(event.handover));
				else if (lastAwaited !== awaitedKey(event.handover)) {
					indented(
						event.handover.awaited.map(({label, ok, note}) => `${ok ? 'ok     ' : 'not yet'} ${label}: ${note}`),
					);
				}
				lastAwaited = awaitedKey(event.handover);
				return;
			case 'step-retrying':
				indented([
					`${event.problem.message} Trying again in ${formatDuration(event.pauseMs)} (${event.problem.code}).`,
				]);
				return;
			case 'step-problem':
				titled(event.step, 'cannot go on');
				indented(formatProblem(event.problem));
				return;
			case 'step-finished': {
				lastAwaited = '';
				const step = state.steps.find(({id}) => id === event.step);
				const words = {
					already: 'ok, nothing to do',
					applied: 'done',
					'not-needed': 'not asked for',
					skipped: 'skipped',
				}[event.outcome];
				const took = step?.startedAt === undefined ? '' : ` (${formatDuration(event.at - step.startedAt)})`;
				titled(event.step, `${words}${event.note === '' ? '' : `: ${event.note}`}${took}`);
				return;
			}
			case 'stopping':
				say(`Stopping at a safe point: ${event.reason}`);
				return;
			default:
		}
	};
};
