import {expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {problem} from '../../source/base/problem.ts';
import {eventWithAnswers} from '../../source/report/answers-given.ts';

const answers = {
	registry: {username: 'pusher', password: 'env:REGISTRY_PASSWORD', plainHttp: false},
} as unknown as Answers;
const refused = problem({
	code: 'registry-unauthorized',
	area: 'registry',
	message: 'm',
	cause: 'c',
	fix: 'f',
	answers: ['registry.username', 'registry.password', 'registry.ca'],
	evidence: ['401'],
});
const told = {type: 'step-problem', at: 0, step: 'images', choices: [], problem: refused} as const;

test('a refused login names the user that was tried and the reference of its password', () => {
	expect(eventWithAnswers(told, answers)).toMatchObject({
		problem: {
			evidence: ['401', 'Answers as given: registry.username = pusher, registry.password = env:REGISTRY_PASSWORD'],
		},
	});
});

test('each of several problems tells its own, and one that names none stays as it is', () => {
	const other = problem({code: 'disk-full', area: 'prerequisites', message: 'm', cause: 'c', fix: 'f'});
	const several = {...told, problem: {...other, parts: [refused, other]}};
	const {problem: both} = eventWithAnswers(several, answers) as typeof several;
	expect(both.parts.map(({evidence = []}) => evidence.length)).toEqual([2, 0]);
	expect(both).not.toHaveProperty('evidence');
});
