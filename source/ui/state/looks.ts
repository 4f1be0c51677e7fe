import {type DraftValue, getAt} from '../../answers/draft.ts';
import {labelAt} from '../../answers/form/asking.ts';
import {isOn, type Look, type Turn, turn, type UiEvent, type UiState} from './types.ts';

/** Begins a look at an answer that was given; one that was looked at already is left alone. */
export const lookAt = <State extends UiState>(state: State, path: string): Turn<State> => {
	const value = getAt(state.draft, path);
	if (value === undefined || state.looks[path]?.value === value) return turn(state);
	const looks = {...state.looks, [path]: {value}};
	return turn({...state, looks}, {type: 'look', draft: state.draft, path});
};

/** What was seen of an answer as it is now; undefined where nobody looked, or it was changed since. */
export const lookOf = ({looks, draft}: Pick<UiState, 'looks' | 'draft'>, path: string): Look | undefined => {
	const look = looks[path];
	return look !== undefined && look.value === getAt(draft, path) ? look : undefined;
};

const isStill = (state: UiState, path: string, value: DraftValue): boolean => getAt(state.draft, path) === value;

/** Takes what was seen of an answer. What is wrong is told at once: the focus has moved on meanwhile. */
export const lookedAt = (state: UiState, {path, value, seen}: Extract<UiEvent, {readonly type: 'looked'}>): UiState => {
	if (!isStill(state, path, value)) return state;
	const next = {...state, looks: {...state.looks, [path]: {value, seen: seen ?? {ok: true, text: ''}}}};
	if (seen === undefined || seen.ok || !isOn(state, 'questions') || state.notice !== undefined) return next;
	return {...next, notice: {role: 'warn', text: `${labelAt(path)}: ${seen.text}`}};
};
