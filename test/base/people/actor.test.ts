import {expect, test} from 'vitest';
import {sharesOf} from '../../../source/base/people/actor.ts';

test('shares name the work of others first, each with its number', () => {
	expect(sharesOf(['operator', 'database admin', 'operator'])).toBe('1 for the database admin, 2 for you');
	expect(sharesOf(['vendor', 'PKI team', 'PKI team'])).toBe('2 for the PKI team, 1 for the vendor');
});

test('shares of one alone are all of it', () => {
	expect(sharesOf(['operator', 'operator'])).toBe('all for you to mend');
	expect(sharesOf(['network team'])).toBe('for the network team to mend');
});
