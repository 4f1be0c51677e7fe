import {bundleStep} from '../steps/bundle.ts';
import {scheduleObjectsStep} from '../steps/schedule/objects.ts';
import {scheduleProvedStep} from '../steps/schedule/proved.ts';
import {scheduleReadyStep} from '../steps/schedule/ready.ts';
import type {Plan} from '../steps/world.ts';

/** Backups that the cluster makes by itself, and the first of them: this list is the runbook. */
export const schedulePlan: Plan = {
	id: 'schedule',
	title: 'Scheduling backups',
	command: 'zenml-airgap backup schedule',
	steps: [bundleStep, scheduleReadyStep, scheduleObjectsStep, scheduleProvedStep],
};
