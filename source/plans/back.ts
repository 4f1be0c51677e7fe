import {backSteps} from '../steps/back/index.ts';
import type {Plan} from '../steps/world.ts';

/**
 * The paired way back of one component: the revision of its release and the dump of its database from before an upgrade.
 * @param component `controlPlane`, or the name of a workspace
 */
export const backPlan = (component: string): Plan => ({
	id: 'back',
	title: 'Bringing back',
	command: `zenml-airgap back ${component}`,
	steps: backSteps(component),
});
