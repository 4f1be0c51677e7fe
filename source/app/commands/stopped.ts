import {ProblemError} from '../../base/problem.ts';
import {engineProblems} from '../../engine/problems.ts';
import type {Context} from '../base/context.ts';
import type {Work} from './command.ts';

/** Ctrl-C while a question is open: no signal reaches the process then. */
export class Interrupted extends Error {
	constructor() {
		super('Ctrl-C');
		this.name = 'Interrupted';
	}
}

/** True where the command ended because it was told to, and not because something is wrong. */
const isStop = ({signal}: Context, error: unknown): boolean => {
	if (error instanceof ProblemError && error.problem.area !== 'stopped') return false;
	return signal.aborted || error instanceof Interrupted;
};

/** Why it was told to. */
const reasonOf = ({signal}: Context, error: unknown): string => {
	const reason: unknown = signal.aborted ? signal.reason : error;
	return reason instanceof Error ? reason.message : String(reason);
};

/**
 * Work that Ctrl-C may stop; what then comes out is told as such.
 * @param kept what the stopped run has left, and what the next one makes of it
 * @throws ProblemError `stopped`, or what the work throws
 */
export const stoppable =
	<Given>(work: Work<Given>, kept: string): Work<Given> =>
	async (context, given) => {
		try {
			return await work(context, given);
		} catch (error) {
			if (!isStop(context, error)) throw error;
			const facts = {what: 'The command', reason: reasonOf(context, error)};
			throw engineProblems.error('stopped', facts, {nextSteps: [kept], error});
		}
	};
