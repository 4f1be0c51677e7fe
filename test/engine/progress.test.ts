import {expect, test} from 'vitest';
import {rateOf} from '../../source/engine/progress.ts';
import type {Progress} from '../../source/engine/state.ts';

const mib = 1_048_576;
const progress = (more: Partial<Progress>): Progress => ({
	label: 'push api',
	done: 0,
	unit: 'bytes',
	startedAt: 1000,
	startedDone: 0,
	updatedAt: 1000,
	...more,
});

test.each([
	['nothing is known at the start', {}, {}],
	['too little time has passed', {done: 5 * mib, updatedAt: 1999}, {}],
	['nothing has moved', {done: 0, updatedAt: 9000}, {}],
	['less than 1 % and 1 MiB says nothing yet', {done: mib / 2, total: 64 * mib, updatedAt: 3000}, {share: 1 / 128}],
	['1 % is enough', {done: 100, total: 10_000, updatedAt: 3000}, {share: 0.01, rate: 50, leftMs: 198_000}],
	['1 MiB is enough without a total', {done: mib, updatedAt: 3000}, {rate: mib / 2}],
	['what was there before is not counted', {done: 3 * mib, startedDone: mib, updatedAt: 3000}, {rate: mib}],
	[
		'what is left follows from the rate',
		{done: 2000, total: 5000, updatedAt: 2000},
		{share: 0.4, rate: 2000, leftMs: 1500},
	],
	['nothing is left at the end', {done: 2000, total: 2000, updatedAt: 2000}, {share: 1, rate: 2000}],
	['one item is enough', {done: 1, unit: 'items', updatedAt: 2000}, {rate: 1}],
	['an empty thing has no share', {done: 0, total: 0, updatedAt: 2000}, {}],
] as const)('%s', (_name, more, wanted) => {
	expect(rateOf(progress(more))).toEqual(wanted);
});
