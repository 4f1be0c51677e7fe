import type {Change, ChangePart} from '../../../engine/plan.ts';
import {digit, type Key, listMove, move, scrollMove, takes} from '../keys.ts';
import type {Details} from '../screen.ts';
import {type Env, type On, type Turn, turn, type UiState} from '../types.ts';

type Reviewing = On<'review'>;

/** A change that opens, and the step that makes it. */
export type Opening = {readonly step: string; readonly change: Change; readonly parts: readonly ChangePart[]};

/** All changes of a plan that open, in its order; none while it is looked at. */
export const openings = ({plan}: Pick<UiState, 'plan'>): readonly Opening[] => {
	if (plan.status !== 'ready') return [];
	return plan.view.steps.flatMap((step) =>
		step.state !== 'todo'
			? []
			: step.changes.flatMap((change) =>
					change.opens && change.opens.length > 0 ? [{step: step.title, change, parts: change.opens}] : [],
				),
	);
};

/** Keys of the list of changes: Enter or right opens one. */
const onList = (details: Details, key: Key, count: number): Details | undefined => {
	const {focus} = details;
	if (key.id === 'escape' || move(key) === 'left') return undefined;
	if (takes(key)) return {focus, top: 0};
	const chosen = digit(key, count);
	return chosen === undefined ? {focus: listMove(key, focus, count) ?? focus} : {focus: chosen, top: 0};
};

/** Keys of an open change: Esc or left goes back to the list, right and Enter open the next one. */
const onOpen = (state: Reviewing, env: Env, key: Key, {focus, top = 0}: Details): Details => {
	if (key.id === 'escape' || move(key) === 'left') return {focus};
	const moved = scrollMove(key, top, env.extent(state));
	if (moved !== undefined) return {focus, top: moved};
	return takes(key) ? {focus: (focus + 1) % Math.max(1, openings(state).length), top: 0} : {focus, top};
};

/** Keys while the changes of a plan are opened one by one. */
export const detailsKey = (state: Reviewing, env: Env, key: Key, details: Details): Turn => {
	const next =
		details.top === undefined ? onList(details, key, openings(state).length) : onOpen(state, env, key, details);
	return turn({...state, screen: {...state.screen, seen: true, details: next}});
};
