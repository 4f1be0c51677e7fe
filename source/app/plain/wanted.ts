import type {Context, GlobalOptions} from '../base/context.ts';

/** Is somebody there to be asked line by line, where the full screen is not wanted or not possible? */
export const wantsPlainQuestions = (
	{stdin, stdout}: Pick<Context, 'stdin' | 'stdout'>,
	{nonInteractive, json}: Pick<GlobalOptions, 'nonInteractive' | 'json'>,
): boolean => stdin.isTTY === true && stdout.isTTY === true && !nonInteractive && !json;
