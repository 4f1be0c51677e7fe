import type {ComponentPath} from '../answers/component-path.ts';
import type {ProblemError} from '../base/problem.ts';
import {helmProblems} from './problems.ts';
import {type FailureCode, failureWords, meaningOf, tail, verdictIn} from './words.ts';

/** A command in the operator's words, and whose release it is about. */
export type Command = {
	/** `upgrade of release zenml in namespace zenml-workspace`. */
	readonly what: string;
	readonly component?: ComponentPath | undefined;
};

/** Answers of the component that may mend a failure; those of other parts stand in the table of problems. */
const componentAnswers: Partial<Record<FailureCode, readonly ('namespace' | 'release')[]>> = {
	'helm-ownership': ['namespace', 'release'],
};

const answersFor = (code: FailureCode, component: ComponentPath | undefined): readonly string[] =>
	component === undefined ? [] : (componentAnswers[code] ?? []).map((answer) => `${component}.${answer}`);

/** The problem behind a failed helm command. `said` is what it printed and must have no secrets left in it. */
export const helmFailure = ({what, component}: Command, said: string, exitCode: number | undefined): ProblemError => {
	const evidence = tail(said);
	const code = meaningOf(verdictIn(said), failureWords);
	if (code === undefined) return helmProblems.error('helm-failed', {what, exitCode: exitCode ?? 'unknown'}, {evidence});
	if (code === 'helm-release-missing') return helmProblems.error(code, {case: 'asked', what}, {evidence});
	if (code === 'helm-busy') return helmProblems.error(code, {case: 'told', what}, {evidence});
	return helmProblems.error(code, {what}, {evidence, answers: answersFor(code, component)});
};
