import type {Answers} from '../../answers/schema.ts';
import {counted} from '../../base/text.ts';
import {formatDuration, formatMoment} from '../../base/units.ts';
import {isOfItsRun, type Journal} from '../../engine/journal.ts';
import type {PlanFact} from '../../engine/plan.ts';
import type {Unfinished} from '../base/kept/unfinished.ts';
import {changedAnswers} from './changed-answers.ts';

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
export const lastRunFact = (earlier: Journal | undefined): PlanFact => {
	const head = {id: 'last-run', rank: 100, label: 'Last run'} as const;
	if (!earlier) return {...head, lines: ['no earlier run known here'], values: {lastRun: null}};
	const {outcome, savedAt, startedAt, host} = earlier;
	const when = formatMoment(outcome === undefined ? startedAt : savedAt);
	const steps = earlier.steps.filter((step) => step.outcome !== undefined && isOfItsRun(earlier, step));
	const changed = steps.filter((step) => step.outcome === 'applied').length;
	const held = earlier.problem?.title === undefined ? '' : `, "${earlier.problem.title}" was not ended`;
	const work = `${changed} of ${counted(steps.length, 'step')} changed something${held}`;
	const text =
		outcome === undefined
			? `begun at ${when} on ${host}, and not ended`
			: `${outcomes[outcome]} at ${when} on ${host} after ${formatDuration(savedAt - startedAt)}, ${work}`;
	return {...head, lines: [text], values: {outcome: outcome ?? null, startedAt, savedAt, host}};
};

/** Which steps are gone through where these are not all of the plan; empty where they are. */
export const partFact = (
	{steps}: {readonly steps: readonly {readonly id: string; readonly title: string}[]},
	{from, until}: {readonly from?: string | undefined; readonly until?: string | undefined},
): readonly PlanFact[] => {
	const first = from === undefined ? 0 : steps.findIndex(({id}) => id === from);
	const last = until === undefined ? steps.length - 1 : steps.findIndex(({id}) => id === until);
	const part = steps.slice(first, last + 1);
	if (first < 0 || part.length === 0 || part.length === steps.length) return [];
	const names = [...new Set([part[0]?.title, part.at(-1)?.title])].join(' to ');
	const flags = [
		...(from === undefined ? [] : [`--from ${from}`]),
		...(until === undefined ? [] : [`--until ${until}`]),
	];
	const lines = [`${part.length} of ${steps.length}: ${names} (${flags.join(' ')})`];
	return [{id: 'part', rank: -0.5, label: 'Steps', lines, values: {steps: part.map(({id}) => id)}}];
};

/** What is known of a run before its first step. `answers` are those that it begins with. */
export const factsBefore = (
	request: {readonly answers: Answers; readonly from?: string | undefined; readonly until?: string | undefined},
	{
		plan,
		earlier,
		unfinished,
	}: {
		readonly plan: Parameters<typeof partFact>[0];
		readonly earlier: Journal | undefined;
		readonly unfinished: readonly Unfinished[];
	},
): readonly PlanFact[] => [
	...unfinishedFact(unfinished),
	...partFact(plan, request),
	lastRunFact(earlier),
	...changedAnswers(earlier, request.answers),
];
