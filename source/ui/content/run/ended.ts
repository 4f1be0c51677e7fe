import type {RunState} from '../../../engine/state.ts';

/** What an end of a run is called. */
export const endTitles: Readonly<Record<NonNullable<RunState['outcome']>, string>> = {
	done: 'Done',
	failed: 'Not finished',
	stopped: 'Stopped',
};
