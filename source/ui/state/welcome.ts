import {firstScope, missingPaths} from '../../answers/form/asking.ts';
import type {HalfTyped} from '../../answers/form/form.ts';
import {withHalfTyped} from './asking/half-typed.ts';
import {digit, isLetter, type Key, listMove, scrollMove, takes} from './keys.ts';
import {openReview} from './open-review.ts';
import {openQuestions} from './questions.ts';
import {type Env, type On, type Turn, turn, type UiState} from './types.ts';

/** What can be done from the first page. */
export type WelcomeChoice = 'unfinished' | 'begin' | 'all' | 'quit';

/** What can be done from the first page, in order: all questions are offered where only some would be asked. */
export const welcomeMenu = ({given, unfinished}: Pick<UiState, 'given' | 'unfinished'>): readonly WelcomeChoice[] => {
	const all = given.length > 0 ? (['all'] as const) : [];
	if (unfinished === undefined) return ['begin', ...all, 'quit'];
	return unfinished.first ? ['unfinished', 'begin', ...all, 'quit'] : ['begin', 'unfinished', ...all, 'quit'];
};

/** The question at which something was typed and not entered, among advanced ones too; undefined where it is asked no more. */
const atHalfTyped = (state: UiState, halfTyped: HalfTyped): Turn | undefined => {
	for (const advanced of [false, true]) {
		const opened = openQuestions({...state, advanced}, {kind: 'all'}, halfTyped.path);
		const there = withHalfTyped(opened.state, halfTyped);
		if (there) return {...opened, state: there};
	}
	return undefined;
};

/** Goes on where an earlier sitting came to: at what was typed and not entered, else at the first answer that is missing, with all questions around it. */
const goOn = (state: On<'welcome'>): Turn => {
	if (state.unfinished === undefined) return turn(state);
	const {draft, untyped, halfTyped} = state.unfinished;
	const next = {...state, draft, untyped, unfinished: undefined};
	const typed = halfTyped && atHalfTyped(next, halfTyped);
	if (typed) return typed;
	const [missing] = missingPaths(next);
	return missing === undefined ? openReview(next) : openQuestions(next, {kind: 'all'}, missing);
};

const choose = (state: On<'welcome'>, choice: WelcomeChoice): Turn => {
	switch (choice) {
		case 'unfinished':
			return goOn(state);
		case 'begin':
			return openQuestions(state, firstScope(state, state.given));
		case 'all':
			return openQuestions(state, {kind: 'all'});
		case 'quit':
			return turn({...state, quitting: true});
	}
};

/** Keys of the first page. */
export const welcomeKey = (state: On<'welcome'>, env: Env, key: Key): Turn => {
	const {screen} = state;
	const choices = welcomeMenu(state);
	const chosen = choices[takes(key) ? screen.menu : (digit(key, choices.length) ?? -1)];
	// A digit may be one that was typed for another page; whoever goes to the line and takes it means it.
	if (chosen === 'quit' && takes(key)) return turn(state, {type: 'exit', result: {ended: 'quit'}});
	if (chosen) return choose(state, chosen);
	if (isLetter(key, 'q')) return turn({...state, quitting: true});
	// Up and down are for the menu.
	const pages = key.id === 'pageup' || key.id === 'pagedown';
	const top = pages ? scrollMove(key, screen.top ?? 0, env.extent(state)) : undefined;
	if (top !== undefined) return turn({...state, screen: {...screen, top}});
	const menu = listMove(key, screen.menu, choices.length) ?? screen.menu;
	return turn({...state, screen: {...screen, menu}});
};
