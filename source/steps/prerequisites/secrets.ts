import {unseenInAnswers} from '../../answers/file/unseen.ts';
import {unusedInAnswers} from '../../answers/file/unused.ts';
import {type SecretAnswer, secretAnswers} from '../../answers/secret-places.ts';
import {type Problem, toProblem} from '../../base/problem.ts';
import {byText, counted} from '../../base/text.ts';
import {type Check, refuse} from '../shared/checks.ts';
import type {World} from '../world.ts';

/** A secret that is made or typed is there when it is needed. */
const isWrittenSomewhere = ({reference}: SecretAnswer): boolean => reference !== 'generate' && reference !== 'prompt';

/** What only hooks need is looked at with them, for it stops nothing. */
const isOfHooks = ({answer}: SecretAnswer): boolean => answer.startsWith('hooks.');

const problemOf = async (
	{resolveSecret, signal}: World,
	{reference, answer}: SecretAnswer,
	onWarning: (text: string) => void,
): Promise<readonly Problem[]> => {
	try {
		await resolveSecret(reference, answer, onWarning);
		return [];
	} catch (error) {
		signal.throwIfAborted();
		return [toProblem(error)];
	}
};

/** Every secret that the answers refer to can be read, also those that only the last step needs. */
export const secrets: Check = {
	label: 'Secrets',
	asks: 'secrets',
	run: async (world) => {
		const references = secretAnswers(world.answers).filter((one) => isWrittenSomewhere(one) && !isOfHooks(one));
		const warnings: string[] = [];
		const problems = await Promise.all(
			references.map(async (one) => problemOf(world, one, (text) => warnings.push(text))),
		);
		refuse(problems.flat());
		const odd = [...unseenInAnswers(world.answers), ...unusedInAnswers(world.answers), ...warnings.toSorted(byText)];
		return {note: `${counted(references.length, 'reference')} can be read`, ...(odd.length > 0 && {warnings: odd})};
	},
};
