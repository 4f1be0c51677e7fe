import {expect, test} from 'vitest';
import {quantityOf, quantityPattern} from '../../source/base/quantity.ts';

test.each<[string, number]>([
	['0', 0],
	['3', 3],
	['0.5', 0.5],
	['.5', 0.5],
	['5.', 5],
	['500m', 0.5],
	['250u', 2.5e-4],
	['7n', 7e-9],
	['2k', 2000],
	['2M', 2e6],
	['2G', 2e9],
	['2T', 2e12],
	['2P', 2e15],
	['2E', 2e18],
	['2Ki', 2048],
	['1.5Mi', 1_572_864],
	['1Gi', 1_073_741_824],
	['1Ti', 2 ** 40],
	['1Pi', 2 ** 50],
	['1Ei', 2 ** 60],
	['2e3', 2000],
	['2E3', 2000],
	['2.5e-1', 0.25],
	['1e+2', 100],
])('the quantity %s is %d', (text, value) => {
	expect(quantityOf(text)).toBeCloseTo(value, 12);
	expect(quantityPattern.test(text)).toBe(true);
});

test.each(['', ' ', 'lots', '1 Gi', '1gi', '1K', '1mi', '1KiB', '-1', '+1', '1e', '1e2.5', '1e3Ki', '.', '1,5', '1\n'])(
	'%j is no quantity, and no comparison with it holds',
	(text) => {
		expect(quantityOf(text)).toBeNaN();
		expect(quantityPattern.test(text)).toBe(false);
	},
);
