import {expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {plainReport} from '../../source/report/plain.ts';
import {started} from '../engine/events.ts';

const fact = (id: string, rank: number): Omit<Extract<Event, {type: 'plan-fact'}>, 'at'> => ({
	type: 'plan-fact',
	fact: {id, rank, label: id, lines: ['known']},
});

type Timed = readonly [at: number, event: Omit<Event, 'at'>];

const look = {...started, pass: 'look'};

const step: Omit<Event, 'at'> = {type: 'step-started', step: 'bundle', stale: false} as Omit<Event, 'at'>;

const told = (events: readonly Timed[]): readonly string[] => {
	const out: string[] = [];
	const report = plainReport((text) => out.push(text.trim()), {level: 'info'});
	for (const [at, event] of events) report({...event, at} as Event);
	return out.slice(1);
};

test('a look tells its facts together, in their order and under a heading, before the steps that were looked at meanwhile', () => {
	expect(
		told([
			[0, look],
			[1, step],
			[2, fact('Room', 4)],
			[3, fact('Cluster', 0)],
			[4, {type: 'plan-facts-known'}],
		]),
	).toEqual(['Where it goes', 'Cluster: known', 'Room: known', '[ 1/4] The bundle: checking']);
});

test('facts that take long hold no step back: they come when they are known', () => {
	expect(
		told([
			[0, look],
			[1, step],
			[6000, step],
			[7000, fact('Cluster', 0)],
			[8000, {type: 'plan-facts-known'}],
		]),
	).toEqual(['[ 1/4] The bundle: checking', '[ 1/4] The bundle: checking', 'Where it goes', 'Cluster: known']);
});

test('a look that ends before its facts are known has told its steps', () => {
	expect(
		told([
			[0, look],
			[1, step],
			[2, {type: 'run-finished', outcome: 'stopped', exitCode: 130} as Omit<Event, 'at'>],
		]),
	).toEqual(['[ 1/4] The bundle: checking']);
});

test('an install tells its steps as they come', () => {
	expect(
		told([
			[0, started],
			[1, step],
		]),
	).toEqual(['[ 1/4] The bundle: checking']);
});
