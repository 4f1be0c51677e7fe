import type {World} from '../../world.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {readApplied} from './record.ts';
import {withTheirs} from './three-way.ts';

/**
 * The release with what an upgrade has kept of others' values. Whatever else they have changed since is a difference, as ever: only an
 * upgrade takes it up, after it was shown.
 */
export const withKept = async (world: World, wanted: WantedRelease): Promise<WantedRelease> => {
	const applied = await readApplied(world, wanted);
	if (!applied || applied.kept.length === 0) return wanted;
	const live = await world.helm.values(wanted.name, wanted.namespace, world.signal);
	const {values: ours} = wanted;
	return {...wanted, values: withTheirs(ours, live, applied.kept), edits: {ours, kept: applied.kept}};
};
