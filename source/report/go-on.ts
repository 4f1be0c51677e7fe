import {partsOf} from '../base/problem.ts';
import type {RunState} from '../engine/state.ts';

/** How a run is gone on with. */
export type GoOn = {
	/** The command as it was given. */
	readonly resumeCommand: string;
	/** The same, beginning with a step; absent where no plan with steps of its own is gone through. */
	readonly resumeFrom?: ((step: string) => string) | undefined;
	/** The same with all steps; absent where the command is not limited to some of them. */
	readonly resumeWhole?: string | undefined;
	/** The steps that it can begin with, in their order. */
	readonly stepIds?: readonly string[] | undefined;
	/** Paths of the answers that it gives with `--set`. */
	readonly set?: readonly string[] | undefined;
};

/** What a run that came to no good end was held by, each by itself. */
const heldBy = ({outcome, problem}: RunState) => (outcome === 'failed' && problem ? partsOf(problem) : []);

/** The command that goes on with a run: from the first step that its problems name as the one that mends them, where the plan has it. */
export const goOnCommand = (state: RunState, {resumeCommand, resumeFrom, stepIds = []}: GoOn): string => {
	const wanted = new Set(heldBy(state).map(({startFrom}) => startFrom));
	const step = stepIds.find((id) => wanted.has(id));
	return step === undefined || resumeFrom === undefined ? resumeCommand : resumeFrom(step);
};

const isAround = (one: string, other: string): boolean => one === other || other.startsWith(`${one}.`);

/** What has to be changed in that command: an answer that it gives again and that a problem names. Undefined where there is none. */
export const repeatedWords = (state: RunState, {set = []}: GoOn): string | undefined => {
	const named = heldBy(state).flatMap(({answers = []}) => answers);
	const again = set.filter((given) => named.some((answer) => isAround(given, answer) || isAround(answer, given)));
	const words = [...new Set(again)].map((given) => `--set ${given}`).join(', ');
	return words === ''
		? undefined
		: `That command gives again what this problem may come of, ${words}: where that is wrong, correct it there first.`;
};
