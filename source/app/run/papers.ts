import {randomBytes} from 'node:crypto';
import type {Answers} from '../../answers/schema.ts';
import type {TopicId} from '../../handover/topics.ts';
import type {Gathered, Wish} from '../../steps/handover/gathered.ts';
import {gather} from '../../steps/handover/index.ts';
import type {Context} from '../base/context.ts';
import {createPortsSlot} from './ports.ts';

/** Whose papers: the site of these answers. */
export type PapersOf = {
	readonly context: Context;
	readonly stateDirectory: string;
	readonly answers: Answers;
	/** Secrets typed at a screen, by answer path. */
	readonly prompted: ReadonlyMap<string, string>;
	readonly signal: AbortSignal;
};

/** What became of a topic: its papers, nothing where these answers need none, or why it failed. */
export type PapersResult = {
	readonly topic: TopicId;
	readonly gathered?: Gathered | undefined;
	readonly error?: unknown;
};

/**
 * Gathers papers for other teams, one topic after the other, as a look that changes nothing. What fails of one leaves the others alone.
 * @throws the reason of the signal
 */
export const gatherPapers = async (
	{context, stateDirectory, answers, prompted, signal}: PapersOf,
	topics: readonly TopicId[],
	wish: Wish = {},
): Promise<readonly PapersResult[]> => {
	const slot = createPortsSlot({context, stateDirectory, prompted});
	const world = {
		...slot.open(answers),
		...{answers, pass: 'look' as const, runId: randomBytes(4).toString('hex'), signal, acknowledged: false},
		report: () => undefined,
	};
	const results: PapersResult[] = [];
	try {
		for (const topic of topics) {
			signal.throwIfAborted();
			results.push(await one(topic, async () => gather(topic, world, wish)));
		}
	} finally {
		await slot.close();
	}
	signal.throwIfAborted();
	return results;
};

const one = async (topic: TopicId, work: () => Promise<Gathered | undefined>): Promise<PapersResult> => {
	try {
		return {topic, gathered: await work()};
	} catch (error) {
		return {topic, error};
	}
};
