import {firstScope} from '../../answers/form/asking.ts';
import {digit, isLetter, type Key, listMove, takes} from './keys.ts';
import {openQuestions} from './questions.ts';
import {type On, type Turn, turn, type UiState} from './types.ts';

/** What can be done from the first page. */
export type WelcomeChoice = 'begin' | 'all' | 'quit';

/** What can be done from the first page, in order: all questions are offered where only some would be asked. */
export const welcomeMenu = ({given}: Pick<UiState, 'given'>): readonly WelcomeChoice[] =>
	given.length > 0 ? ['begin', 'all', 'quit'] : ['begin', 'quit'];

const choose = (state: On<'welcome'>, choice: WelcomeChoice): Turn => {
	switch (choice) {
		case 'begin':
			return openQuestions(state, firstScope(state, state.given));
		case 'all':
			return openQuestions(state, {kind: 'all'});
		case 'quit':
			return turn({...state, quitting: true});
	}
};

/** Keys of the first page. */
export const welcomeKey = (state: On<'welcome'>, key: Key): Turn => {
	const {screen} = state;
	const choices = welcomeMenu(state);
	const chosen = choices[takes(key) ? screen.menu : (digit(key, choices.length) ?? -1)];
	if (chosen) return choose(state, chosen);
	if (isLetter(key, 'q')) return turn({...state, quitting: true});
	const menu = listMove(key, screen.menu, choices.length) ?? screen.menu;
	return turn({...state, screen: {...screen, menu}});
};
