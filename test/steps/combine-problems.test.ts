import {expect, test} from 'vitest';
import type {ProblemArea} from '../../source/base/problem.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {combineProblems} from '../../source/steps/shared/combine-problems.ts';
import {refusal} from './parts.ts';

const combine = (...all: readonly (readonly [string, Parameters<typeof refusal>[2]?])[]) =>
	combineProblems(
		all.map(([name, more]) => refusal(name, `${name} happened.`, more).problem),
		(several, more) => stepProblems.problem('prerequisites-not-met', several, more),
	);

test('none is none, and one stands for itself', () => {
	expect(combine()).toBeUndefined();
	expect(combine(['a'])).toEqual(refusal('a').problem);
	expect(combine(['a'], ['a'])).toEqual(refusal('a').problem);
});

test('several name the first, and the moves for the others; answers once, evidence of each', () => {
	const found = combine(
		['a', {answers: ['x', 'y'], evidence: ['1', '2', '3', '4', '5'], who: 'cluster admin'}],
		['b', {answers: ['y'], message: 'b is out of order'}],
	);
	expect(found).toEqual({
		code: 'prerequisites-not-met',
		area: 'cluster',
		who: 'cluster admin',
		message: '2 prerequisites are not met.',
		cause: 'The first of them: a happened.',
		fix: 'Mend the first, and the others below with it: Mend a.',
		nextSteps: ['b is out of order. Mend b.'],
		answers: ['x', 'y'],
		evidence: ['a happened. Why a.', '1', '2', '3', '4', 'b is out of order. Why b.'],
	});
});

test.each<readonly [readonly ProblemArea[], ProblemArea]>([
	[['cluster', 'cluster'], 'cluster'],
	[['cluster', 'usage'], 'usage'],
	[['cluster', 'registry'], 'prerequisites'],
])('areas %j give %s: a wrong answer comes first', (areas, area) => {
	expect(combine(...areas.map((one, index) => [`p${index}`, {area: one}] as const))?.area).toBe(area);
});
