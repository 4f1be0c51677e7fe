import type {Command} from 'commander';
import {plans} from '../../../plans/index.ts';
import {type FoundAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context, GlobalOptions} from '../../base/context.ts';
import {withSharedOptions} from '../shared-options.ts';

/** What the commands about answers are given: the file as a word or by `--answers`. */
export type AnswersOptions = GlobalOptions & {readonly file?: string | undefined};

/** The answers that the words name, else those of the last install from this host. @throws ProblemError area `usage` */
export const answersOfInstall = async (context: Context, options: AnswersOptions): Promise<FoundAnswers> =>
	findAnswers(context, options, {stateDirectory: stateDirectoryOf(context, options), plan: plans.install});

/** Adds a command of the group `answers`, which takes a file and the shared options. */
export const addAnswersCommand = (
	answers: Command,
	{name, description}: {readonly name: string; readonly description: string},
	act: (options: AnswersOptions) => void,
): void => {
	withSharedOptions(answers.command(`${name} [file]`).description(description)).action(
		(file: string | undefined, options: GlobalOptions) => act({...options, answers: file ?? options.answers}),
	);
};
