import {type Problem, type ProblemCode, partsOf, type Several, sumOf} from '../../base/problem.ts';
import type {Circumstances} from '../../base/problem-table.ts';

/** Of these the message names what the cluster was asked for just then; the cause is that of every check that asks it. */
const ofTheWay: ReadonlySet<ProblemCode> = new Set([
	'kubernetes-unreachable',
	'kubernetes-untrusted',
	'kubernetes-unauthorized',
	'kubernetes-answer-too-long',
	'kubernetes-unreadable',
]);

const wallOf = ({code, message, cause}: Problem): string => `${code} ${ofTheWay.has(code) ? cause : message}`;

/** Several checks may run into the same wall; one telling is enough. */
const withoutDoubles = (problems: readonly Problem[]): readonly Problem[] =>
	[...new Map([...problems].reverse().map((one) => [wallOf(one), one])).values()].reverse();

/**
 * Several problems told as one, so that nobody has to come back for the second; one stands for itself, and none gives undefined. Its area
 * is that of all where they share one, `usage` where one of them is, and else that of the telling.
 */
export const combineProblems = (
	all: readonly Problem[],
	tell: (several: Several, more: Circumstances) => Problem,
): Problem | undefined => {
	const parts = withoutDoubles(all.flatMap(partsOf));
	const [first, ...others] = parts;
	if (!first || others.length === 0) return first;
	const {several, ...more} = sumOf(parts);
	return tell(several, more);
};
