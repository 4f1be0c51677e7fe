import type {Draft} from '../../answers/draft.ts';
import type {World} from './world.ts';

type Played = Pick<World, 'faultOn' | 'faultBegins' | 'faultFile' | 'fault'>;

/** What is told of the fault of a world: that it is over where these answers do not name the file any more that it broke. */
export const faultTold = ({faultOn, faultBegins, faultFile, fault}: Played, draft: Draft): readonly string[] => {
	if (faultOn === undefined || faultFile === undefined || faultBegins) return fault;
	// As it stands within a text of JSON.
	const written = JSON.stringify(faultFile).slice(1, -1);
	return JSON.stringify(draft).includes(written)
		? fault
		: [`Fault ${faultOn} is over: the answers name another file than the one that it broke.`];
};
