import {type ClusterInUse, onCluster} from '../base/people/cluster-commands.ts';
import {type Problem, ProblemError} from '../base/problem.ts';
import type {Event} from '../engine/events.ts';

/** A problem, and its parts, with commands that name the cluster in use. */
export const problemOnCluster = (problem: Problem, cluster: ClusterInUse): Problem => {
	const {who, fix, nextSteps, parts} = problem;
	return {
		...problem,
		fix: onCluster(fix, cluster, who),
		nextSteps: nextSteps.map((step) => onCluster(step, cluster, who)),
		...(parts && {parts: parts.map((part) => problemOnCluster(part, cluster))}),
	};
};

/** An event whose problem, where it has one, names the cluster in use in its commands. */
export const eventOnCluster = (event: Event, cluster: ClusterInUse): Event =>
	'problem' in event && event.problem ? {...event, problem: problemOnCluster(event.problem, cluster)} : event;

/** A refusal whose commands name the cluster in use; any other error as it is. */
export const errorOnCluster = (error: unknown, cluster: ClusterInUse): unknown =>
	error instanceof ProblemError ? error.with(problemOnCluster(error.problem, cluster)) : error;
