import {expect, test} from 'vitest';
import {overallOf} from '../../source/engine/progress.ts';
import type {NewEvent} from '../../source/engine/run.ts';
import type {RunState} from '../../source/engine/state.ts';
import {fold, started, stepOf, trouble} from './events.ts';

const finished = (step: string): NewEvent => ({
	type: 'step-finished',
	step,
	outcome: 'applied',
	note: '',
	fingerprint: '',
});
const begun = (step: string): NewEvent => ({type: 'step-started', step, stale: false});
const sent = (done: number, more: {readonly label?: string; readonly whole?: true} = {}): NewEvent => ({
	type: 'step-detail',
	step: 'images',
	detail: {kind: 'progress', label: 'all', done, total: 100_000_000, unit: 'bytes', ...more},
});
const runOf = (...events: readonly NewEvent[]): RunState => fold([started, ...events]);
const withLast = (run: RunState, lastMs: number | undefined): RunState => ({
	...run,
	steps: run.steps.map((step) => ({...step, lastMs})),
});

test('steps that have ended are counted, and time runs from the start to the end', () => {
	const run = runOf(finished('bundle'), begun('images'));
	expect(overallOf(run, run.startedAt + 5000)).toEqual({
		done: 1,
		steps: run.steps.length,
		elapsedMs: 5000,
	});
	const ended = {...run, finishedAt: run.startedAt + 3000};
	expect(overallOf(ended, run.startedAt + 5000).elapsedMs).toBe(3000);
});

test('what a step moves is the progress of the whole, else its only one in bytes', () => {
	expect(overallOf(runOf(begun('images'), sent(5)), 0).moved?.done).toBe(5);
	expect(overallOf(runOf(begun('images'), sent(5), sent(6, {label: 'b'})), 0).moved).toBeUndefined();
	const whole = runOf(begun('images'), sent(5), sent(7, {label: 'every', whole: true}), sent(6, {label: 'b'}));
	expect(overallOf(whole, 0).moved).toMatchObject({label: 'every', done: 7});
	expect(overallOf(runOf(begun('images'), sent(5), finished('images')), 0).moved).toBeUndefined();
});

test('time left is told only where it is known for every step that is left', () => {
	const run = runOf(begun('images'));
	const later = run.steps.slice(run.steps.findIndex(({id}) => id === 'images') + 1).length;
	const startedAt = stepOf(run, 'images').startedAt ?? 0;
	expect(overallOf(run, startedAt).leftMs).toBeUndefined();
	expect(overallOf(withLast(run, 10_000), startedAt + 4000).leftMs).toBe(6000 + later * 10_000);
	// It takes longer than the last time: nobody knows how much.
	expect(overallOf(withLast(run, 10_000), startedAt + 11_000).leftMs).toBeUndefined();
});

test('what is measured counts more than the last time', () => {
	const run = withLast(runOf(begun('images'), sent(0), sent(50_000_000)), 1000);
	const later = run.steps.slice(run.steps.findIndex(({id}) => id === 'images') + 1).length;
	const {updatedAt = 0} = stepOf(run, 'images').progress[0] ?? {};
	// A second for the first half, as the events are a second apart.
	expect(overallOf(run, updatedAt).leftMs).toBe(1000 + later * 1000);
});

test('nobody knows how long people take', () => {
	const problem: NewEvent = {type: 'step-problem', step: 'images', problem: trouble, choices: ['retry']};
	expect(overallOf(withLast(runOf(begun('images'), problem), 1000), 2000).leftMs).toBeUndefined();
});
