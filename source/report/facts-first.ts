import type {Event, Listener} from '../engine/events.ts';

/** How long the steps of a look wait for the facts, ms: a cluster that does not answer holds nothing back for longer. */
const waitMs = 5000;

/** Events of a look that are not told yet, and when it began, ms since the epoch. */
type Held = {readonly since: number; readonly events: Event[]};

/**
 * Gives on the events of a look with its facts before its steps, which are looked at beside them. Facts that take longer come when they are
 * known. Events of another pass are given on as they come.
 */
export const factsFirst = (listener: Listener): Listener => {
	let held: Held | undefined;
	const release = (): void => {
		const events = held?.events ?? [];
		held = undefined;
		events.forEach(listener);
	};
	return (event) => {
		const {type, at} = event;
		if (held && (type === 'run-finished' || at - held.since > waitMs)) release();
		const isOfFacts = type === 'plan-fact' || type === 'plan-facts-known';
		if (held && !isOfFacts) held.events.push(event);
		else listener(event);
		if (type === 'plan-facts-known') release();
		if (type === 'run-started' && event.pass === 'look') held = {since: at, events: []};
	};
};
