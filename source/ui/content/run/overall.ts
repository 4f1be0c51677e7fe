import {overallOf} from '../../../engine/progress.ts';
import type {RunState} from '../../../engine/state.ts';
import {amount, watch} from '../../terminal/format.ts';

/** How far the run is as a whole, for a rule: `step 3 of 14, 1.2/3.4 GiB, 4:12, about 2:40 left`. */
export const overallText = (run: RunState, now: number): string => {
	const {steps, moved, elapsedMs, leftMs} = overallOf(run, now);
	const place = run.steps.findIndex(({id}) => id === run.current) + 1;
	return [
		...(place > 0 ? [`step ${place} of ${steps}`] : []),
		...(moved === undefined ? [] : [amount(moved)]),
		watch(elapsedMs),
		...(leftMs === undefined ? [] : [`about ${watch(leftMs)} left`]),
	].join(', ');
};
