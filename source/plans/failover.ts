import {failoverSteps} from '../steps/failover/index.ts';
import type {Plan} from '../steps/world.ts';

/** Measures a failover of the database that its admin does meanwhile. */
export const failoverPlan: Plan = {
	id: 'failover',
	title: 'Watching a failover',
	command: 'zenml-airgap drill failover',
	steps: failoverSteps(),
};
