import type {Draft} from '../../answers/draft.ts';
import {type Asked, type Entry, entriesOf, entryAt, missingPaths, spotOf, topicsIn} from './entries.ts';
import {type Committed, commit, judged, openField} from './field.ts';
import {openReview} from './review.ts';
import type {Effect, Env, Field, Scope, Screen, Spot, Turn, UiState} from './types.ts';
import {turn} from './types.ts';
import {checkDraft, untypedAfterRemoval, untypedIn, untypedMessage} from './untyped.ts';

type Questions = Extract<Screen, {readonly name: 'questions'}>;
export type Asking = UiState & {readonly screen: Questions};

/** The questionnaire of a state on the questions screen. */
export const askedOf = (state: Asking, env: Env): Asked => ({
	form: env.form,
	draft: state.draft,
	scope: state.screen.scope,
	advanced: state.advanced,
});

/** Goes to a place with its field open. */
export const goTo = (state: UiState, env: Env, scope: Scope, spot: Spot, effects: readonly Effect[] = []): Turn => {
	const asked = {form: env.form, draft: state.draft, scope, advanced: state.advanced};
	const field = openField(env.form, state.draft, entryAt(asked, spot));
	return turn({...state, screen: {name: 'questions', scope, spot, field, removing: false}}, ...effects);
};

/** Opens the questionnaire at its first topic, or at `path`. Without anything to ask the review page comes. */
export const openQuestions = (state: UiState, env: Env, scope: Scope, path?: string): Turn => {
	const asked = {form: env.form, draft: state.draft, scope, advanced: state.advanced};
	const spot = path === undefined ? undefined : spotOf(asked, path);
	const first = topicsIn(asked)[0];
	if (spot) return goTo(state, env, scope, spot);
	return first === undefined ? openReview(state, env) : goTo(state, env, scope, {topic: first, focus: 0});
};

/** The scope of a first pass: with answers from outside only what is missing, else everything. */
export const firstScope = (state: UiState, env: Env): Scope =>
	state.given.length > 0
		? {kind: 'missing', paths: [...missingPaths(env.form, state.draft), ...untypedIn(state, env.form)]}
		: {kind: 'all'};

/** The state with what was committed: a secret that was typed just now is no longer missing. */
export const withCommitted = (state: Asking, {draft, effects}: Committed): Asking => {
	const kept = effects.flatMap((effect) => (effect.type === 'keep-secret' ? [effect.path] : []));
	return {...state, draft, untyped: state.untyped.filter((path) => !kept.includes(path))};
};

/** The field with what is wrong with it; a secret that is to be typed again must not be passed over. */
export const judgedIn = (state: Asking, env: Env, entry: Entry | undefined, field: Field): Field => {
	const open = field.kind === 'line' && field.masked && field.line.text === '' && entry?.kind === 'question';
	return open && untypedIn(state, env.form).includes(entry.path)
		? {...field, message: untypedMessage}
		: judged(env.form, state.draft, entry, field);
};

/** Writes what was typed into the draft before the focus leaves, whether valid or not: nothing typed is lost. */
export const leave = (state: Asking, env: Env): {readonly state: Asking; readonly effects: readonly Effect[]} => {
	const {screen, draft} = state;
	const typed = screen.field.kind === 'line' && screen.field.touched;
	if (!typed) return {state, effects: []};
	const done = commit(env.form, draft, entryAt(askedOf(state, env), screen.spot), screen.field);
	return {state: withCommitted(state, done), effects: done.effects};
};

/** What follows the last question of the scope. */
export const finish = (state: Asking, env: Env): Turn => {
	const {scope} = state.screen;
	const result = checkDraft(state, env.form);
	if (result.ok) {
		if (scope.kind !== 'mend') return openReview(state, env);
		return turn(
			{...state, screen: {name: 'run'}},
			{type: 'decide', decided: {decision: 'edit', answers: result.answers}},
		);
	}
	const issue = result.issues[0];
	const notice = {role: 'bad', text: issue ? `${issue.path} ${issue.message}` : 'Some answers are not valid.'} as const;
	const wide: Scope = scope.kind === 'mend' ? scope : {kind: 'all'};
	const found = [state.advanced, true]
		.map((advanced) => ({advanced, spot: issue && spotOf({...askedOf(state, env), scope: wide, advanced}, issue.path)}))
		.find(({spot}) => spot !== undefined);
	if (!found?.spot) return turn({...state, notice});
	const at = goTo({...state, advanced: found.advanced}, env, wide, found.spot).state as Asking;
	const field = judgedIn(at, env, entryAt(askedOf(at, env), found.spot), at.screen.field);
	return turn({...at, notice, screen: {...at.screen, field}});
};

/** Goes on to the next topic of the scope, or finishes. A member of a list goes back to its list. */
export const nextTopic = (state: Asking, env: Env, effects: readonly Effect[] = []): Turn => {
	const {scope, spot} = state.screen;
	const asked = askedOf(state, env);
	if (spot.item !== undefined) {
		const entries = entriesOf(asked, spot.topic);
		const focus = entries.findIndex((entry) => entry.kind === 'next');
		return goTo(state, env, scope, {topic: spot.topic, focus: Math.max(0, focus)}, effects);
	}
	const next = topicsIn(asked).find((topic) => topic > spot.topic);
	if (next !== undefined) return goTo(state, env, scope, {topic: next, focus: 0}, effects);
	const end = finish(state, env);
	return {...end, effects: [...effects, ...end.effects]};
};

/** Goes back: from a member to its list, else to the topic before, else out of the questionnaire. */
export const back = (state: Asking, env: Env, effects: readonly Effect[] = []): Turn => {
	const {scope, spot} = state.screen;
	const asked = askedOf(state, env);
	if (spot.item !== undefined) {
		const entries = entriesOf(asked, spot.topic);
		const focus = entries.findIndex((entry) => entry.kind === 'item' && entry.index === spot.item);
		return goTo(state, env, scope, {topic: spot.topic, focus: Math.max(0, focus)}, effects);
	}
	const before = topicsIn(asked).findLast((topic) => topic < spot.topic);
	if (before !== undefined) return goTo(state, env, scope, {topic: before, focus: 0}, effects);
	if (scope.kind === 'mend') {
		const notice = {
			role: 'plain',
			text: 'Not tried again. What you typed is kept: "Edit answers" goes on with it.',
		} as const;
		return turn({...state, notice, screen: {name: 'run'}}, ...effects);
	}
	if (scope.kind === 'change') {
		const review = openReview(state, env);
		return {...review, effects: [...effects, ...review.effects]};
	}
	return turn({...state, screen: {name: 'welcome', menu: 0}}, ...effects);
};

/** The draft after adding a member to the list of the topic in focus, and where its questions begin. */
export const addMember = (state: Asking, env: Env): Turn => {
	const {scope, spot} = state.screen;
	const topic = env.form.topics[spot.topic];
	if (topic?.repeat === undefined) return turn(state);
	const item = env.form.itemCount(state.draft, topic.repeat);
	const draft: Draft = env.form.addItem(state.draft, topic.repeat);
	const wide: Scope = scope.kind === 'missing' ? {kind: 'all'} : scope;
	return goTo({...state, draft}, env, wide, {topic: spot.topic, item, focus: 0});
};

/** Removes the member in focus. */
export const removeMember = (state: Asking, env: Env): Turn => {
	const {scope, spot} = state.screen;
	const topic = env.form.topics[spot.topic];
	const entry = entryAt(askedOf(state, env), spot);
	if (topic?.repeat === undefined || entry?.kind !== 'item') return turn(state);
	const draft = env.form.removeItem(state.draft, topic.repeat, entry.index);
	const untyped = untypedAfterRemoval({untyped: state.untyped, draft}, env.form, topic.repeat, entry.index);
	return goTo({...state, draft, untyped}, env, scope, {topic: spot.topic, focus: Math.max(0, spot.focus - 1)});
};
