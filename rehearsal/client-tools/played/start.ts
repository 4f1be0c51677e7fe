import type {Programs} from '../programs.ts';

/** What starts the played program of a name: nothing, where the real ones are there. */
export const playedStart =
	(_programs: Programs) =>
	(_name: string): readonly string[] | undefined =>
		undefined;
