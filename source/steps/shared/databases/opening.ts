import type {World} from '../../world.ts';

/** Tells how far the opening of a backup is: one progress over all its files, of which there may be many. */
export const tellOpening =
	({report}: Pick<World, 'report'>, backup: string) =>
	({done, total}: {readonly done: number; readonly total: number}): void =>
		report({kind: 'progress', label: `checking backup ${backup}`, done, total, unit: 'bytes'});
