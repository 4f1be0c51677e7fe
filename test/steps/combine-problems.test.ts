import {expect, test} from 'vitest';
import type {ProblemArea, ProblemCode, Several} from '../../source/base/problem.ts';
import type {Circumstances} from '../../source/base/problem-table.ts';
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
	expect(combine(dead('tell its version'), dead('list nodes'), other)?.parts).toHaveLength(2);
});

test('several say how many and whose, name each, and keep each whole', () => {
	const disk = {answers: ['x', 'y'], evidence: ['1', '2'], who: 'cluster admin', nextSteps: ['look first']} as const;
	const clock = {answers: ['y'], message: 'b is out of order', nextSteps: ['look then']};
	const found = combine(['disk-full', disk], ['clock-skew', clock]);
	expect(found).toEqual({
		code: 'prerequisites-not-met',
		area: 'cluster',
		who: 'operator',
		message: '2 prerequisites are not met: 1 for the cluster admin, 1 for you.',
		cause: 'They are: 1. disk-full happened. 2. b is out of order.',
		fix: 'Mend each of them, or have it mended, then try again: what is mended stays so.',
		nextSteps: [],
		answers: ['x', 'y'],
		parts: [
			refusal('disk-full', 'disk-full happened.', disk).problem,
			refusal('clock-skew', clock.message, clock).problem,
		],
	});
});

test('several of one team are that team’s', () => {
	const who = 'database admin';
	expect(combine(['disk-full', {who}], ['clock-skew', {who}])).toMatchObject({
		who,
		message: '2 prerequisites are not met: all for the database admin to mend.',
	});
});

test('several that already stand for several are told as their parts', () => {
	const inner = combine(['disk-full'], ['clock-skew']);
	if (!inner) throw new Error('there is no problem');
	const tell = (several: Several, more: Circumstances) => stepProblems.problem('prerequisites-not-met', several, more);
	const found = combineProblems([inner, refusal('helm-missing').problem], tell);
	expect(found?.parts?.map(({code}) => code)).toEqual(['disk-full', 'clock-skew', 'helm-missing']);
});

test('of many the sentence names the first five', () => {
	const codes = [
		'disk-full',
		'clock-skew',
		'helm-missing',
		'dns-unanswered',
		'https-reset',
		'time-out',
		'drift',
	] as const;
	const found = combine(...codes.map((one) => [one] as const));
	expect(found?.cause).toMatch(/^They are: 1\. disk-full happened\. .* 5\. https-reset happened\. And 2 more\.$/u);
	expect(found?.parts).toHaveLength(7);
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
