import type {PlanEntry} from '../../source/plans/index.ts';
import {planWords} from '../../source/plans/words.ts';
import type {Plan} from '../../source/steps/world.ts';

/** A plan of a test as commands know one. */
export const entryOf = (plan: Plan, leaseStep?: string): PlanEntry => ({
	...(leaseStep !== undefined && {leaseStep}),
	id: plan.id,
	words: planWords.install,
	stepIds: plan.steps.map(({id}) => id),
	load: async () => plan,
});
