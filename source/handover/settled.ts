import type {Journal} from '../engine/journal.ts';
import type {Topic} from './topics.ts';

/** How a step ended that found, or made, what a team had to do for it. */
const isDone: ReadonlySet<string | undefined> = new Set(['already', 'applied']);

/**
 * The day on which the install last found done what a team's papers ask for, `2026-12-04` in UTC; undefined where it did not come that far,
 * or left one of its steps out.
 */
export const settledDay = (
	{id, steps}: Pick<Topic, 'id' | 'steps'>,
	journal: Pick<Journal, 'steps'>,
): string | undefined => {
	// That this host trusts the CA, which is what the install looks at, says nothing of the machines of users.
	if (id === 'ca') return undefined;
	const ended = steps.map(
		(one) => journal.steps.find((step) => step.id === one && isDone.has(step.outcome))?.finishedAt,
	);
	const times = ended.filter((at) => at !== undefined);
	return times.length < ended.length || times.length === 0
		? undefined
		: new Date(Math.max(...times)).toISOString().slice(0, 10);
};
