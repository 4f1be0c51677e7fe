import type {HalfTyped} from '../../../answers/form/form.ts';
import {entryAt, questionnaireOf} from '../entries.ts';
import {judged} from '../field.ts';
import {lineOf} from '../line.ts';
import {isOn, type UiState} from '../types.ts';

/** The question in focus, where a text is typed that may be seen. */
const fieldIn = (state: UiState) => {
	if (!isOn(state, 'questions')) return undefined;
	const entry = entryAt(questionnaireOf(state), state.screen.spot);
	const {field} = state.screen;
	// What is typed at a secret may be one, also where it begins like a reference.
	return entry?.kind === 'question' && field.kind === 'line' && !field.masked ? {state, entry, field} : undefined;
};

/** What is typed and not entered; never anything of a secret. */
export const halfTypedIn = (state: UiState): HalfTyped | undefined => {
	const found = fieldIn(state);
	if (!found?.field.touched) return undefined;
	return {path: found.entry.path, text: found.field.line.text};
};

/** Is it the same text at the same question? */
export const isSameTyped = (one: HalfTyped | undefined, other: HalfTyped | undefined): boolean =>
	one?.path === other?.path && one?.text === other?.text;

/** The questionnaire with what was typed before in its field; undefined where that question is not in focus. */
export const withHalfTyped = (there: UiState, {path, text}: HalfTyped): UiState | undefined => {
	const found = fieldIn(there);
	if (found?.entry.path !== path) return undefined;
	const {state, entry, field} = found;
	const typed = {...field, line: lineOf(text), proposed: false, touched: true};
	return {...state, screen: {...state.screen, field: judged(state, entry, typed)}};
};
