import {stepProblems} from '../problems.ts';
import type {Check} from '../shared/checks.ts';

/** Skew at which token lifetimes and certificates start to fail, ms. */
const tolerableMs = 60_000;

/** This host and the cluster agree on the time. */
export const clocks: Check = {
	label: 'Clocks',
	asks: 'cluster',
	run: async ({cluster, clock, signal}) => {
		const before = clock.now();
		const server = await cluster.serverTime(signal);
		// The server looked at its clock somewhere between question and answer.
		const skew = server - (before + clock.now()) / 2;
		const apart = Math.abs(skew);
		if (apart <= tolerableMs) return {note: `${(apart / 1000).toFixed(1)} s apart`};
		const seconds = Math.round(apart / 1000);
		throw stepProblems.error('clock-skew', {case: skew > 0 ? 'behind' : 'ahead', seconds});
	},
};
