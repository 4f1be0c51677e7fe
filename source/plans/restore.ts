import {restoreSteps} from '../steps/restore/index.ts';
import {type RestoreOptions, restoreCommand, wordsOf} from '../steps/restore/options.ts';
import type {Plan} from '../steps/world.ts';

/** A backup brought back, whole or in part: this list is the runbook. */
export const restorePlan = (options: RestoreOptions): Plan => ({
	id: 'restore',
	title: 'Restoring',
	command:
		options.backup === undefined
			? ['zenml-airgap restore', ...wordsOf(options)].join(' ')
			: restoreCommand(options, options.backup),
	steps: restoreSteps(options),
});
