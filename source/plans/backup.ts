import {backupSteps} from '../steps/backup/index.ts';
import type {Plan} from '../steps/world.ts';

/** A whole backup of what is installed, in a folder of its own: this list is the runbook. */
export const backupPlan: Plan = {
	id: 'backup',
	title: 'Backing up',
	command: 'zenml-airgap backup',
	steps: backupSteps({purpose: async () => 'asked'}),
};
