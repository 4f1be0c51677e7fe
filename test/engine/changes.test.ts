import {expect, test} from 'vitest';
import {changesInWords, writesIn} from '../../source/engine/changes.ts';
import type {Change} from '../../source/engine/types.ts';

const push: Change = {action: 'push', target: 'image'};
const wait: Change = {action: 'wait', target: 'record'};

test.each([
	[[], 'dns', '0 changes'],
	[[push], 'images', '1 change'],
	[[push, push], 'images', '2 changes'],
	[[wait], 'dns', '1 to wait for'],
	[[push, wait, wait], 'ca', '1 change, 2 to wait for'],
	[[wait], 'verification', '1 check later'],
	[[wait, wait], 'verification', '2 checks later'],
] as const)('%j of %s reads as %s', (changes, step, text) => {
	expect(changesInWords(changes, step)).toBe(text);
});

test('what is only waited for writes nothing', () => {
	expect(writesIn([push, wait])).toEqual([push]);
});
