import {expect} from 'vitest';
import {type Problem, ProblemError} from '../../../source/base/problem.ts';
import type {clusterProblems} from '../../../source/cluster/problems.ts';

/** A code of the cluster's table; another one does not compile. */
export type ClusterCode = keyof typeof clusterProblems.table | 'install-locked';

/** What a person reads of a problem. */
export type Told = {readonly code: ClusterCode} & Partial<Omit<Problem, 'code'>>;

/** The error of work that must fail with a problem. */
export const errorOf = async (work: Promise<unknown>): Promise<ProblemError> => {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ProblemError)) throw new Error(`no ProblemError: ${String(error)}`);
	return error;
};

/** The problem of work that must fail with one. */
export const problemOf = async (work: Promise<unknown>): Promise<Problem> => (await errorOf(work)).problem;

/** Work that must fail with this problem, in these words. */
export const expectProblem = async (work: Promise<unknown>, told: Told): Promise<Problem> => {
	const problem = await problemOf(work);
	expect(problem).toMatchObject(told);
	return problem;
};
