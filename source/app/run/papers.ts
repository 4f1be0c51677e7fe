import {randomBytes} from 'node:crypto';
import path from 'node:path';
import type {Answers} from '../../answers/schema.ts';
import {errnoWords} from '../../base/errno.ts';
import {savePack} from '../../base/handover.ts';
import {type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {rehearsed} from '../../handover/rehearsed.ts';
import {type TopicId, topics} from '../../handover/topics.ts';
import type {WrittenPapers} from '../../handover/written.ts';
import {problemOnCluster} from '../../report/cluster-commands.ts';
import type {Gathered, Wish} from '../../steps/handover/gathered.ts';
import {gather} from '../../steps/handover/index.ts';
import type {Context} from '../base/context.ts';
import {contextOf} from '../base/played-world.ts';
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
	readonly problem?: Problem;
};

const ofRehearsal = ({pack, lacks}: Gathered): Gathered => ({
	pack: {...pack, sections: rehearsed(pack.sections)},
	lacks,
});

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
	const isPlayed = (await contextOf(context, answers)).rehearsal === true;
	const results: PapersResult[] = [];
	try {
		for (const topic of topics) {
			signal.throwIfAborted();
			results.push(
				await one(topic, answers, async () => {
					const gathered = await gather(topic, world, wish);
					return isPlayed && gathered ? ofRehearsal(gathered) : gathered;
				}),
			);
		}
	} finally {
		await slot.close();
	}
	signal.throwIfAborted();
	return results;
};

const one = async (
	topic: TopicId,
	{kubernetes}: Answers,
	work: () => Promise<Gathered | undefined>,
): Promise<PapersResult> => {
	try {
		return {topic, gathered: await work()};
	} catch (error) {
		return {topic, problem: problemOnCluster(toProblem(error), kubernetes)};
	}
};

/** Where papers go: a folder to be handed on, or the state folder, which is the operator's alone. */
export type PapersTarget = {readonly folder: string; readonly isShared: boolean};

/** Where the papers of a site go that nobody named a place for. */
export const ownFolder = (stateDirectory: string): PapersTarget => ({
	folder: path.join(stateDirectory, 'handover'),
	isShared: false,
});

const write = async ({folder, isShared}: PapersTarget, {pack}: Gathered): Promise<string> => {
	const own = path.join(folder, pack.id);
	try {
		return await savePack(own, pack.sections, {isShared});
	} catch (error) {
		if (error instanceof ProblemError) throw error;
		const reason = errnoWords(error, 'write');
		throw baseProblems.error('state-unwritable', {case: 'file', file: own, reason}, {location: {file: own}, error});
	}
};

const written = async ({topic, gathered, problem}: PapersResult, target: PapersTarget): Promise<WrittenPapers> => {
	const nothing = {topic, who: topics.find(({id}) => id === topic)?.who ?? '', files: [], lacks: []};
	if (problem) return {...nothing, problem};
	if (!gathered) return {...nothing, lacks: ['These answers need none.']};
	const folder = await write(target, gathered);
	const {pack, lacks} = gathered;
	return {topic, who: pack.who, folder, files: pack.sections.map(({fileName}) => fileName), lacks};
};

/** Writes what was gathered, a folder for each topic. @throws ProblemError where a folder cannot be written */
export const writePapers = async (
	results: readonly PapersResult[],
	target: PapersTarget,
): Promise<readonly WrittenPapers[]> => {
	const all: WrittenPapers[] = [];
	for (const result of results) all.push(await written(result, target));
	return all;
};
