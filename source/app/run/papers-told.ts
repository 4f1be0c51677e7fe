import {shellWord} from '../../base/shell.ts';
import {readJournal} from '../../engine/journal.ts';
import {topics} from '../../handover/topics.ts';
import type {MadePapers, WrittenPapers} from '../../handover/written.ts';
import {keptWords, readAsked} from '../base/asked.ts';
import type {Context} from '../base/context.ts';
import {journalFile} from '../base/journal-file.ts';
import {type Called, calledBy, calledDeep, handoverWith} from '../base/kept/own-commands.ts';
import {installUnderWay} from './papers.ts';

/** Where papers were made: at a screen or in plain lines, before or after the start of a run. */
export type MadeAt = {
	readonly context: Context;
	readonly stateDirectory: string;
	/** The answer file that was saved there; undefined where none was. */
	readonly saved: string | undefined;
};

/** Stands in a command for a file that is not saved yet. */
const unsaved = 'FILE';

/** Whether `handover` finds answers by itself: those of a run, or a file that it is called with. A played world has answers of its own. */
const findsAnswers = async (stateDirectory: string, {answers, rehearsal}: Called): Promise<boolean> => {
	if (answers.includes('--answers') && rehearsal === undefined) return true;
	return (await readJournal(journalFile(stateDirectory, 'install')))?.answers !== undefined;
};

/** A text whose commands for papers name a file of answers; other commands ask for what they lack. */
const withAnswers = (text: string, file: string): string => handoverWith(text, `--answers ${shellWord(file)}`);

const notSaved = `No answers are kept before the start, so ${unsaved} stands for them: save the answers, and write the file that is named then.`;

/**
 * What is told of papers that were made, with commands that can be run as they stand: called as this program was, and with answers.
 * @throws ProblemError where what is kept in the state folder cannot be read
 */
export const toldOfPapers = async (
	written: readonly WrittenPapers[],
	{context, stateDirectory, saved}: MadeAt,
): Promise<MadePapers> => {
	const {redactor, hostName, called = calledBy(undefined)} = context;
	const isUnderWay = await installUnderWay(stateDirectory, hostName);
	const topicsAgain = written.length === topics.length ? '' : ` ${written.map(({topic}) => topic).join(' ')}`;
	const blanks = keptWords(readAsked(stateDirectory), {}, isUnderWay);
	const said =
		blanks.length === 0
			? []
			: [
					...blanks,
					`Add these options, with your words, to the command that writes the papers again:\nzenml-airgap handover${topicsAgain}`,
				];
	const finds = await findsAnswers(stateDirectory, called);
	const full = (text: string): string => (finds ? text : withAnswers(text, saved ?? unsaved));
	const told = said.map(full);
	const all = written.map((one) => ({...one, lacks: one.lacks.map(full)}));
	const isLeftOpen = !finds && saved === undefined && [...told, ...all.flatMap(({lacks}) => lacks)].some(namesUnsaved);
	return redactor.redactDeep({
		written: all.map((one) => ({...one, lacks: calledDeep(one.lacks, called)})),
		told: calledDeep([...told, ...(isLeftOpen ? [notSaved] : [])], called),
	});
};

const namesUnsaved = (text: string): boolean => text.includes(` --answers ${unsaved}`);
