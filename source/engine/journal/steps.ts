import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import {cutTo} from '../../base/text.ts';
import {partWords} from '../outcome.ts';
import type {RunState, StepState} from '../state.ts';

/** Times that a calendar has, in ms since the epoch (ECMAScript, "Time Values and Time Range"). */
export const time = z.number().min(0).max(8.64e15);

/** Words that are shown: whoever wrote them, they cannot steer a terminal. */
export const words = z.string().transform(printable);

const outcomes = ['already', 'applied', 'not-needed', 'skipped', 'brought-back'] as const;

/** What a journal knows of a step. */
export const stepSchema = z.object({
	id: words,
	outcome: z.enum(outcomes).optional(),
	fingerprint: z.string().optional(),
	startedAt: time.optional(),
	finishedAt: time.optional(),
	note: words.optional(),
	/** How it ended in words, where people had a part in it: `waited for the network team`. */
	ended: words.optional(),
	/** The run in which it ended so; absent in journals of versions that did not tell them apart. */
	runId: words.optional(),
	/** The run that changed something in it last, whose that was, and what it recorded of that; absent in journals of versions that did not keep it. */
	changed: z.object({runId: words, at: time, by: words.optional(), record: z.array(words).optional()}).optional(),
});

export type JournalStep = z.infer<typeof stepSchema>;

/** The run that changed something last in a step, as far as a journal knows. `at` in ms since the epoch. */
export type LastChange = NonNullable<JournalStep['changed']>;

/** That of a step; older journals tell it of their own run alone, and not whose it was. */
export const lastChangeOf = ({changed, outcome, runId, finishedAt}: JournalStep): LastChange | undefined => {
	if (changed) return changed;
	return outcome === 'applied' && runId !== undefined && finishedAt !== undefined ? {runId, at: finishedAt} : undefined;
};

/** A journal also has to fit into a Secret of the cluster: so many of the newest lines of a record are kept, and so much of each. */
const most = {lines: 50, letters: 250} as const;

/** What a journal keeps of the record of a step. */
export const keptRecord = ({record = []}: Pick<StepState, 'record'>): readonly string[] =>
	record.slice(-most.lines).map((line) => cutTo(line, most.letters));

const recordOf = (step: StepState): Pick<LastChange, 'record'> => {
	const record = keptRecord(step);
	return record.length === 0 ? {} : {record: [...record]};
};

/** What the entries of one run have in common. */
type Of = {readonly runId: string; readonly by: string | undefined; readonly earlier: readonly JournalStep[]};

const changeIn = (step: StepState, {runId, by, earlier}: Of): LastChange | undefined => {
	const {id, outcome, finishedAt} = step;
	if (outcome === 'applied' && finishedAt !== undefined)
		return {runId, at: finishedAt, ...(by !== undefined && {by}), ...recordOf(step)};
	const before = earlier.find((one) => one.id === id);
	// What was left out or brought back is not what that run made.
	return outcome === 'already' && before ? lastChangeOf(before) : undefined;
};

const entryOf = (step: StepState, of: Of): JournalStep => ({
	id: step.id,
	runId: of.runId,
	outcome: step.outcome,
	ended: partWords(step, step.outcome),
	// What was brought back was not done with these answers.
	fingerprint: step.outcome === 'brought-back' ? undefined : step.fingerprint,
	startedAt: step.startedAt,
	finishedAt: step.finishedAt,
	note: step.note,
	changed: changeIn(step, of),
});

/**
 * Steps of this run that have ended stand for themselves; of the others counts what an earlier run knew.
 * @param by who goes through this run
 */
export const stepsOf = (
	{steps, runId}: Pick<RunState, 'steps' | 'runId'>,
	earlier: readonly JournalStep[],
	by: string | undefined,
): JournalStep[] => {
	const ended = new Map(
		steps
			.filter(({outcome}) => outcome !== undefined)
			.map((step) => [step.id, entryOf(step, {runId, by, earlier})] as const),
	);
	const kept = earlier.map((step) => ended.get(step.id) ?? step);
	const fresh = [...ended.values()].filter(({id}) => !kept.some((step) => step.id === id));
	return [...kept, ...fresh];
};
