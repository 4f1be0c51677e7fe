import type {RunState} from '../../../engine/state.ts';
import {currentStep, pageOf} from '../../state/page.ts';
import type {UiState} from '../../state/types.ts';
import type {Attention} from '../../terminal/signals.ts';

const ends = {done: 'done', failed: 'not finished', stopped: 'stopped'} as const;

/** What somebody is needed for; undefined while the run goes on by itself. */
const needOf = (run: RunState): string | undefined => {
	if (run.outcome !== undefined) return ends[run.outcome];
	const page = pageOf(run);
	if (!page) return undefined;
	return page.kind === 'problem'
		? `problem: ${page.step.title}`
		: `waiting for the ${page.handover.who}: ${page.step.title}`;
};

/** How far a run is: `5/13 Control plane`. */
const placeOf = (run: RunState): string => {
	const step = currentStep(run);
	const place = run.steps.findIndex(({id}) => id === run.current) + 1;
	return step ? `${place}/${run.steps.length} ${step.title}` : 'starting';
};

/** What is told to whoever does not look at the screen. */
export const attentionOf = (
	{started, rehearsal}: Pick<UiState, 'started' | 'rehearsal'>,
	run: RunState | undefined,
): Attention => {
	const program = rehearsal ? 'zenml-airgap rehearsal' : 'zenml-airgap';
	if (!started || !run) return {title: program};
	const need = needOf(run);
	return {title: `${need ?? placeOf(run)} - ${program}`, need};
};
