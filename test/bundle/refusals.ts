import {type Problem, type ProblemCode, toProblem} from '../../source/base/problem.ts';

/** What a refusal must say: its code, which has to be declared, why, and what to do. */
export type Told = {
	readonly code: ProblemCode;
	readonly message?: string;
	readonly cause: string;
	readonly fix: string;
	readonly nextSteps?: readonly string[];
};

/** A refusal by what is wrong: how to bring it about, and what is told. */
export type Row = readonly [what: string, provoke: () => unknown, told: Told];

/** The refusal that some work must end with; where it finds several, the first. */
export const refusalOf = async (work: () => unknown): Promise<Problem> => {
	try {
		await work();
	} catch (error) {
		const problem = toProblem(error);
		return (problem.code === 'several-problems' ? problem.parts?.[0] : undefined) ?? problem;
	}
	throw new Error('It was expected to be refused, but it was not.');
};
