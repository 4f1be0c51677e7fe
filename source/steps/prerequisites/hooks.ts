import {counted} from '../../base/text.ts';
import type {Check} from '../shared/checks.ts';

/** Programs and addresses that hear how a run goes. One that is of no use is told and stops nothing. */
export const hooks: Check = {
	label: 'Hooks',
	asks: 'hooks',
	run: async ({hooks: port, signal}) => {
		const {count, warnings} = await port.look(signal);
		const note = counted(count, 'hook');
		return warnings.length === 0 ? {note} : {note: `${note}, ${warnings.length} of no use`, warnings, bad: true};
	},
};
