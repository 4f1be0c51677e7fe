import type {Scope} from '../../answers/form/asking.ts';
import {judgeForm} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import type {PlanPage} from '../../engine/plan.ts';
import {pagesOf, untoldLoss} from '../../engine/plan-view.ts';
import type {Extent} from '../terminal/layout.ts';
import {digit, isLetter, type Key, listMove, move, ringMove, scrollMove, takes} from './keys.ts';
import {openReview} from './open-review.ts';
import {openQuestions} from './questions.ts';
import {detailsKey, openings} from './review-parts/details.ts';
import {topicsToMend} from './review-parts/to-mend.ts';
import {type ReviewButton, reviewButtonOrder} from './screen.ts';
import {after, type Env, type Notice, type On, type Turn, turn, type UiState} from './types.ts';

type Reviewing = On<'review'>;

/** What is to be read before the start; empty while the plan is looked at. */
export const pagesToRead = ({plan}: Pick<UiState, 'plan'>): readonly PlanPage[] =>
	plan.status === 'ready' ? pagesOf(plan.view) : [];

/** What can be done from the review page now, in order. What comes with the plan comes behind what is always there. */
export const reviewButtons = (state: Pick<UiState, 'plan'>): readonly ReviewButton[] =>
	reviewButtonOrder.filter((button) => {
		if (button === 'read') return pagesToRead(state).length > 0;
		return button !== 'details' || openings(state).length > 0;
	});

/** The first row in view. */
export const topOf = ({screen: {top}}: Reviewing, {total, end}: Extent): number =>
	top === 'end' ? (end ?? total) : top;

const isInView = (top: number, {total, height, matter}: Extent): boolean =>
	matter !== undefined && Math.min(top, Math.max(0, total - height)) + height > matter;

/** True once rows of the plan are, or were, on the screen. */
const isSeen = (state: Reviewing, extent: Extent): boolean =>
	state.screen.seen === true || isInView(topOf(state, extent), extent);

/** The button that is proposed: a plan with problems would stop at the first, and one that was not on the screen is read first. */
const proposed = (state: Reviewing, extent: Extent): ReviewButton => {
	const {plan} = state;
	if (plan.status === 'ready' && plan.view.steps.some((step) => step.state === 'problem')) return 'change';
	return isSeen(state, extent) ? 'start' : 'read';
};

/** The button in focus: the chosen one, else the one that is proposed. */
export const focusOf = (state: Reviewing, extent: Extent): ReviewButton =>
	[state.screen.menu, proposed(state, extent)].find((button) => button && reviewButtons(state).includes(button)) ??
	'start';

/** The page with a row at its top. */
export const scrolledTo = (state: Reviewing, extent: Extent, top: number): Reviewing => ({
	...state,
	screen: {...state.screen, top, seen: isSeen(state, extent) || isInView(top, extent)},
});

/** What scrolling comes to; End stays at the plan that is not there yet. */
const scrolled = (state: Reviewing, extent: Extent, key: Key): Reviewing['screen'] | undefined => {
	const to = scrollMove(key, topOf(state, extent), extent);
	if (to === undefined) return undefined;
	const {screen} = scrolledTo(state, extent, to);
	return move(key) === 'end' && state.plan.status === 'looking' ? {...screen, top: 'end'} : screen;
};

/** Why nothing can be started yet, in one row; undefined where the plan is there to be agreed to. */
const notYet = ({plan, words}: Reviewing): Notice | undefined => {
	if (plan.status === 'failed')
		return {role: 'bad', text: 'The plan is not known: mend what is said above; p looks again.'};
	if (plan.status !== 'ready')
		return {role: 'warn', text: 'Wait until the whole plan was looked at: whoever starts agrees to it.'};
	if (words.consent === undefined || !untoldLoss(plan.view)) return undefined;
	return {role: 'bad', text: 'What is lost is not known: mend what is said above; p looks again.'};
};

const start = (state: Reviewing): Turn => {
	const judged = judgeForm(state);
	if (!judged.ok) {
		const [issue] = judged.issues;
		const text = issue ? `${issue.path} ${issue.message}.` : 'Some answers are not valid.';
		return turn({...state, notice: {role: 'bad', text: `${text} Choose "Change an answer".`}});
	}
	const next = {...state, refused: undefined, started: true, screen: {name: 'run'}} as const;
	return turn(next, {type: 'start', answers: judged.answers});
};

/** What is not known cannot be agreed to: a look that met a problem shows it. The button in focus stays the one that was. */
const waitFor = (state: Reviewing, notice: Notice): Turn => {
	const top = state.plan.status === 'looking' ? state.screen.top : 'end';
	return turn({...state, notice, screen: {...state.screen, top}});
};

/** A plan that takes something away is started by a yes. */
const begin = (state: Reviewing): Turn => {
	const chosen: Reviewing = {...state, screen: {...state.screen, menu: 'start'}};
	if (!judgeForm(state).ok) return start(chosen);
	const reason = notYet(state);
	if (reason) return waitFor(state, reason);
	const {consent} = state.words;
	if (consent === undefined) return start(chosen);
	return turn({
		...chosen,
		notice: {role: 'warn', text: `${consent} y/n`},
		screen: {...chosen.screen, consenting: true},
	});
};

const onConsent = (state: Reviewing, key: Key): Turn => {
	const asked: Reviewing = {...state, screen: {...state.screen, consenting: false}};
	return isLetter(key, 'y') ? start(asked) : turn(asked);
};

/** Leaves the review page for questions: what is being looked at is looked at again behind them. */
const toQuestions = (state: Reviewing, scope: Scope): Turn =>
	after(turn(state, {type: 'cancel-plan'}), (left) => openQuestions(left, scope));

const press = (state: Reviewing, menu: ReviewButton): Turn => {
	switch (menu) {
		case 'start':
			return begin(state);
		case 'read':
			return turn({...state, screen: {...state.screen, menu, seen: true, reading: {page: 0, top: 0}}});
		case 'details':
			return turn({...state, screen: {...state.screen, menu, seen: true, details: {focus: 0}}});
		case 'change':
			return turn({...state, screen: {...state.screen, menu, choosing: [...topicsToMend(state)][0] ?? 0}});
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

/** Keys of the pages that are read before the start: left and right turn them, Esc closes them. */
const onPages = (state: Reviewing, env: Env, key: Key): Turn => {
	const {screen} = state;
	const {page = 0, top = 0} = screen.reading ?? {};
	const to = (reading: Reviewing['screen']['reading']): Turn => turn({...state, screen: {...screen, reading}});
	if (key.id === 'escape') return to(undefined);
	const moved = scrollMove(key, top, env.extent(state));
	if (moved !== undefined) return to({page, top: moved});
	const count = pagesToRead(state).length;
	const turned = key.id === 'return' ? (page + 1) % count : ringMove(key, page, count);
	const next = digit(key, count) ?? turned;
	return to(next === undefined ? {page, top} : {page: next, top: 0});
};

/** Keys of the buttons: left and right choose one, Enter and its number press it. Undefined for other keys. */
const onButtons = (state: Reviewing, extent: Extent, key: Key): Turn | undefined => {
	const buttons = reviewButtons(state);
	const focus = focusOf(state, extent);
	// Whoever goes to the button and takes it means it; a digit may have been typed for another page.
	if (key.id === 'return' && focus === 'quit') return turn(state, {type: 'exit', result: {ended: 'quit'}});
	const chosen = key.id === 'return' ? focus : reviewButtonOrder[digit(key, reviewButtonOrder.length) ?? -1];
	if (chosen !== undefined) return buttons.includes(chosen) ? press(state, chosen) : turn(state);
	const menu = buttons[ringMove(key, buttons.indexOf(focus), buttons.length) ?? -1];
	return menu && turn({...state, screen: {...state.screen, menu}});
};

/** Keys of the review page: up and down scroll, left and right choose a button. */
export const reviewKey = (state: Reviewing, env: Env, key: Key): Turn => {
	const {screen} = state;
	if (screen.consenting) return onConsent(state, key);
	if (screen.choosing !== undefined) return onTopics(state, screen.choosing, key);
	if (screen.reading !== undefined) return onPages(state, env, key);
	if (screen.details !== undefined) return detailsKey(state, env, key, screen.details);
	const extent = env.extent(state);
	const moved = scrolled(state, extent, key);
	if (moved !== undefined) return turn({...state, screen: moved});
	const pressed = onButtons(state, extent, key);
	if (pressed) return pressed;
	if (key.id === 'escape') return toQuestions(state, {kind: 'all'});
	if (isLetter(key, 'd')) return turn({...state, screen: {...screen, details: {focus: 0}}});
	return isLetter(key, 'p') ? openReview(state) : turn(state);
};
