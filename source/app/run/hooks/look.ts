import type {Answers} from '../../../answers/schema.ts';
import {printable} from '../../../base/printable.ts';
import {cutTo} from '../../../base/text.ts';
import type {HookPort} from '../../../steps/world.ts';
import {type Line, lookAtAddress} from './address.ts';
import {lookAtCommand} from './command.ts';
import {type Failure, type Hook, hooksOf} from './types.ts';

/** A hook that is of no use, in a sentence of bounded length. */
export const hookSentence = ({answer}: Pick<Hook, 'answer'>, {words}: Failure): string =>
	`${answer}: ${cutTo(printable(words), 600)}. The run does not stop for it`;

/** A hook, and what is wrong with it. */
export type Unfit = {readonly hook: Hook; readonly failure: Failure};

/** Which hooks of these answers can be known to fail, before any is called. Looks only: no program is run, and nothing is sent. */
export const unfitHooks = async (
	answers: Answers,
	line: Omit<Line, 'https'>,
	signal: AbortSignal,
): Promise<readonly Unfit[]> => {
	const looked = hooksOf(answers).map(async (hook): Promise<readonly Unfit[]> => {
		const {way, target} = hook;
		const failure = await (way === 'command' ? lookAtCommand(target) : lookAtAddress(target, {answers, line, signal}));
		return failure ? [{hook, failure}] : [];
	});
	return (await Promise.all(looked)).flat();
};

/** Hooks as a step looks at them. */
export const hookPort = (answers: Answers, line: Omit<Line, 'https'>): HookPort => ({
	look: async (signal) => {
		const unfit = await unfitHooks(answers, line, signal);
		return {
			count: hooksOf(answers).length,
			warnings: unfit.map(({hook, failure}) => hookSentence(hook, failure)),
		};
	},
});
