import {differences} from '../../../answers/file/differences.ts';
import {type Answers, answersSchema} from '../../../answers/schema.ts';
import {cutTo} from '../../../base/text.ts';
import {formatMoment} from '../../../base/units.ts';
import {keptRecord} from '../../../engine/journal/steps.ts';
import type {Journal} from '../../../engine/journal.ts';
import type {RunState} from '../../../engine/state.ts';
import {confirmedWords, type Happened} from '../../../report/happened.ts';

/** What runs met, and what they recorded in steps without an end, as a journal carries it until a report tells it. */
type Met = NonNullable<Journal['met']>;
type Records = NonNullable<Journal['records']>;

/** So much of the newest is carried from run to run: the journal also has to fit into a Secret of the cluster. */
const most = {met: 50, records: 10, letters: 500} as const;

/** What an earlier run was told, for the reports of this one. */
const confirmedBefore = ({step, at, by}: NonNullable<Journal['confirmations']>[number]): Happened => ({
	at,
	step,
	text: confirmedWords(by),
	confirmedBy: by,
});

/** How a run ended that did not come to its end; undefined for one that did. */
const endWords = ({outcome, stopping, problem}: Journal): string | undefined => {
	if (outcome === 'done') return undefined;
	if (outcome === 'failed') return `ended with problem ${problem?.code ?? 'unknown'}`;
	if (outcome === 'stopped') return 'was stopped';
	return stopping ? 'was ended at once, before its safe point' : 'was killed, or its host went down';
};

/** What the runs before this one met; of the last of them also how it ended. */
const metBefore = (earlier: Journal | undefined): Met => {
	if (!earlier) return [];
	const {runId, startedAt, savedAt: at, met = []} = earlier;
	const words = endWords(earlier);
	if (words === undefined) return met;
	return [...met, {runId, at, step: 'Run', text: `begun ${formatMoment(startedAt, 'seconds')}, ${words}`}];
};

const metInWords = ({runId, at, until, step, text, by}: Met[number]): Happened => ({
	at,
	step,
	text: `${text} (run ${runId}${by === undefined ? '' : `, ${by}`})`,
	...(until !== undefined && {until}),
});

/** What an earlier run was told and met, in its order. */
export const happenedBefore = (earlier: Journal | undefined): readonly Happened[] =>
	[...(earlier?.confirmations ?? []).map(confirmedBefore), ...metBefore(earlier).map(metInWords)].toSorted(
		(a, b) => a.at - b.at,
	);

/** Which answers a run begins with that the last one had not; what they hold is not told. `at` in ms since the epoch. */
export const changedSince = (earlier: Journal | undefined, answers: Answers, at: number): readonly Happened[] => {
	const before = answersSchema.safeParse(earlier?.answers);
	const paths = before.success ? differences(before.data, answers).map(({answer}) => answer) : [];
	if (!earlier || paths.length === 0) return [];
	return [{at, step: 'Answers', text: `changed since run ${earlier.runId}: ${paths.join(', ')}`}];
};

/**
 * What the journal of a run carries on until a report tells it: what those before it met, and what this one did, the newest where there is too much.
 * @param now what this run met
 */
export const metOf = (
	earlier: Journal | undefined,
	now: readonly Happened[],
	{runId, by}: {readonly runId: string; readonly by: string},
): Met => {
	const own = now.map(({at, until, step, text}) => ({
		...{runId, at, step, text: cutTo(text, most.letters), by},
		...(until !== undefined && {until}),
	}));
	return [...metBefore(earlier), ...own].slice(-most.met);
};

/** The same of what was recorded in steps that have no end yet: a migration whose rollout then failed was made all the same. */
export const recordsOf = (earlier: Journal | undefined, {runId, steps}: RunState): Records => {
	const own = steps.flatMap((step) => {
		const lines = step.outcome === undefined ? keptRecord(step) : [];
		return lines.length === 0 ? [] : [{runId, step: step.id, lines: [...lines]}];
	});
	return [...(earlier?.records ?? []), ...own].slice(-most.records);
};
