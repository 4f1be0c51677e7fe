import {ProblemError} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {refuseSecretsOfOthers} from '../secrets/wanted.ts';
import type {Check} from '../shared/checks.ts';

/** Nothing lies under the names of this install that belongs to somebody else: the step that writes there comes after the images. */
export const owners: Check = {
	label: 'Names of the Secrets',
	asks: 'cluster',
	run: async (world) => {
		try {
			return {note: `${counted(await refuseSecretsOfOthers(world), 'name')}, none of somebody else`};
		} catch (error) {
			// Which right is lacking is told by the check of permissions.
			if (!(error instanceof ProblemError) || error.problem.code !== 'kubernetes-forbidden') throw error;
			return {note: 'not looked at: Secrets may not be read', bad: true};
		}
	},
};
