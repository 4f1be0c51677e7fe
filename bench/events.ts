import type {Event} from '../source/engine/events.ts';

/** The events of a run with `--json`. */
export const eventsOf = (stdout: string): readonly Event[] =>
	stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Event);

/** Seconds from `run-started` to `run-finished` of a finished run that is done again. @throws Error when a step found something to do. */
export const secondsOf = (events: readonly Event[]): number => {
	const applied = events.flatMap((event) =>
		event.type === 'step-finished' && event.outcome === 'applied' ? [event.step] : [],
	);
	if (applied.length > 0) throw new Error(`the run was to find nothing to do, but applied ${applied.join(', ')}`);
	const at = (type: Event['type']): number => events.find((event) => event.type === type)?.at ?? Number.NaN;
	return (at('run-finished') - at('run-started')) / 1000;
};
