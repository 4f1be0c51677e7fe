import {completed, offerBase, offerKindOf, offersFor} from '../../../answers/form/offers.ts';
import {type Entry, entryAt, questionnaireOf} from '../entries.ts';
import {judged} from '../field.ts';
import {lineOf} from '../line.ts';
import {isOn, type On, type Turn, turn, type UiEvent, type UiState} from '../types.ts';

type Asking = On<'questions'>;
type Asked = Extract<Entry, {readonly kind: 'question'}>;

/** The question in focus with its text, where something can be offered for it. */
const offeringAt = (state: Asking) => {
	const entry = entryAt(questionnaireOf(state), state.screen.spot);
	const {field} = state.screen;
	if (entry?.kind !== 'question' || field.kind !== 'line') return undefined;
	const {text} = field.line;
	const kind = offerKindOf({path: entry.path, kind: entry.question.kind}, text);
	if (kind === undefined) return undefined;
	return {entry, field, kind, text, base: offerBase(kind, text)};
};

const ask = (state: Asking, path: string, base: string, typed?: string): Turn => {
	const offers = {path, base, typed};
	return turn({...state, offers}, {type: 'offer', draft: state.draft, path, base});
};

/** Begins to look for names to offer when the focus comes to a question; files are looked for when Tab asks for them. */
export const offerNames = (state: Asking): Turn => {
	const asked = offeringAt(state);
	return asked === undefined || asked.kind === 'files' ? turn(state) : ask(state, asked.entry.path, asked.base);
};

const filled = (state: Asking, entry: Asked, text: string): Asking => {
	const {field} = state.screen;
	if (field.kind !== 'line' || field.line.text === text) return state;
	const next = {...field, line: lineOf(text), proposed: false, touched: true};
	return {...state, screen: {...state.screen, field: judged(state, entry, next)}};
};

/**
 * Completes what was typed, as a shell does: as far as all that goes on from it is the same. Undefined where nothing was typed, or
 * nothing can be added: the key then means what it means elsewhere.
 */
export const complete = (state: Asking): Turn | undefined => {
	const asked = offeringAt(state);
	if (asked === undefined || !asked.field.touched || asked.text === '') return undefined;
	const {entry, text, base} = asked;
	const {offers} = state;
	if (offers?.path !== entry.path || offers.base !== base)
		return asked.kind === 'files' ? ask(state, entry.path, base, text) : undefined;
	if (offers.all === undefined) return undefined;
	const longer = completed(offersFor(offers.all, base, text), text);
	return longer === text ? undefined : turn(filled(state, entry, longer));
};

type Come = Extract<UiEvent, {readonly type: 'offered'}>;

/** The question whose text waits to be completed by this offer since Tab, and was not changed meanwhile. */
const waitingFor = (state: UiState, {path, base}: Pick<Come, 'path' | 'base'>) => {
	const {offers} = state;
	if (!isOn(state, 'questions') || offers?.path !== path || offers.base !== base) return undefined;
	const asked = offeringAt(state);
	const waits = asked?.entry.path === path && offers.typed !== undefined && asked.text === offers.typed;
	return waits ? {state, asked} : undefined;
};

/** Did Tab ask to complete what turns out to be whole? Then it leads to the next question, as it does where nothing can be completed. */
export const isWhole = (state: UiState, event: Come): boolean => {
	const text = waitingFor(state, event)?.asked.text;
	return text !== undefined && event.all.includes(text);
};

/** Takes what is offered; a text that waits for it since Tab is completed, unless it was changed meanwhile. */
export const offered = (state: UiState, event: Come): UiState => {
	const {path, base, all, why} = event;
	const {offers} = state;
	if (offers?.path !== path || offers.base !== base) return state;
	const next = {offers: {path, base, all, why}};
	const waiting = waitingFor(state, event);
	if (!waiting) return {...state, ...next};
	const {entry, text} = waiting.asked;
	return filled({...waiting.state, ...next}, entry, completed(offersFor(all, base, text), text));
};

/** What goes on from the text of a field, all of it beginning with `base`; or why nothing is known. */
type Shown = {readonly base: string; readonly matches: readonly string[]; readonly why?: string | undefined};

/** What is offered at the question in focus for what stands in its field; undefined where nothing is, or it is all there already. */
export const offersInFocus = (state: Asking): Shown | undefined => {
	const asked = offeringAt(state);
	const {offers} = state;
	if (asked === undefined || offers?.path !== asked.entry.path || offers.base !== asked.base) return undefined;
	const text = asked.field.touched ? asked.text : asked.base;
	const matches = offersFor(offers.all ?? [], asked.base, text);
	if (offers.why === undefined && (matches.length === 0 || (matches.length === 1 && matches[0] === asked.text)))
		return undefined;
	return {base: asked.base, matches, why: offers.why};
};
