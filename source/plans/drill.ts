import {drillCleanSteps, drillSteps} from '../steps/drill/index.ts';
import type {Plan} from '../steps/world.ts';

/** A restore into scratch databases and servers, looked at and removed again. @param backup the newest whole one unless told */
export const drillPlan = (backup?: string): Plan => ({
	id: 'drill',
	title: 'Drilling a restore',
	command: 'zenml-airgap drill',
	steps: drillSteps({backup}),
});

/** Removes what drills have left behind. */
export const drillCleanPlan: Plan = {
	id: 'drill-clean',
	title: 'Removing what a drill left',
	command: 'zenml-airgap drill --clean',
	steps: drillCleanSteps(),
};
