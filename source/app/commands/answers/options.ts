import type {Command} from 'commander';
import type {GlobalOptions} from '../../base/context.ts';
import {withSharedOptions} from '../shared-options.ts';

/** What the commands about answers are given: the file as a word or by `--answers`. */
export type AnswersOptions = GlobalOptions & {readonly file?: string | undefined};

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
