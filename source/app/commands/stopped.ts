import {ProblemError} from '../../base/problem.ts';
import type {Context} from '../context.ts';

/** Runs work that Ctrl-C may stop; what then comes out is told as such. @throws ProblemError `stopped`, or what the work throws */
export const stoppable = async (context: Context, goOn: string, work: () => Promise<number>): Promise<number> => {
	try {
		return await work();
	} catch (error) {
		if (error instanceof ProblemError && error.problem.area !== 'stopped') throw error;
		const reason: unknown = context.signal.reason;
		if (!context.signal.aborted && !(error instanceof Error && error.message === 'it got SIGINT')) throw error;
		throw new ProblemError(
			{
				code: 'stopped',
				area: 'stopped',
				message: 'The command was stopped before it was done.',
				cause: reason instanceof Error ? reason.message : 'it got SIGINT',
				fix: goOn,
			},
			{cause: error},
		);
	}
};
