import {describe, expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {createFold, reduceAll} from '../../source/engine/fold.ts';
import {logBlock, logLimit} from '../../source/engine/log.ts';
import {emptyRun, reduce} from '../../source/engine/reduce.ts';
import type {RunState} from '../../source/engine/state.ts';
import {plans} from '../../source/plans/index.ts';

const begun: Event = {
	at: 1,
	type: 'run-started',
	runId: 'r1',
	plan: 'install',
	title: 'Installing',
	pass: 'apply',
	version: '0.1.0',
	steps: plans.install.stepIds.map((id) => ({id, title: id, why: '', skippable: false, proves: false})),
	planSteps: plans.install.stepIds.length,
};

/** Lines with progress, items and the beginnings of steps between them, some of which add a line of their own. */
const streamOf = (count: number): readonly Event[] => [
	begun,
	...Array.from({length: count}, (_one, index): Event => {
		const at = 2 + index;
		const step = plans.install.stepIds[Math.floor(index / 400) % plans.install.stepIds.length] ?? 'bundle';
		if (index % 400 === 0) return {at, type: 'step-started', step, stale: false};
		if (index % 17 === 0)
			return {at, type: 'step-detail', step, detail: {kind: 'progress', label: 'layer', done: index, unit: 'bytes'}};
		if (index % 19 === 0)
			return {at, type: 'step-detail', step, detail: {kind: 'item', label: 'pod', state: 'ok', note: `${index}`}};
		return {at, type: 'step-detail', step, detail: {kind: 'line', level: 'info', text: `line ${index}`}};
	}),
];

const oneByOne = (events: readonly Event[]): RunState =>
	events.reduce((state, event) => reduce(state, event), emptyRun);

describe('folding many events at once', () => {
	test.each([0, 1, 249, 251, logLimit, logLimit + logBlock + 300, logLimit * 3 + 77])(
		'gives the very state that %i events give one by one, dropped lines included',
		(count) => {
			const events = streamOf(count);
			expect(reduceAll(emptyRun, events)).toEqual(oneByOne(events));
		},
	);

	test.each([7, 600, 5400])('does not depend on being asked in between, every %i events', (every) => {
		const events = streamOf(12_000);
		const fold = createFold();
		for (const [index, event] of events.entries()) {
			fold.add(event);
			if (index % every === 0) fold.state();
		}
		expect(fold.state()).toEqual(oneByOne(events));
	});

	test('a state that was handed out does not change when more events come', () => {
		const fold = createFold();
		for (const event of streamOf(10)) fold.add(event);
		const before = fold.state();
		const copy = structuredClone(before);
		for (const event of streamOf(700)) fold.add(event);
		fold.state();
		expect(before).toEqual(copy);
	});

	test('the state is the same value as long as nothing was added, and the log too when no line was', () => {
		const fold = createFold();
		for (const event of streamOf(10)) fold.add(event);
		const before = fold.state();
		expect(fold.state()).toBe(before);
		fold.add({at: 99, type: 'step-checking', step: 'bundle', phase: 'poll'});
		expect(fold.state().log).toBe(before.log);
	});

	test('a second run in the same fold keeps the lines of the first', () => {
		const events = [...streamOf(300), ...streamOf(6000)];
		expect(reduceAll(emptyRun, events)).toEqual(oneByOne(events));
		expect(reduceAll(emptyRun, events).logDropped).toBeGreaterThan(0);
	});
});
