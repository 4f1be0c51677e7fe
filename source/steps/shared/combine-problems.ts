import type {Problem, ProblemArea, ProblemCode} from '../../base/problem.ts';
import type {Circumstances} from '../../base/problem-table.ts';
import {sentence} from '../../base/text.ts';

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

/** A wrong answer comes first: the rest may only follow from it. */
const areaOf = (problems: readonly Problem[]): ProblemArea | undefined => {
	const areas = new Set(problems.map(({area}) => area));
	if (areas.size === 1 || areas.has('usage')) return areas.size === 1 ? problems[0]?.area : 'usage';
	return undefined;
};

/** What the first line of several problems names. */
export type Several = {readonly count: number; readonly first: string; readonly fix: string};

/**
 * Several problems told as one, so that nobody has to come back for the second; one stands for itself, and none gives undefined. Its area
 * is that of all where they share one, `usage` where one of them is, and else that of the telling.
 */
export const combineProblems = (
	all: readonly Problem[],
	tell: (several: Several, more: Circumstances) => Problem,
): Problem | undefined => {
	const problems = withoutDoubles(all);
	const [first, ...others] = problems;
	if (!first || others.length === 0) return first;
	return tell(
		{count: problems.length, first: first.message, fix: first.fix},
		{
			area: areaOf(problems),
			who: first.who,
			innerCodes: [...new Set(problems.map(({code}) => code))],
			nextSteps: [
				...first.nextSteps,
				...others.flatMap(({message, fix, nextSteps}) => [`${sentence(message)} ${fix}`, ...nextSteps]),
			],
			answers: [...new Set(problems.flatMap(({answers = []}) => answers))],
			evidence: problems.flatMap(({message, cause, evidence = []}) => [
				`${sentence(message)} ${cause}`,
				...evidence.slice(0, 4),
			]),
		},
	);
};
