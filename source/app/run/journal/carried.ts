import {cutTo} from '../../../base/text.ts';
import type {Journal} from '../../../engine/journal.ts';
import {confirmedWords, type Happened} from '../../../report/happened.ts';

/** What runs met, as a journal carries it. */
type Met = NonNullable<Journal['met']>;

/** What an earlier run was told, for the reports of this one. */
const confirmedBefore = ({step, at, by}: NonNullable<Journal['confirmations']>[number]): Happened => ({
	at,
	step,
	text: confirmedWords(by),
	confirmedBy: by,
});

/** So many of the newest are carried from run to run: the journal also has to fit into a Secret of the cluster. */
const most = {met: 50, letters: 500} as const;

const metInWords = ({runId, at, step, text, by}: Met[number]): Happened => ({
	at,
	step,
	text: `${text} (run ${runId}${by === undefined ? '' : `, ${by}`})`,
});

/** What an earlier run was told and met, in its order. */
export const happenedBefore = (earlier: Journal | undefined): readonly Happened[] =>
	[...(earlier?.confirmations ?? []).map(confirmedBefore), ...(earlier?.met ?? []).map(metInWords)].toSorted(
		(a, b) => a.at - b.at,
	);

/**
 * What the journal of a run carries on until a report tells it: what those before it met, and what this one did, the newest where there is too much.
 * @param now what this run met
 */
export const metOf = (
	earlier: Journal | undefined,
	now: readonly Happened[],
	{runId, by}: {readonly runId: string; readonly by: string},
): Met =>
	[
		...(earlier?.met ?? []),
		...now.map(({at, step, text}) => ({runId, at, step, text: cutTo(text, most.letters), by})),
	].slice(-most.met);
