import {sharesOf} from '../../base/people/actor.ts';
import {type Problem, type ProblemArea, type ProblemCode, partsOf} from '../../base/problem.ts';
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

/** Whose they all are; several people's are the operator's to hand on. */
const whoOf = (problems: readonly Problem[]): Problem['who'] => {
	const [first, ...others] = new Set(problems.map(({who}) => who));
	return first !== undefined && others.length === 0 ? first : 'operator';
};

/** So many are named in the one sentence that stands for all; each is told whole beside it. */
const mostNamed = 5;

const listOf = (problems: readonly Problem[]): string => {
	const named = problems.slice(0, mostNamed).map(({message}, index) => `${index + 1}. ${sentence(message)}`);
	return [...named, ...(problems.length > mostNamed ? [`And ${problems.length - mostNamed} more.`] : [])].join(' ');
};

/** What the first line of several problems names: how many, whose they are, and what they are, in one line. */
export type Several = {readonly count: number; readonly shares: string; readonly list: string};

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
	return tell(
		{count: parts.length, shares: sharesOf(parts.map(({who}) => who)), list: listOf(parts)},
		{
			area: areaOf(parts),
			who: whoOf(parts),
			parts,
			answers: [...new Set(parts.flatMap(({answers = []}) => answers))],
		},
	);
};
