import type {Problem} from '../../base/problem.ts';
import type {RunState} from '../../engine/state.ts';
import type {Key} from './keys.ts';
import {isSearching, openPage, shownScreen, subjectOf} from './page.ts';
import type {Env, Turn, UiState} from './types.ts';

/** How long keys do nothing after a page has come by itself, ms: what is typed in that time was meant for the page before it. */
export const restMs = 500;

/** What stands before the operator, without what is laid over it: a problem by itself, anything else by name. */
export const faceOf = (state: UiState, run: RunState | undefined): Problem | string => {
	const shown = shownScreen(state, run);
	if (shown !== 'run') return shown;
	const page = openPage(state, run);
	return page ? subjectOf(page) : 'run';
};

const isCovered = ({help, quitting, explained, copying, podLog, papers}: UiState): boolean =>
	help || quitting || [explained, copying, podLog, papers].some((cover) => cover !== undefined);

/** Meets a page that came by itself: the keys rest, and words about the page before it are gone. Behind a cover nothing is met yet. */
export const metPage = (state: UiState, {run, now}: Pick<Env, 'run' | 'now'>): UiState => {
	const face = faceOf(state, run);
	if (face === state.face || isCovered(state)) return state;
	return {...state, face, ...(state.face !== undefined && {restSince: now, notice: undefined})};
};

/** True while keys do nothing. A clock that was set back ends it. */
const isResting = ({restSince}: Pick<UiState, 'restSince'>, now: number): boolean =>
	restSince !== undefined && now >= restSince && now < restSince + restMs;

/** Ctrl-C is meant for the whole program, so it never waits; only at the end, where it leaves, it does. */
export const isDropped = (state: UiState, {run, now}: Pick<Env, 'run' | 'now'>, key: Key): boolean =>
	isResting(state, now) && (key.id !== 'ctrl-c' || shownScreen(state, run) === 'summary');

/**
 * The turn of a key: a page that the key has led to is met at once, one that it has only uncovered, or let in by the end of a
 * search, rests as one that came by itself.
 */
export const ledTo = (before: UiState, {state, effects}: Turn, env: Env): Turn => {
	const uncovers = isCovered(before) && !isCovered(state);
	const letsIn = isSearching(before) && !isSearching(state);
	if (uncovers || letsIn) return {state: metPage(state, env), effects};
	const isSame = isCovered(state) || faceOf(state, env.run) === state.face;
	return {state: isSame ? state : {...state, face: faceOf(state, env.run)}, effects};
};
