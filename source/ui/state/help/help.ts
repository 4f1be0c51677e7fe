import type {RunState} from '../../../engine/state.ts';
import {type Key, scrollMove} from '../keys.ts';
import {openPage, shownScreen} from '../page.ts';
import {type Env, isOn, type Turn, turn, type UiState} from '../types.ts';
import type {KeyPage} from './key-table.ts';

const inQuestion = (state: UiState): KeyPage => {
	const kind = isOn(state, 'questions') ? state.screen.field.kind : 'none';
	return kind === 'none' ? 'list' : kind;
};

const inReview = (state: UiState): KeyPage => {
	if (!isOn(state, 'review')) return 'review';
	if (state.screen.choosing !== undefined) return 'topics';
	if (state.screen.details !== undefined) return 'details';
	return state.screen.reading === undefined ? 'review' : 'reading';
};

/** The page that has the keys, whether or not the page of keys lies over it. */
export const keyPageOf = (state: UiState, run: RunState | undefined): KeyPage => {
	if (state.copying !== undefined) return 'copying';
	if (state.papers) return state.papers.chosen ? 'papersMade' : 'papers';
	if (state.podLog) return 'podLog';
	if (state.explained) return 'explained';
	switch (shownScreen(state, run)) {
		case 'questions':
			return inQuestion(state);
		case 'review':
			return inReview(state);
		case 'run':
			return openPage(state, run)?.kind ?? 'run';
		case 'summary':
			return 'summary';
		default:
			return 'welcome';
	}
};

/** Keys of the page of keys: it scrolls where it is longer than the window, and any other key leads back. */
export const helpKey = (state: UiState, env: Env, key: Key): Turn => {
	const extent = env.extent(state);
	const top = extent.total > extent.height ? scrollMove(key, state.helpTop, extent) : undefined;
	return turn(top === undefined ? {...state, help: false, helpTop: 0} : {...state, helpTop: top});
};
