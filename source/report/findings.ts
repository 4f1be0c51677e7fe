import type {Problem} from '../base/problem.ts';
import {counted} from '../base/text.ts';
import type {RunState} from '../engine/state.ts';

/**
 * All that a run ended with: one that only looks goes on after each problem, and its end names the first alone. Empty where it met none, or
 * got past all.
 */
export const findingsOf = ({pass, steps, problem}: RunState): readonly Problem[] => {
	const last = problem ? [problem] : [];
	if (pass === 'apply') return last;
	const found = steps.flatMap((step) => step.problem ?? []);
	return found.length > 0 ? found : last;
};

/** What a verification found, counted: `not everything is as the answers say: 3 differences, 1 problem`. */
export const findingsWords = (state: RunState): string => {
	const findings = findingsOf(state);
	const differences = findings.filter(({code}) => code === 'drift').length;
	const problems = findings.length - differences;
	const counts = [
		...(differences > 0 ? [counted(differences, 'difference')] : []),
		...(problems > 0 ? [counted(problems, 'problem')] : []),
	].join(', ');
	const words = differences > 0 ? 'not everything is as the answers say' : 'not everything could be verified';
	return counts === '' ? words : `${words}: ${counts}`;
};
