import {reviewRows} from '../content/review.ts';
import {digit, type Key, listMove, move, scrollMove} from './keys.ts';
import {bodyColumns, pageRows} from './layout.ts';
import {openQuestions} from './questions.ts';
import {type Effect, type Env, type Screen, type Turn, turn, type UiState} from './types.ts';
import {checkDraft} from './untyped.ts';

export type Reviewing = UiState & {readonly screen: Extract<Screen, {readonly name: 'review'}>};

export const reviewButtons = ['Start', 'Change an answer', 'Save answers', 'Quit'] as const;

/** Opens the review page and begins to look at what would be done. */
export const openReview = (state: UiState, env: Env): Turn => {
	const checked = checkDraft(state, env.form);
	const {refused: _refused, ...rest} = state;
	const next: UiState = {...rest, screen: {name: 'review', top: 0, menu: 0}};
	return checked.ok
		? turn(
				{...next, plan: {status: 'looking', title: '', index: 0, count: 0}},
				{type: 'plan', answers: checked.answers},
			)
		: turn({...next, plan: {status: 'none'}});
};

const start = (state: Reviewing, env: Env): Turn => {
	const checked = checkDraft(state, env.form);
	if (!checked.ok) {
		const issue = checked.issues[0];
		const text = issue ? `${issue.path} ${issue.message}.` : 'Some answers are not valid.';
		return turn({...state, notice: {role: 'bad', text: `${text} Choose "Change an answer".`}});
	}
	const {refused: _refused, ...rest} = state;
	const effects: readonly Effect[] = [{type: 'cancel-plan'}, {type: 'start', answers: checked.answers}];
	return turn({...rest, started: true, screen: {name: 'run'}}, ...effects);
};

const press = (state: Reviewing, env: Env, button: number): Turn => {
	switch (reviewButtons[button]) {
		case 'Start':
			return start(state, env);
		case 'Change an answer':
			return turn({...state, screen: {...state.screen, menu: button, choosing: 0}});
		case 'Save answers':
			return turn({...state, screen: {...state.screen, menu: button}}, {type: 'save-answers', draft: state.draft});
		default:
			return turn({...state, quitting: true});
	}
};

const onChooser = (state: Reviewing, env: Env, choosing: number, key: Key): Turn => {
	const count = env.form.topics.length;
	const {choosing: _choosing, ...closed} = state.screen;
	if (key.id === 'escape' || move(key) === 'left') return turn({...state, screen: closed});
	const chosen = key.id === 'return' || key.id === 'right' ? choosing : digit(key, count);
	if (chosen !== undefined) {
		const opened = openQuestions(state, env, {kind: 'change', topic: chosen});
		return {...opened, effects: [{type: 'cancel-plan'}, ...opened.effects]};
	}
	return turn({...state, screen: {...state.screen, choosing: listMove(key, choosing, count) ?? choosing}});
};

/** Keys of the review page: up and down scroll, left and right choose a button. */
export const reviewKey = (state: Reviewing, env: Env, key: Key): Turn => {
	const {screen} = state;
	if (screen.choosing !== undefined) return onChooser(state, env, screen.choosing, key);
	const rows = reviewRows(state, env, bodyColumns(env.columns));
	const top = scrollMove(key, screen.top, rows.length, pageRows(env.rows));
	if (top !== undefined) return turn({...state, screen: {...screen, top}});
	const chosen = key.id === 'return' ? screen.menu : digit(key, reviewButtons.length);
	if (chosen !== undefined) return press(state, env, chosen);
	const last = reviewButtons.length - 1;
	switch (move(key)) {
		case 'left':
		case 'shift-tab':
			return turn({...state, screen: {...screen, menu: screen.menu === 0 ? last : screen.menu - 1}});
		case 'right':
		case 'tab':
			return turn({...state, screen: {...screen, menu: screen.menu === last ? 0 : screen.menu + 1}});
		case 'escape': {
			const opened = openQuestions(state, env, {kind: 'all'});
			return {...opened, effects: [{type: 'cancel-plan'}, ...opened.effects]};
		}
		default:
			return key.text === 'p' ? openReview(state, env) : turn(state);
	}
};
