import {type Draft, defaultAt, getAt} from '../../answers/draft.ts';
import {setAt} from '../../answers/tree.ts';
import {ProblemError} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import type {Sighting} from '../../ui/state/session.ts';
import type {Context} from '../base/context.ts';
import {findBundle, openBundleOf} from './found.ts';

const platformAnswer = 'bundle.platform';

/** The bundle itself: that it lacks a platform that was asked for is told there, and not of the bundle. */
export const lookAtBundle = async (context: Context, draft: Draft, stateDirectory: string): Promise<Sighting> => {
	const isAsked = getAt(draft, platformAnswer) !== undefined;
	const {ok, text} = await findBundle(context, isAsked ? setAt(draft, platformAnswer, 'all') : draft, stateDirectory);
	return {ok, text};
};

/**
 * What the bundle has for the platform of the nodes.
 * @returns undefined where the bundle cannot be opened for another reason: that is told of the bundle
 * @throws ProblemError `bundle-platform-missing`
 */
export const lookAtPlatform = async (
	context: Context,
	draft: Draft,
	stateDirectory: string,
): Promise<Sighting | undefined> => {
	const platform = getAt(draft, platformAnswer) ?? defaultAt(platformAnswer);
	try {
		const {images} = await openBundleOf(context, draft, stateDirectory);
		return {ok: true, text: `the bundle has ${counted(images.length, 'image')} for ${String(platform)}`};
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code !== 'bundle-platform-missing') return undefined;
		throw error;
	}
};
