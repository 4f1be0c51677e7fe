import {inPool} from '../../../base/pool.ts';
import {type Check, refuse} from '../checks.ts';
import {componentsOf} from '../names.ts';
import {unfinishedBack} from '../release/back-mark.ts';
import {unfinishedRestore} from './restore-mark.ts';

/** Requests side by side. */
const mostAtOnce = 8;

/**
 * A way back or a restore that was begun and has not ended: no other servers may start on its database. Told before the first change, and
 * not at the release that comes an hour later.
 */
export const unfinished: Check = {
	label: 'No way back or restore under way',
	asks: 'cluster',
	run: async (world) => {
		const found = await inPool(
			componentsOf(world.answers),
			mostAtOnce,
			async ({answers: {release: name, namespace}}) => {
				const release = {name, namespace};
				return [await unfinishedBack(world, release), await unfinishedRestore(world, release)];
			},
		);
		refuse(found.flat().flatMap((problem) => problem ?? []));
		return {note: 'none'};
	},
};
