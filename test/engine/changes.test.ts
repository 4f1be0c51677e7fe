import {expect, test} from 'vitest';
import {changesInWords, differences, writesIn} from '../../source/engine/changes.ts';
import type {Change} from '../../source/engine/plan.ts';

const push: Change = {action: 'push', target: 'image'};
const wait: Change = {action: 'wait', target: 'record'};
const check: Change = {action: 'check', target: 'login'};

test.each([
	[[], '0 changes'],
	[[push], '1 change'],
	[[push, push], '2 changes'],
	[[wait], '1 to wait for'],
	[[push, wait, wait], '1 change, 2 to wait for'],
	[
		[
			{...wait, who: 'network team'},
			{...wait, who: 'network team'},
		],
		'waits for the network team',
	],
	[[check], '1 check later'],
	[[check, check], '2 checks later'],
	[[push, wait, check], '1 change, 1 to wait for, 1 check later'],
] as const)('%j reads as %s', (changes, text) => {
	expect(changesInWords(changes)).toBe(text);
});

test('what is only waited for or looked at writes nothing', () => {
	expect(writesIn([push, wait, check])).toEqual([push]);
});

test('a difference is told as what is there, and not as what is to be done', () => {
	const changes: readonly Change[] = [
		{action: 'create', target: 'namespace a'},
		{action: 'push', target: 'registry/a:1'},
		{action: 'delete', target: 'Ingress a/b'},
		{action: 'update', target: 'release a/b', detail: 'value zenml.replicaCount'},
	];
	expect(differences(changes)).toEqual([
		'namespace a is missing',
		'registry/a:1 is not pushed',
		'Ingress a/b is not asked for',
		'release a/b, value zenml.replicaCount',
	]);
});
