import {formatDuration, formatMoment} from '../../base/units.ts';
import {isOfItsRun, type Journal} from '../../engine/journal.ts';
import type {PlanFact} from '../../engine/plan.ts';
import type {Unfinished} from '../base/kept/unfinished.ts';

const outcomes = {done: 'finished', failed: 'failed', stopped: 'stopped'} as const;

/** What was begun from here and has not ended, above all else that is told; empty where there is nothing of the kind. */
export const unfinishedFact = (unfinished: readonly Unfinished[]): readonly PlanFact[] =>
	unfinished.length === 0
		? []
		: [
				{
					...{id: 'unfinished', rank: -1, label: 'Unfinished'},
					lines: unfinished.map(({text}) => text),
					values: {commands: unfinished.map(({command}) => command)},
				},
			];

/** When the plan was last gone through from here, and how long that took. A run that was killed has no end, and no duration. */
export const lastRunFact = (earlier: Journal | undefined, {steps}: {readonly steps: readonly unknown[]}): PlanFact => {
	const head = {id: 'last-run', rank: 100, label: 'Last run'} as const;
	if (!earlier) return {...head, lines: ['no earlier run known here'], values: {lastRun: null}};
	const {outcome, savedAt, startedAt, host} = earlier;
	const when = formatMoment(outcome === undefined ? startedAt : savedAt);
	const changed = earlier.steps.filter((step) => step.outcome === 'applied' && isOfItsRun(earlier, step)).length;
	const work = `${changed} of ${steps.length} steps changed something`;
	const text =
		outcome === undefined
			? `begun at ${when} on ${host}, and not ended`
			: `${outcomes[outcome]} at ${when} on ${host} after ${formatDuration(savedAt - startedAt)}, ${work}`;
	return {...head, lines: [text], values: {outcome: outcome ?? null, startedAt, savedAt, host}};
};
