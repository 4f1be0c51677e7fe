import {expect, test} from 'vitest';
import {changesInWords, writesIn} from '../../source/engine/changes.ts';
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
	[[check], '1 check later'],
	[[check, check], '2 checks later'],
	[[push, wait, check], '1 change, 1 to wait for, 1 check later'],
] as const)('%j reads as %s', (changes, text) => {
	expect(changesInWords(changes)).toBe(text);
});

test('what is only waited for or looked at writes nothing', () => {
	expect(writesIn([push, wait, check])).toEqual([push]);
});
