import {addItem, itemCount} from '../../answers/draft.ts';
import {optionsOf} from '../../answers/form/answering.ts';
import type {Scope} from '../../answers/form/asking.ts';
import {complaintAt, judgeForm, withoutMember} from '../../answers/form/form.ts';
import {topics} from '../../answers/questions.ts';
import {withoutTest} from './asking/login.ts';
import {offerNames} from './asking/offers.ts';
import {type Entry, entriesOf, entryAt, questionnaireOf, spotOf, topicsIn} from './entries.ts';
import {commit, judged, openField} from './field.ts';
import {lookAt} from './looks.ts';
import {openReview} from './open-review.ts';
import type {Spot} from './screen.ts';
import {after, type On, type Turn, turn, type UiState} from './types.ts';

type Asking = On<'questions'>;

/** The row in focus. */
export const inFocus = (state: Asking): Entry | undefined => entryAt(questionnaireOf(state), state.screen.spot);

/** The state at a place in the questionnaire, with its field open. */
const at = (state: UiState, scope: Scope, spot: Spot): Asking => {
	const there: Asking = {...state, screen: {name: 'questions', scope, spot, field: {kind: 'none'}, removing: false}};
	return {...there, screen: {...there.screen, field: openField(there, inFocus(there))}};
};

/** Goes to a place in the questionnaire that is open. */
export const goTo = (state: Asking, spot: Spot): Turn => offerNames(at(state, state.screen.scope, spot));

/** Opens the questionnaire at its first topic, or at `path`. Without anything to ask the review page comes. */
export const openQuestions = (state: UiState, scope: Scope, path?: string): Turn => {
	const questionnaire = questionnaireOf(at(state, scope, {topic: 0, focus: 0}));
	const spot = path === undefined ? undefined : spotOf(questionnaire, path);
	if (spot) return offerNames(at(state, scope, spot));
	const [first] = topicsIn(questionnaire);
	return first === undefined ? openReview(state) : offerNames(at(state, scope, {topic: first, focus: 0}));
};

/** Takes the field as the answer, valid or not; a typed secret goes to the session. */
export const take = (state: Asking): Turn<Asking> => {
	const entry = inFocus(state);
	const {form, secret, complaint} = commit(state, entry, state.screen.field);
	const next = {...state, ...form};
	if (complaint !== undefined && entry?.kind === 'question')
		return turn({...next, notice: {role: 'bad', text: `${entry.question.label} ${complaint}`}});
	if (entry?.kind !== 'question') return turn(next);
	if (secret !== undefined) {
		const {[entry.path]: _typedBefore, ...looks} = next.looks;
		const kept = turn(
			{...withoutTest(next, entry.path), looks},
			{type: 'keep-secret', path: entry.path, value: secret},
		);
		return after(kept, (typed: Asking) => lookAt(typed, entry.path));
	}
	return complaintAt(next, entry.path) === undefined ? lookAt(next, entry.path) : turn(next);
};

/** What is said of a choice whose list was moved in, but nothing taken of it. */
const notTaken = (state: Asking): Turn<Asking> => {
	const entry = inFocus(state);
	const {field} = state.screen;
	if (entry?.kind !== 'question' || field.kind !== 'choice') return turn(state);
	const stays = openField(state, entry);
	if (stays.kind !== 'choice' || stays.index === field.index) return turn(state);
	const answer = optionsOf(entry.question)[stays.index] ?? '';
	const text = `${entry.question.label} stays ${answer}: only Enter takes what is marked.`;
	return turn({...state, notice: {role: 'plain', text}});
};

/** Takes what was typed before the focus leaves, whether valid or not: nothing typed is lost. */
export const leave = (state: Asking): Turn<Asking> => {
	const {field} = state.screen;
	return field.kind === 'line' && field.touched ? take(state) : notTaken(state);
};

/** The questionnaire at the question for an answer, with all questions asked where the ones of the scope do not lead to it. */
export const questionAt = (state: Asking, path: string): Asking | undefined => {
	const {scope} = state.screen;
	const wide: Scope = scope.kind === 'mend' ? scope : {kind: 'all'};
	for (const advanced of [state.advanced, true]) {
		const there: Asking = {...state, advanced, screen: {...state.screen, scope: wide}};
		const spot = spotOf(questionnaireOf(there), path);
		if (spot) return at(there, wide, spot);
	}
	return undefined;
};

/** Leads to the first answer that is not valid and says what is wrong with it. */
const refuse = (state: Asking, {path, message}: {readonly path: string; readonly message: string}): Turn => {
	const notice = {role: 'bad', text: `${path} ${message}`} as const;
	const there = questionAt(state, path);
	if (!there) return turn({...state, notice});
	const field = judged(there, inFocus(there), there.screen.field);
	// A field says by itself what is wrong with it.
	const isTold = field.kind !== 'none' && field.message !== undefined;
	return turn({...there, notice: isTold ? undefined : notice, screen: {...there.screen, field}});
};

/** What follows the last question of the scope. */
export const finish = (state: Asking): Turn => {
	const result = judgeForm(state);
	if (!result.ok) {
		const [issue = {path: 'The form', message: 'is not valid.'}] = result.issues;
		return refuse(state, issue);
	}
	if (state.screen.scope.kind !== 'mend') return openReview(state);
	const decided = {decision: 'edit', answers: result.answers} as const;
	return turn({...state, screen: {name: 'run'}}, {type: 'decide', decided});
};

/** Goes from a member to its list, to the row that fits. */
const toList = (state: Asking, fits: (entry: Entry) => boolean): Turn => {
	const {topic} = state.screen.spot;
	const focus = entriesOf(questionnaireOf(state), topic).findIndex(fits);
	return goTo(state, {topic, focus: Math.max(0, focus)});
};

/** Goes on to the next topic of the scope, or finishes. A member of a list goes back to its list. */
export const nextTopic = (state: Asking): Turn => {
	const {spot} = state.screen;
	if (spot.item !== undefined) return toList(state, ({kind}) => kind === 'next');
	const next = topicsIn(questionnaireOf(state)).find((topic) => topic > spot.topic);
	return next === undefined ? finish(state) : goTo(state, {topic: next, focus: 0});
};

/** Where one comes from: back before the first topic leads there. */
const out = (state: Asking): Turn => {
	switch (state.screen.scope.kind) {
		case 'mend': {
			const text = 'Not tried again. The answers stay as they are now: "Edit answers" goes on with them.';
			return turn({...state, notice: {role: 'plain', text}, screen: {name: 'run'}});
		}
		case 'topic':
			return openReview(state);
		default:
			return turn({...state, screen: {name: 'welcome', menu: 0}});
	}
};

/** Goes back: from a member to its list, else to the topic before, else out of the questionnaire. */
export const back = (state: Asking): Turn => {
	const {spot} = state.screen;
	if (spot.item !== undefined) return toList(state, (entry) => entry.kind === 'item' && entry.index === spot.item);
	const before = topicsIn(questionnaireOf(state)).findLast((topic) => topic < spot.topic);
	return before === undefined ? out(state) : goTo(state, {topic: before, focus: 0});
};

/** Adds a member to the list of the topic in focus and goes to its questions. */
export const addMember = (state: Asking): Turn => {
	const {topic} = state.screen.spot;
	const list = topics[topic]?.repeat;
	if (list === undefined) return turn(state);
	const item = itemCount(state.draft, list);
	return goTo({...state, draft: addItem(state.draft, list)}, {topic, item, focus: 0});
};

/** Removes the member in focus. */
export const removeMember = (state: Asking): Turn => {
	const {topic, focus} = state.screen.spot;
	const list = topics[topic]?.repeat;
	const entry = inFocus(state);
	if (list === undefined || entry?.kind !== 'item') return turn(state);
	return goTo({...state, ...withoutMember(state, list, entry.index)}, {topic, focus: Math.max(0, focus - 1)});
};

/** Goes to another row of the topic, and stays at its ends. */
export const focusOn = (state: Asking, focus: number): Turn =>
	after(leave(state), (left) => {
		const {spot} = left.screen;
		const count = entriesOf(questionnaireOf(left), spot.topic, spot.item).length;
		return goTo(left, {...spot, focus: Math.max(0, Math.min(count - 1, focus))});
	});
