import type {Scope} from '../../answers/form/asking.ts';
import {judgeForm} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import {digit, isLetter, type Key, listMove, move, ringMove, scrollMove, takes} from './keys.ts';
import {openReview} from './open-review.ts';
import {openQuestions} from './questions.ts';
import {after, type Env, type On, type Turn, turn} from './types.ts';

type Reviewing = On<'review'>;

/** What can be done from the review page, in order. */
export const reviewButtons = ['start', 'change', 'save', 'quit'] as const;
export type ReviewButton = (typeof reviewButtons)[number];

const start = (state: Reviewing): Turn => {
	const judged = judgeForm(state);
	if (!judged.ok) {
		const [issue] = judged.issues;
		const text = issue ? `${issue.path} ${issue.message}.` : 'Some answers are not valid.';
		return turn({...state, notice: {role: 'bad', text: `${text} Choose "Change an answer".`}});
	}
	const next = {...state, refused: undefined, started: true, screen: {name: 'run'}} as const;
	return turn(next, {type: 'cancel-plan'}, {type: 'start', answers: judged.answers});
};

/** Leaves the review page for questions: what is being looked at is looked at again behind them. */
const toQuestions = (state: Reviewing, scope: Scope): Turn =>
	after(turn(state, {type: 'cancel-plan'}), (left) => openQuestions(left, scope));

const press = (state: Reviewing, menu: number): Turn => {
	switch (reviewButtons[menu]) {
		case 'start':
			return start(state);
		case 'change':
			return turn({...state, screen: {...state.screen, menu, choosing: 0}});
		case 'save':
			return turn({...state, screen: {...state.screen, menu}}, {type: 'save-answers', draft: state.draft});
		default:
			return turn({...state, quitting: true});
	}
};

/** Keys of the list of topics, one of which is chosen to be changed. */
const onTopics = (state: Reviewing, choosing: number, key: Key): Turn => {
	const withChoice = (choice: number | undefined): Turn =>
		turn({...state, screen: {...state.screen, choosing: choice}});
	if (key.id === 'escape' || move(key) === 'left') return withChoice(undefined);
	const chosen = topics[takes(key) ? choosing : (digit(key, topics.length) ?? -1)];
	if (chosen) return toQuestions(state, {kind: 'topic', id: chosen.id});
	return withChoice(listMove(key, choosing, topics.length) ?? choosing);
};

/** Keys of the review page: up and down scroll, left and right choose a button. */
export const reviewKey = (state: Reviewing, env: Env, key: Key): Turn => {
	const {screen} = state;
	if (screen.choosing !== undefined) return onTopics(state, screen.choosing, key);
	const top = scrollMove(key, screen.top, env.extent(state));
	if (top !== undefined) return turn({...state, screen: {...screen, top}});
	const chosen = key.id === 'return' ? screen.menu : digit(key, reviewButtons.length);
	if (chosen !== undefined) return press(state, chosen);
	const menu = ringMove(key, screen.menu, reviewButtons.length);
	if (menu !== undefined) return turn({...state, screen: {...screen, menu}});
	if (key.id === 'escape') return toQuestions(state, {kind: 'all'});
	return isLetter(key, 'p') ? openReview(state) : turn(state);
};
