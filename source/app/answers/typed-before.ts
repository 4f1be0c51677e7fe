import {type Draft, getAt} from '../../answers/draft.ts';
import {secretPlaces} from '../../answers/secret-places.ts';

/** Paths of secrets that are `prompt` before anything was asked: what was typed in an earlier run is gone, so they are asked for again. */
export const typedBefore = (draft: Draft): readonly string[] =>
	secretPlaces(draft).filter((at) => getAt(draft, at) === 'prompt');
