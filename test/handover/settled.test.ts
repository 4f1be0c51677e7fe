import {expect, test} from 'vitest';
import {settledDay} from '../../source/handover/settled.ts';

const [first, second] = [Date.UTC(2026, 10, 29, 23, 59), Date.UTC(2026, 10, 30)];
const step = (id: string, outcome: 'already' | 'applied' | 'skipped' | undefined, finishedAt = first) => ({
	...{id, outcome, finishedAt},
});
const cluster = {id: 'cluster', steps: ['prerequisites', 'namespaces']} as const;

test('what all steps of a topic found or made is done on the day of the last of them', () => {
	const steps = [step('prerequisites', 'already'), step('namespaces', 'applied', second), step('dns', undefined)];
	expect(settledDay(cluster, {steps})).toBe('2026-11-30');
	expect(settledDay({id: 'network', steps: ['prerequisites']}, {steps})).toBe('2026-11-29');
});

test.each(['skipped', undefined] as const)(
	'a step that is %s leaves it open, and so does one that is not there',
	(outcome) => {
		expect(
			settledDay(cluster, {steps: [step('prerequisites', 'already'), step('namespaces', outcome)]}),
		).toBeUndefined();
		expect(settledDay(cluster, {steps: [step('prerequisites', 'already')]})).toBeUndefined();
	},
);

test('that this host trusts the CA settles nothing for the machines of users', () => {
	expect(settledDay({id: 'ca', steps: ['ca']}, {steps: [step('ca', 'already')]})).toBeUndefined();
});
