import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {type LoadedDraft, loadAnswers, loadDraft, type Override, parseOverrides} from '../answers/load.ts';
import {answersProblems} from '../answers/problems.ts';
import type {Answers} from '../answers/schema.ts';
import {errnoWords} from '../base/errno.ts';
import {ProblemsError} from '../base/problem.ts';
import {type Journal, readJournal} from '../engine/journal.ts';
import type {Context, GlobalOptions} from './context.ts';
import {journalFile} from './journal-file.ts';
import {appProblems} from './problems.ts';

/** Where answers come from: the file, or an earlier run's journal, or nothing but `--set` and defaults. */
export type AnswerSource = {
	readonly text: string;
	/** Name for messages. */
	readonly file: string;
	readonly baseDirectory: string;
	readonly overrides: readonly Override[];
	readonly overrideDirectory: string;
	readonly homeDirectory: string;
	readonly from: 'file' | 'journal' | 'nothing';
};

/** The folder for state, logs and reports. */
export const stateDirectoryOf = (
	{environment, homeDirectory, workingDirectory}: Context,
	{stateDir}: GlobalOptions,
	part = '',
): string => {
	if (stateDir !== undefined) return path.resolve(workingDirectory, stateDir);
	const base = environment.XDG_STATE_HOME || path.join(homeDirectory, '.local', 'state');
	return path.join(base, 'zenml-airgap', part);
};

const readAnswerFile = async (file: string): Promise<string> =>
	readFile(file, 'utf8').catch((error: unknown) => {
		const given = {file, reason: errnoWords(error, 'read')};
		throw appProblems.error('answers-file-unreadable', given, {location: {file}, error});
	});

const optionOverrides = ({bundle, kubeconfig, context}: GlobalOptions): readonly string[] => [
	...(bundle === undefined ? [] : [`bundle.path=${JSON.stringify(bundle)}`]),
	...(kubeconfig === undefined ? [] : [`kubernetes.kubeconfig=${JSON.stringify(kubeconfig)}`]),
	...(context === undefined ? [] : [`kubernetes.context=${JSON.stringify(context)}`]),
];

/** Answers of a command, and the journal of the earlier run in its state folder. */
export type FoundAnswers = AnswerSource & {readonly journal?: Journal | undefined};

/**
 * Finds the answers of this command: `--answers`, else those of the earlier run in this state folder.
 * @throws ProblemError area `usage`: file unreadable, journal damaged.
 */
export const findAnswers = async (
	context: Context,
	options: GlobalOptions,
	stateDirectory: string,
): Promise<FoundAnswers> => {
	const journal = await readJournal(journalFile(stateDirectory));
	const {overrides, problems} = parseOverrides([...options.set, ...optionOverrides(options)]);
	if (problems.length > 0) throw new ProblemsError(problems);
	const common = {
		overrides,
		overrideDirectory: context.workingDirectory,
		homeDirectory: context.homeDirectory,
		journal,
	};
	if (options.answers !== undefined) {
		const file = path.resolve(context.workingDirectory, options.answers);
		return {
			...common,
			text: await readAnswerFile(file),
			file: options.answers,
			baseDirectory: path.dirname(file),
			from: 'file',
		};
	}
	if (journal?.answers !== undefined) {
		// JSON is YAML; the journal's answers are complete, with absolute paths and references for secrets.
		return {
			...common,
			text: JSON.stringify(journal.answers, undefined, 2),
			file: journalFile(stateDirectory),
			baseDirectory: context.workingDirectory,
			from: 'journal',
		};
	}
	return {...common, text: '', file: '(no answer file)', baseDirectory: context.workingDirectory, from: 'nothing'};
};

/** Complete answers, or every error at once. @throws ProblemsError, ProblemError area `usage`. */
export const completeAnswers = (source: AnswerSource): Answers => {
	if (source.from === 'nothing' && source.overrides.length === 0) {
		throw answersProblems.error('answers-missing', {case: 'nothing given'});
	}
	return loadAnswers(source).answers;
};

/** Whatever is there, for the question screens. */
export const partialAnswers = (source: AnswerSource): LoadedDraft => loadDraft(source);
