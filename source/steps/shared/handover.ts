import type {Awaited, Change, Finding, Handover} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';

/** What a hand-over becomes when nobody does it. */
type LateCode = Extract<keyof typeof stepProblems.table, `handover-${string}`>;

/** How long until it is looked at again, ms. */
export const pollEveryMs = 3000;

const missingOf = ({awaited}: Handover): readonly Awaited[] => awaited.filter(({ok}) => !ok);

const wordsOf = ({label, note}: Awaited): string => `${label}: ${note}`;

const waitFor = ({label, note}: Awaited): Change => ({action: 'wait', target: label, detail: note});

/** Waits for other people; `code` is the problem that it becomes when they do not come. */
export const awaitPeople = (handover: Handover, code: LateCode): Finding => ({
	status: 'waiting',
	handover,
	late: (when) =>
		stepProblems.problem(
			code,
			{title: handover.title, who: handover.who, when, missing: missingOf(handover).map(wordsOf).join('; ')},
			{
				who: handover.who,
				nextSteps: handover.sections.map(({title, fileName}) => `${title} (${fileName})`),
				evidence: handover.sections[0]?.lines.slice(0, 12) ?? [],
			},
		),
});

/**
 * Work of other people that is not done: taken for done where the operator may say so and did, told in a dry run, and else waited for.
 */
export const handOver = ({acknowledged, pass}: World, handover: Handover, code: LateCode): Finding => {
	const missing = missingOf(handover);
	if (acknowledged && handover.acknowledge !== undefined)
		return {status: 'ok', note: 'confirmed by the operator', warnings: missing.map(wordsOf)};
	if (pass === 'look') return {status: 'todo', changes: missing.map(waitFor)};
	return awaitPeople(handover, code);
};
