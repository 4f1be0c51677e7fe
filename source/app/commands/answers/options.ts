import type {Command} from 'commander';
import {plans} from '../../../plans/index.ts';
import {type FoundAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {AnswerFlags, Context} from '../../base/context.ts';
import {withAnswerOptions, withExamples} from '../shared-options.ts';

/** What the commands about answers are given: the file as a word or by `--answers`. */
export type AnswersOptions = AnswerFlags & {readonly file?: string | undefined; readonly json?: boolean};

/** The answers that the words name, else those of the last install from this host. @throws ProblemError area `usage` */
export const answersOfInstall = async (context: Context, options: AnswersOptions): Promise<FoundAnswers> =>
	findAnswers(context, options, {stateDirectory: stateDirectoryOf(context, options), plan: plans.install});

/** The options of answers, and how problems are told, which is read before all else. */
export const withOptions = (command: Command): Command =>
	withAnswerOptions(command).option(
		'--json',
		'JSON: the result on standard output, each problem as a line on standard error',
		false,
	);

/** Adds a command of the group `answers`, which takes a file and the options of answers. */
export const addAnswersCommand = (
	answers: Command,
	{
		name,
		description,
		examples,
	}: {readonly name: string; readonly description: string; readonly examples: readonly string[]},
	act: (options: AnswersOptions) => void,
): void => {
	const command = answers
		.command(name)
		.description(description)
		.argument('[file]', 'answer file (YAML), the same as --answers; without one the answers of the last install');
	withExamples(withOptions(command), examples).action((file: string | undefined, options: AnswerFlags) =>
		act({...options, answers: file ?? options.answers}),
	);
};
