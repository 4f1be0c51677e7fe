import {ProblemError, toProblem} from '../../base/problem.ts';
import {nameOf} from '../backup/installed.ts';
import type {Component} from '../shared/names.ts';

/** The command that brings back a component's release and its database together. */
export const wayBackOf = (component: Component): string => `zenml-airgap back ${nameOf(component)}`;

/** Work on one component; what it fails with names the way back beside the way on. @throws what the work throws */
export const withWayBack = async <T>(component: Component, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof ProblemError)) throw error;
		const {nextSteps} = toProblem(error);
		throw error.with({
			nextSteps: [
				...nextSteps,
				`to go on: the same command again; or back to what ran before, release and database together: ${wayBackOf(component)}`,
			],
		});
	}
};
