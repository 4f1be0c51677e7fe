import {expect, test} from 'vitest';
import type {ProblemArea, ProblemCode} from '../../source/base/problem.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {combineProblems} from '../../source/steps/shared/combine-problems.ts';
import {refusal} from './parts.ts';

const combine = (...all: readonly (readonly [ProblemCode, Parameters<typeof refusal>[2]?])[]) =>
	combineProblems(
		all.map(([name, more]) => refusal(name, `${name} happened.`, more).problem),
		(several, more) => stepProblems.problem('prerequisites-not-met', several, more),
	);

test('none is none, and one stands for itself', () => {
	expect(combine()).toBeUndefined();
	expect(combine(['disk-full'])).toEqual(refusal('disk-full').problem);
	expect(combine(['disk-full'], ['disk-full'])).toEqual(refusal('disk-full').problem);
});

test('a cluster that does not answer is one problem, whatever it was asked for', () => {
	const dead = (deed: string) =>
		['kubernetes-unreachable', {message: `It does not answer (asked to ${deed}).`}] as const;
	expect(combine(dead('tell its version'), dead('list nodes'), dead('tell its time'))).toMatchObject({
		code: 'kubernetes-unreachable',
		message: 'It does not answer (asked to tell its version).',
	});
	const other = ['kubernetes-unreachable', {message: 'It refuses.', cause: 'Nothing listens there.'}] as const;
	expect(combine(dead('tell its version'), dead('list nodes'), other)?.message).toBe('2 prerequisites are not met.');
});

test('several name the first, and the moves for the others; answers once, evidence of each', () => {
	const found = combine(
		[
			'disk-full',
			{answers: ['x', 'y'], evidence: ['1', '2', '3', '4', '5'], who: 'cluster admin', nextSteps: ['look first']},
		],
		['clock-skew', {answers: ['y'], message: 'b is out of order', nextSteps: ['look then']}],
	);
	expect(found).toEqual({
		code: 'prerequisites-not-met',
		area: 'cluster',
		who: 'cluster admin',
		message: '2 prerequisites are not met.',
		cause: 'The first of them: disk-full happened.',
		fix: 'Mend the first, and the others below with it: Mend disk-full.',
		innerCodes: ['disk-full', 'clock-skew'],
		nextSteps: ['look first', 'b is out of order. Mend clock-skew.', 'look then'],
		answers: ['x', 'y'],
		evidence: ['disk-full happened. Why disk-full.', '1', '2', '3', '4', 'b is out of order. Why clock-skew.'],
	});
});

test.each<readonly [readonly ProblemArea[], ProblemArea]>([
	[['cluster', 'cluster'], 'cluster'],
	[['cluster', 'usage'], 'usage'],
	[['cluster', 'registry'], 'prerequisites'],
])('areas %j give %s: a wrong answer comes first', (areas, area) => {
	expect(
		combine(
			...areas.map(
				(one, index) => [(['disk-full', 'clock-skew'] as const)[index] ?? 'disk-full', {area: one}] as const,
			),
		)?.area,
	).toBe(area);
});
