import path from 'node:path';
import {getAt} from '../../answers/draft.ts';
import {
	type AnswersFrom,
	applyOverrides,
	type JudgedAnswers,
	judgeAnswers,
	type LoadedDraft,
	loadAnswers,
	loadDraft,
	type Override,
	overrideOf,
	parseOverrides,
} from '../../answers/file/load.ts';
import {answersProblems} from '../../answers/problems.ts';
import type {Answers} from '../../answers/schema.ts';
import {errnoWords, isErrno} from '../../base/errno.ts';
import {refuseForeignFolder} from '../../base/own/make.ts';
import {type Problem, ProblemsError} from '../../base/problem.ts';
import {readBounded} from '../../base/reading/bounded.ts';
import {faultOf} from '../../base/reading/encoding.ts';
import {withNames} from '../../base/reading/unseen.ts';
import {type Journal, readJournal} from '../../engine/journal.ts';
import type {PlanEntry} from '../../plans/index.ts';
import {isPassedPipe} from '../base/answer-pipe.ts';
import type {AnswerFlags, Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {appProblems} from '../base/problems.ts';
import {stateFolderOf} from '../base/surroundings.ts';

/** Where answers come from: the file, or an earlier run's journal, or nothing but the command line and defaults. */
export type AnswerSource = {
	readonly from: 'file' | 'journal' | 'nothing';
	/** The answers themselves, and their name for messages. */
	readonly answers: AnswersFrom;
	readonly baseDirectory: string;
	/** What the command line gives, which counts more. */
	readonly overrides: readonly Override[];
	readonly overrideDirectory: string;
	readonly homeDirectory: string;
};

const nameOf = (
	{environment, homeDirectory, workingDirectory}: Context,
	stateDir: string | undefined,
	part: string,
): string =>
	stateDir === undefined
		? path.join(stateFolderOf(environment, homeDirectory), part)
		: path.resolve(workingDirectory, stateDir);

/** Folders that runs make in it. */
const parts = ['logs', 'reports', 'handover', 'charts', 'helm', 'compressed-layers', 'world'];

/**
 * The folder for state, logs and reports. What lies there names programs that are run, so it is this user's or nothing is read.
 * @throws ProblemError `folder-not-ours`
 */
export const stateDirectoryOf = (context: Context, {stateDir}: Pick<AnswerFlags, 'stateDir'>, part = ''): string => {
	const folder = nameOf(context, stateDir, part);
	for (const one of ['', ...parts]) refuseForeignFolder(path.join(folder, one));
	return folder;
};

/** More than an answer file may have; what is larger is refused for its size. */
const mostRead = 2 * 1024 * 1024;

/** What standard input is called in messages. */
const piped = '(standard input)';

/** Text of another encoding would be read with other characters than the operator sees. */
const refuseEncoding = (bytes: Uint8Array, file: string): void => {
	const fault = faultOf(bytes);
	if (fault === undefined) return;
	const {kind, ...place} = fault;
	throw answersProblems.error(
		'answers-encoding',
		{case: kind, file: file === piped ? 'FILE' : file},
		{location: {file, ...place}},
	);
};

const readAnswerFile = async (file: string, shown: string): Promise<string> => {
	const {bytes, more} = await readBounded(file, mostRead).catch((error: unknown) => {
		const isLost = isPassedPipe(file) && isErrno(error, 'ENOENT');
		const why = isLost
			? ({case: 'not handed on'} as const)
			: ({case: 'file', reason: errnoWords(error, 'read')} as const);
		throw appProblems.error('answers-file-unreadable', {...why, file: withNames(file)}, {location: {file}, error});
	});
	if (!more) refuseEncoding(bytes, shown);
	return bytes.toString('utf8');
};

/** What a pipe brings, as far as an answer file may be long. */
const readPiped = async ({stdin}: Context): Promise<string> => {
	if (stdin.isTTY === true) throw appProblems.error('answers-file-unreadable', {case: 'not piped'});
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
		const bytes = Buffer.from(chunk);
		chunks.push(bytes);
		size += bytes.length;
		if (size > mostRead) break;
	}
	const all = Buffer.concat(chunks);
	if (size <= mostRead) refuseEncoding(all, piped);
	return all.toString('utf8');
};

/** The answers in a file, or with `-` in what is piped in; relative paths start at the file's folder, or with a pipe at the operator's. */
const answerFile = async (
	context: Context,
	name: string,
): Promise<
	Pick<AnswerSource, 'baseDirectory'> & {readonly answers: {readonly text: string; readonly file: string}}
> => {
	const {workingDirectory} = context;
	if (name === '-') return {answers: {text: await readPiped(context), file: piped}, baseDirectory: workingDirectory};
	const file = path.resolve(workingDirectory, name);
	const baseDirectory = isPassedPipe(file) ? workingDirectory : path.dirname(file);
	return {answers: {text: await readAnswerFile(file, name), file: name}, baseDirectory};
};

/** The flags that give an answer of their own. */
const flagOverrides = ({bundle, kubeconfig, context}: AnswerFlags): readonly Override[] =>
	(
		[
			['bundle.path', bundle, '--bundle'],
			['kubernetes.kubeconfig', kubeconfig, '--kubeconfig'],
			['kubernetes.context', context, '--context'],
		] as const
	).flatMap(([at, value, flag]) => (value === undefined ? [] : [overrideOf(at, value, flag)]));

/** Answers of a command, and the journal of the earlier run in its state folder. */
export type FoundAnswers = AnswerSource & {readonly journal?: Journal | undefined};

/**
 * What the words of a command give: the file, and the answers beside it.
 * @param flags answers that flags of the command give; they count more than `--set`
 * @throws ProblemError, ProblemsError area `usage`: file unreadable, `--set` not understood
 */
export const givenAnswers = async (
	context: Context,
	{answers: name, set}: Pick<AnswerFlags, 'answers' | 'set'>,
	flags: readonly Override[],
): Promise<AnswerSource> => {
	const {workingDirectory, homeDirectory} = context;
	const {overrides, problems} = parseOverrides(set);
	const common = {overrides: [...overrides, ...flags], overrideDirectory: workingDirectory, homeDirectory};
	if (name === undefined) {
		const answers = {kind: 'values', values: {}, file: '(no answer file)'} as const;
		if (problems.length > 0) {
			const others = applyOverrides({}, common.overrides, {baseDirectory: workingDirectory, homeDirectory});
			throw new ProblemsError([...problems, ...others.problems]);
		}
		return {...common, from: 'nothing', answers, baseDirectory: workingDirectory};
	}
	const source = {...common, from: 'file', ...(await answerFile(context, name))} as const;
	if (problems.length > 0)
		throw new ProblemsError([...problems, ...judgeAnswers({...source, ...source.answers}).problems]);
	return source;
};

/** The state folder, and the plan whose earlier run there has answers. */
export type AnswersPlace = {readonly stateDirectory: string; readonly plan: Pick<PlanEntry, 'id'>};

type Kept = {readonly file: string; readonly journal: Journal | undefined};

/** The answers that a run from this state folder kept last: one of this plan, or the install that it is about. */
const lastKept = async (
	stateDirectory: string,
	own: Kept,
): Promise<{readonly file: string; readonly values: unknown} | undefined> => {
	const file = journalFile(stateDirectory, 'install');
	const kept = own.file === file ? [own] : [own, {file, journal: await readJournal(file)}];
	return kept
		.flatMap(({file, journal}) =>
			journal?.answers === undefined ? [] : [{file, values: journal.answers, savedAt: journal.savedAt}],
		)
		.toSorted((one, other) => other.savedAt - one.savedAt)[0];
};

/**
 * Finds the answers of this command: `--answers`, else those that a run of this plan or of the install kept last in this state folder.
 * @throws ProblemError area `usage`: file unreadable, journal damaged.
 */
export const findAnswers = async (
	context: Context,
	options: AnswerFlags,
	{stateDirectory, plan}: AnswersPlace,
): Promise<FoundAnswers> => {
	const file = journalFile(stateDirectory, plan.id);
	const journal = await readJournal(file);
	const given = await givenAnswers(context, options, flagOverrides(options));
	if (given.from === 'file') return {...given, journal};
	const kept = await lastKept(stateDirectory, {file, journal});
	if (!kept) return {...given, journal};
	// They are complete, with absolute paths and references for secrets.
	return {...given, journal, from: 'journal', answers: {kind: 'values', ...kept}};
};

const refuseNothing = (source: AnswerSource): void => {
	if (source.from === 'nothing' && source.overrides.length === 0)
		throw answersProblems.error('answers-missing', {case: 'nothing given'});
};

/** Complete answers, or every error at once. @throws ProblemsError, ProblemError area `usage`. */
export const completeAnswers = (source: AnswerSource): Answers => {
	refuseNothing(source);
	return loadAnswers({...source, ...source.answers}).answers;
};

/** Answers as far as they go, and what is wrong with them. @throws ProblemError area `usage` where there are none at all */
export const judgedAnswers = (source: AnswerSource): JudgedAnswers => {
	refuseNothing(source);
	return judgeAnswers({...source, ...source.answers});
};

/** Whatever is there, for the question screens. */
export const partialAnswers = (source: AnswerSource): LoadedDraft => loadDraft({...source, ...source.answers});

/** What is wrong with answers that stay where they are: the questions ask for them again. */
const mendable: ReadonlySet<string> = new Set(['answers-invalid-value', 'answers-conflict', 'answers-missing']);

/**
 * Refuses what is wrong and would be dropped, so that no question shows it: a file that is no YAML, an answer that there is not. What an
 * earlier run kept is not judged by itself, only what the command line makes of it.
 * @throws ProblemsError with all of it
 */
export const refuseDropped = (source: AnswerSource): void => {
	const judge = (overrides: AnswerSource['overrides']): LoadedDraft =>
		loadDraft({...source, ...source.answers, overrides});
	const {draft, problems} = judge(source.overrides);
	const before = source.from === 'file' ? [] : judge([]).problems;
	const isNew = ({code, message}: Problem): boolean =>
		!before.some((one) => one.code === code && one.message === message);
	const isDropped = ({code, answers = []}: Problem): boolean =>
		!mendable.has(code) && answers.every((at) => getAt(draft, at) === undefined);
	const dropped = problems.filter((one) => isDropped(one) && isNew(one));
	if (dropped.length > 0) throw new ProblemsError(dropped);
};
