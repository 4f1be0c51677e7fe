import type {Clock} from '../../../base/clock.ts';
import type {Listener} from '../../../engine/events.ts';
import {changedAnswers, type Happened, happenedIn} from '../../../report/happened.ts';

/** Gathers what people and the world did in the course of a run, for its reports. */
export type Gatherer = {
	readonly listener: Listener;
	/** The answers that count from now on: which of them differ is told, not what they hold. */
	readonly answersAre: (answers: unknown) => void;
	readonly all: () => readonly Happened[];
};

/** @param first the answers that the run begins with @param before what is known of an earlier run */
export const gatherHappened = (
	first: unknown,
	{clock, before = []}: {readonly clock: Clock; readonly before?: readonly Happened[]},
): Gatherer => {
	const titles = new Map<string, string>();
	const all: Happened[] = [...before];
	let answers = first;
	return {
		listener: (event) => {
			if (event.type === 'run-started') for (const {id, title} of event.steps) titles.set(id, title);
			const found = happenedIn(event, (step) => titles.get(step) ?? step);
			// A wait is told again at each look.
			const isKnown =
				found?.wait !== undefined && all.some(({step, wait}) => step === found.step && wait === found.wait);
			if (found && !isKnown) all.push(found);
		},
		answersAre: (next) => {
			const paths = changedAnswers(answers, next);
			answers = next;
			if (paths.length > 0) all.push({at: clock.now(), step: 'Answers', text: `changed: ${paths.join(', ')}`});
		},
		all: () => all,
	};
};
