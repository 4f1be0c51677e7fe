import {randomBytes} from 'node:crypto';
import path from 'node:path';
import {type Answers, answersSchema} from '../../answers/schema.ts';
import {errnoWords} from '../../base/errno.ts';
import {filesInTheWay, filesWritten, type SavedPack, savePack} from '../../base/handover.ts';
import {readRecord} from '../../base/pack/record.ts';
import {type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import {baseProblems} from '../../base/problems.ts';
import {readJournal} from '../../engine/journal.ts';
import {rehearsed} from '../../handover/rehearsed.ts';
import {settledDay} from '../../handover/settled.ts';
import {type TopicId, topics} from '../../handover/topics.ts';
import {editedWords, type WrittenPapers} from '../../handover/written.ts';
import {problemOnCluster} from '../../report/cluster-commands.ts';
import type {Gathered, Wish} from '../../steps/handover/gathered.ts';
import {gather} from '../../steps/handover/index.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {runUnderWay} from '../base/kept/under-way.ts';
import {contextOf} from '../base/played-world.ts';
import {appProblems} from '../base/problems.ts';
import {changedAnswers} from './changed-answers.ts';
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

/** The same with papers that say what they are of; what could not be had stays a problem. */
const ofRehearsal = (gathered: Gathered): Gathered => ({
	...gathered,
	pack: {...gathered.pack, sections: rehearsed(gathered.pack.sections)},
});

/** Whether somebody installs from this state folder right now, in this process or another: papers are needed at once then. */
export const installUnderWay = async (stateDirectory: string, hostName: string): Promise<boolean> => {
	try {
		const holder = await runUnderWay(stateDirectory, hostName);
		return holder !== undefined && holder.runId === (await readJournal(journalFile(stateDirectory, 'install')))?.runId;
	} catch (error) {
		// Lock or journal cannot be read, which runs and `status` tell: papers are had all the same, with a blank.
		if (error instanceof ProblemError) return false;
		throw error;
	}
};

/** When the last install with these answers found done what papers of a topic ask for; nothing where it went with others, or cannot be read. */
export const settledTopics = async (
	stateDirectory: string,
	answers: Answers,
): Promise<ReadonlyMap<TopicId, string>> => {
	const journal = await readJournal(journalFile(stateDirectory, 'install')).catch((error: unknown) => {
		// `status` and runs tell it: papers are had all the same.
		if (error instanceof ProblemError) return undefined;
		throw error;
	});
	const isSame = answersSchema.safeParse(journal?.answers).success && changedAnswers(journal, answers).length === 0;
	if (!journal || !isSame) return new Map();
	return new Map(
		topics.flatMap((topic) => {
			const day = settledDay(topic, journal);
			return day === undefined ? [] : [[topic.id, day] as const];
		}),
	);
};

/**
 * Gathers papers for other teams, one topic after the other, as a look that changes nothing. What fails of one leaves the others alone.
 * @throws the reason of the signal
 */
export const gatherPapers = async (
	{context, stateDirectory, answers, prompted, signal}: PapersOf,
	wanted: readonly TopicId[],
	wish: Wish = {},
): Promise<readonly PapersResult[]> => {
	const slot = createPortsSlot({context, stateDirectory, prompted});
	const ports = slot.open(answers);
	const isUnderWay = await installUnderWay(stateDirectory, context.hostName);
	const world = {
		...ports,
		...{answers, pass: 'look' as const, runId: randomBytes(4).toString('hex'), signal, acknowledged: false},
		report: () => undefined,
	};
	const settled = await settledTopics(stateDirectory, answers);
	const isPlayed = (await contextOf(context, answers)).rehearsal === true;
	const results: PapersResult[] = [];
	try {
		for (const topic of wanted) {
			signal.throwIfAborted();
			const asked = () => ({...ports.host.asked(), isUnderWay, settled: settled.get(topic)});
			results.push(
				await one(topic, answers, async () => {
					const gathered = await gather(topic, {...world, host: {...ports.host, asked}}, wish);
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

const unwritable = (file: string, {isShared}: PapersTarget, error: unknown): Problem => {
	if (error instanceof ProblemError) return error.problem;
	const [reason, where] = [errnoWords(error, 'write'), {location: {file}, error}];
	return isShared
		? appProblems.error('papers-unwritable', {folder: file, reason}, where).problem
		: baseProblems.error('state-unwritable', {case: 'file', file, reason}, where).problem;
};

const earlierOf = ({removed, left, edited, aside}: SavedPack): readonly string[] => [
	...editedWords({edited, aside}),
	...(removed.length > 0 ? [`Removed, since these papers have them no more: ${removed.join(', ')}.`] : []),
	...(left.length > 0 ? [`Of earlier papers, and changed since, so left there: ${left.join(', ')}.`] : []),
];

const nothingOf = (topic: TopicId) => ({
	topic,
	who: topics.find(({id}) => id === topic)?.who ?? '',
	files: [],
	lacks: [],
});

/** Papers that are not needed any more are taken away like those of an earlier address. */
const clearOld = async (topic: TopicId, target: PapersTarget): Promise<WrittenPapers> => {
	const folder = path.join(target.folder, topic);
	const nothing = {...nothingOf(topic), lacks: ['These answers need none.']};
	if ((await readRecord(folder)).size === 0) return nothing;
	return {...nothing, earlier: earlierOf(await savePack(folder, [], {isShared: target.isShared, keepsSecrets: false}))};
};

/** What lies there of papers that could not be written whole. */
const halfWritten = async ({topic, gathered}: PapersResult, folder: string): Promise<WrittenPapers> => {
	const nothing = nothingOf(topic);
	// Where not even this can be looked at, the problem says why.
	const files = await filesWritten(folder, gathered?.pack.sections ?? []).catch(() => []);
	if (files.length === 0) return nothing;
	return {...nothing, files, lacks: [`Not whole, only these are there: ${files.join(', ')}.`]};
};

/** Earlier papers that hold more than is known now, where a server that could tell was not to be asked; undefined where there are none. */
const betterBefore = async (
	topic: TopicId,
	{pack, unasked}: Gathered,
	target: PapersTarget,
): Promise<WrittenPapers | undefined> => {
	if (unasked === undefined) return undefined;
	const folder = path.join(target.folder, pack.id);
	const files = [...(await readRecord(folder)).keys()];
	if (files.every((name) => pack.sections.some(({fileName}) => fileName === name))) return undefined;
	const why = `Left as they were made before, for they hold more than can be known now: ${unasked}`;
	return {topic, who: pack.who, folder, files, lacks: [why]};
};

const written = async ({topic, gathered, problem}: PapersResult, target: PapersTarget): Promise<WrittenPapers> => {
	if (problem) return {...nothingOf(topic), problem};
	if (!gathered) return clearOld(topic, target);
	const before = await betterBefore(topic, gathered, target);
	if (before) return before;
	const {pack, lacks, toDo = [], problem: incomplete} = gathered;
	const {isShared} = target;
	const saved = await savePack(path.join(target.folder, pack.id), pack.sections, {isShared, keepsSecrets: false});
	const files = pack.sections.map(({fileName}) => fileName);
	const earlier = earlierOf(saved);
	const more = {
		...(toDo.length > 0 && {toDo}),
		...(earlier.length > 0 && {earlier}),
		...(incomplete && {problem: incomplete}),
	};
	return {topic, who: pack.who, folder: saved.folder, files, lacks, ...more};
};

/** In a folder that somebody named, files of others may lie; that of the state is this program's own. @throws ProblemError `papers-in-the-way` */
const refuseInTheWay = async (results: readonly PapersResult[], {folder}: PapersTarget): Promise<void> => {
	const names: string[] = [];
	for (const {gathered} of results) {
		if (!gathered) continue;
		const {id, sections} = gathered.pack;
		names.push(...(await filesInTheWay(path.join(folder, id), sections)).map((name) => path.join(id, name)));
	}
	if (names.length > 0)
		throw appProblems.error('papers-in-the-way', {folder, names: names.join(', ')}, {location: {file: folder}});
};

/**
 * Writes what was gathered, a folder for each topic. A folder that cannot be written is told as the problem of its topic, and those after
 * it are not tried: what was written before stands. @throws ProblemError `papers-in-the-way`, before anything is written
 */
export const writePapers = async (
	results: readonly PapersResult[],
	target: PapersTarget,
): Promise<readonly WrittenPapers[]> => {
	const all: WrittenPapers[] = [];
	let isStuck = false;
	if (target.isShared)
		await refuseInTheWay(results, target).catch((error: unknown) => {
			throw new ProblemError(unwritable(target.folder, target, error), {cause: error});
		});
	for (const result of results) {
		if (isStuck) {
			all.push({
				...nothingOf(result.topic),
				lacks: ['Not tried after that.'],
				...(result.problem && {problem: result.problem}),
			});
			continue;
		}
		try {
			all.push(await written(result, target));
		} catch (error) {
			isStuck = true;
			const file = path.join(target.folder, result.topic);
			all.push({...(await halfWritten(result, file)), problem: unwritable(file, target, error)});
		}
	}
	return all;
};
