import {expect, test} from 'vitest';
import {lastRunFact} from '../../../source/app/run/last-run.ts';
import type {Journal} from '../../../source/engine/journal.ts';

const journal: Journal = {
	schema: 3,
	plan: 'install',
	tool: '0.2.0',
	runId: 'r1',
	startedAt: Date.UTC(2026, 10, 28, 1, 0),
	savedAt: Date.UTC(2026, 10, 28, 1, 14),
	host: 'jump-1',
	pid: 1,
	outcome: 'done',
	steps: [
		{id: 'images', outcome: 'applied'},
		{id: 'dns', outcome: 'already'},
	],
	acknowledged: [],
};

const told = (earlier: Journal | undefined): readonly string[] => lastRunFact(earlier, {steps: ['a', 'b', 'c']}).lines;

test('the last run says when it ended, how long it took and how much it changed', () => {
	expect(told(journal)).toEqual([
		expect.stringMatching(
			/^finished at 2026-11-28 01:14 UTC on jump-1 after 14 min.*, 1 of 3 steps changed something$/u,
		),
	]);
	expect(told({...journal, outcome: undefined})).toEqual(['begun at 2026-11-28 01:00 UTC on jump-1, and not ended']);
	expect(told(undefined)).toEqual(['no earlier run known here']);
});
