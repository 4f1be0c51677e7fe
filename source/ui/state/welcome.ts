import {digit, type Key, listMove} from './keys.ts';
import {firstScope, openQuestions} from './questions.ts';
import {type Env, type Screen, type Turn, turn, type UiState} from './types.ts';

export type Welcoming = UiState & {readonly screen: Extract<Screen, {readonly name: 'welcome'}>};

/** What can be done from the first page, with its words. */
export const welcomeMenu = (
	state: UiState,
): ReadonlyArray<{readonly id: 'begin' | 'all' | 'quit'; readonly label: string}> => [
	{
		id: 'begin',
		label: state.found?.earlier?.resumable
			? 'Go on with the earlier run'
			: state.given.length > 0
				? 'Begin: only missing answers are asked for'
				: 'Begin',
	},
	...(state.given.length > 0 ? [{id: 'all', label: 'Go through all questions'} as const] : []),
	{id: 'quit', label: 'Quit'},
];

/** Keys of the first page. */
export const welcomeKey = (state: Welcoming, env: Env, key: Key): Turn => {
	const menu = welcomeMenu(state);
	const chosen = key.id === 'return' || key.id === 'right' ? state.screen.menu : digit(key, menu.length);
	if (chosen !== undefined) {
		switch (menu[chosen]?.id) {
			case 'begin':
				return openQuestions(state, env, firstScope(state, env));
			case 'all':
				return openQuestions(state, env, {kind: 'all'});
			default:
				return turn({...state, quitting: true});
		}
	}
	if (key.id === 'text' && key.text === 'q') return turn({...state, quitting: true});
	return turn({
		...state,
		screen: {...state.screen, menu: listMove(key, state.screen.menu, menu.length) ?? state.screen.menu},
	});
};
