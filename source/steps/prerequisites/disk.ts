import {formatBytes} from '../../base/units.ts';
import {stepProblems} from '../problems.ts';
import type {Check} from '../shared/checks.ts';

/** State, journal and logs of one run stay far below this, bytes. */
const needed = 50 * 1024 * 1024;

/** There is room for state and logs. */
export const disk: Check = {
	label: 'Disk',
	asks: 'files',
	run: async ({host}) => {
		const free = await host.freeBytes();
		if (free >= needed) return {note: `${formatBytes(free)} free`};
		const facts = {free: formatBytes(free), folder: host.stateDirectory, needed: formatBytes(needed)};
		throw stepProblems.error('disk-full', facts);
	},
};
