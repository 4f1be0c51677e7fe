import {storagePlaceOf} from '../../answers/storage/place.ts';
import type {Check} from '../shared/checks.ts';
import {storageAhead} from '../storage/ahead.ts';

/** What can be known of the storage for artifacts before a pod tries it. */
export const storage: Check = {
	label: 'Artifact storage',
	asks: 'cluster',
	run: async (world) => {
		const place = storagePlaceOf(world.answers, 'artifacts');
		return place ? storageAhead(world, place) : {note: 'none'};
	},
};
