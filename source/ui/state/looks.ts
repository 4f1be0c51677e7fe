import {labelAt} from '../../answers/form/label.ts';
import {lookedWithIt, looksSame} from '../../answers/form/looked-with.ts';
import {entryAt, questionnaireOf} from './entries.ts';
import {after, isOn, type Look, type Turn, turn, type UiEvent, type UiState} from './types.ts';

/** What was seen of an answer as it is now; undefined where nobody looked, or something that it was looked at with was changed since. */
export const lookOf = ({looks, draft}: Pick<UiState, 'looks' | 'draft'>, path: string): Look | undefined => {
	const look = looks[path];
	return look !== undefined && looksSame(look.draft, draft, path) ? look : undefined;
};

/** What was looked at already as it is now is left alone. */
const begin = <State extends UiState>(state: State, path: string): Turn<State> => {
	const {draft} = state;
	if (lookOf(state, path) !== undefined) return turn(state);
	return turn({...state, looks: {...state.looks, [path]: {draft}}}, {type: 'look', draft, path});
};

/** Begins a look at an answer, given or emptied, and a new one at those that were looked at with another answer here before. */
export const lookAt = <State extends UiState>(state: State, path: string): Turn<State> => {
	return [path, ...lookedWithIt(Object.keys(state.looks), path)].reduce<Turn<State>>(
		(before, one) => after(before, (next: State) => begin(next, one)),
		turn(state),
	);
};

/** Takes what was seen of an answer. What is wrong is told at once: the focus has moved on meanwhile. */
export const lookedAt = (state: UiState, {path, draft, seen}: Extract<UiEvent, {readonly type: 'looked'}>): UiState => {
	if (!looksSame(draft, state.draft, path)) return state;
	const next = {...state, looks: {...state.looks, [path]: {draft, seen: seen ?? {ok: true, text: ''}}}};
	if (seen === undefined || seen.ok || !isOn(state, 'questions') || state.notice !== undefined) return next;
	const entry = entryAt(questionnaireOf(state), state.screen.spot);
	// It stands below its question already.
	if (entry?.kind === 'question' && entry.path === path) return next;
	return {...next, notice: {role: 'warn', text: `${labelAt(path)}: ${seen.text}`}};
};
