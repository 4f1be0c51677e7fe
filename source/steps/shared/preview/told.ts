import {ProblemError} from '../../../base/problem.ts';
import type {World} from '../../world.ts';

/**
 * Lines of a page. What cannot be found out is told in its place, since whoever reads the page decides by what it lacks as well.
 * @throws the signal's reason, and what is no refusal
 */
export const told = async (
	{signal}: Pick<World, 'signal'>,
	what: string,
	find: () => Promise<readonly string[]>,
): Promise<readonly string[]> => {
	try {
		return await find();
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		return [`${what}: not known. ${error.problem.message}`];
	}
};
