import {formatChange, writesIn} from '../../../engine/changes.ts';
import type {Change, ChangePart, PlanFact} from '../../../engine/plan.ts';
import type {PlanStep, PlanView} from '../../../engine/plan-view.ts';
import {digit, type Key, listMove, move, scrollMove, takes} from '../keys.ts';
import type {Details} from '../screen.ts';
import {type Env, type On, type Turn, turn, type UiState} from '../types.ts';

type Reviewing = On<'review'>;

/** What opens: the step that makes a change, or the fact of the plan that it is about; and what it is, in short and in full. */
export type Opening = {
	readonly of: string;
	readonly what: string;
	readonly whole: string;
	readonly parts: readonly ChangePart[];
};

const ofChange = (of: string, change: Change): Opening => ({
	...{of, what: `${change.action} ${change.target}`, whole: formatChange(change)},
	parts: change.opens ?? [],
});

const ofFact = ({label: of, lines: [what = ''], opens: parts = []}: PlanFact): Opening => ({
	...{of, what, whole: `${of}: ${what}`},
	parts,
});

const ofStep = (step: PlanStep): readonly Opening[] =>
	step.state === 'todo' ? step.changes.map((change) => ofChange(step.title, change)) : [];

/** What is known of a plan so far; its steps once all of them were looked at. */
const knownOf = ({plan}: Pick<UiState, 'plan'>): PlanView => {
	if (plan.status === 'ready') return plan.view;
	return {facts: plan.status === 'looking' ? (plan.facts ?? []) : [], steps: []};
};

/** All that opens in a plan: what is to be known of it, then its changes in their order. */
export const openings = (state: Pick<UiState, 'plan'>): readonly Opening[] => {
	const {facts = [], steps} = knownOf(state);
	return [...facts.map(ofFact), ...steps.flatMap(ofStep)].filter(({parts}) => parts.length > 0);
};

/** How many changes that a plan counts do not open. */
export const closedChanges = (state: Pick<UiState, 'plan'>): number =>
	knownOf(state)
		.steps.flatMap((step) => (step.state === 'todo' ? writesIn(step.changes) : []))
		.filter(({opens = []}) => opens.length === 0).length;

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
