import type {Journal} from '../../../engine/journal.ts';

/** What is known of the end of a run whose journal tells no outcome, and that is not under way: half a sentence behind `it`. */
export const openEndWords = ({stopping}: Pick<Journal, 'stopping'>): string =>
	stopping === true
		? 'was stopped at once (Ctrl-C twice), or killed while it stopped'
		: 'ended without a word here: it was killed, or could not write its journal';
