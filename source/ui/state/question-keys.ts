import {validateField} from '../../answers/draft.ts';
import {optionsOf} from '../../answers/form/answering.ts';
import {topics} from '../../answers/questions.ts';
import {loginAt} from '../../answers/secret/login.ts';
import {beginTest} from './asking/login.ts';
import {complete} from './asking/offers.ts';
import {type Entry, entriesOf, questionnaireOf} from './entries.ts';
import {editField, judged, openField} from './field.ts';
import {digit, isLetter, isYes, type Key, type KeyId, listMove, takes} from './keys.ts';
import {explain} from './overlays.ts';
import {addMember, back, finish, focusOn, goTo, inFocus, leave, nextTopic, removeMember, take} from './questions.ts';
import type {Field} from './screen.ts';
import {after, type On, type Turn, turn} from './types.ts';

type Asking = On<'questions'>;
type QuestionEntry = Extract<Entry, {readonly kind: 'question'}>;

const withField = (state: Asking, field: Field): Asking => ({...state, screen: {...state.screen, field}});

const rowsOf = (state: Asking): readonly Entry[] => {
	const {topic, item} = state.screen.spot;
	return entriesOf(questionnaireOf(state), topic, item);
};

/** Goes to the row behind a question; behind the last one to the next topic. */
const goBehind = (state: Asking, {path}: QuestionEntry): Turn => {
	const entries = rowsOf(state);
	const next = entries.findIndex((one) => one.kind === 'question' && one.path === path) + 1;
	return next < entries.length ? goTo(state, {...state.screen.spot, focus: next}) : nextTopic(state);
};

/** Takes the field as the answer and goes on; an answer that is not valid keeps the focus and says why. */
const accept = (state: Asking, entry: QuestionEntry): Turn => {
	const field = judged(state, entry, state.screen.field);
	if (field.kind !== 'none' && field.message !== undefined)
		return turn(withField(state, field.kind === 'line' ? {...field, touched: true} : field));
	return after(take(state), (taken) => goBehind(taken, entry));
};

/** The list with another row marked; only Enter, Space and a number take one as the answer. */
const mark = (state: Asking, entry: QuestionEntry, index: number): Asking =>
	withField(state, judged(state, entry, {kind: 'choice', index}));

/** Goes by a choice in which nothing was taken. */
const passBy = (state: Asking, entry: QuestionEntry, focus: number): Turn =>
	focusOn(withField(state, openField(state, entry)), focus);

/** Keys of a choice; at its ends up and down lead to the questions before and behind it. */
const onChoice = (state: Asking, entry: QuestionEntry, index: number, key: Key): Turn => {
	const count = optionsOf(entry.question).length;
	const chosen = digit(key, count);
	if (chosen !== undefined) return accept(mark(state, entry, chosen), entry);
	if (key.id === 'return' || isLetter(key, ' ')) return accept(state, entry);
	const moved = listMove(key, index, count);
	if (moved === undefined) return turn(state);
	const {focus} = state.screen.spot;
	if (moved === index && key.id === 'up') return passBy(state, entry, focus - 1);
	if (moved === index && key.id === 'down') return passBy(state, entry, focus + 1);
	return turn(mark(state, entry, moved));
};

const onLine = (state: Asking, entry: QuestionEntry, key: Key): Turn => {
	const {field, spot} = state.screen;
	if (key.id === 'return') return accept(state, entry);
	if (key.id === 'up') return focusOn(state, spot.focus - 1);
	if (key.id === 'down') return focusOn(state, spot.focus + 1);
	const edited = editField(state, entry, field, key);
	return turn(edited ? withField(state, edited) : state);
};

/** Leaves a list for the next topic, unless the list itself is not valid, such as one without a workspace. */
const goOn = (state: Asking): Turn => {
	const list = topics[state.screen.spot.topic]?.repeat ?? '';
	const message = validateField(state.draft, list);
	return message === undefined ? nextTopic(state) : turn({...state, notice: {role: 'bad', text: `${list} ${message}`}});
};

const openRow = (state: Asking, entry: Entry): Turn => {
	if (entry.kind === 'item') return goTo(state, {topic: state.screen.spot.topic, item: entry.index, focus: 0});
	return entry.kind === 'add' ? addMember(state) : goOn(state);
};

/** Keys of a list of members. */
const onList = (state: Asking, entry: Entry, key: Key): Turn => {
	const {spot} = state.screen;
	const entries = rowsOf(state);
	if (isLetter(key, '+', 'n')) return addMember(state);
	if (entry.kind === 'item' && (key.id === 'delete' || isLetter(key, 'd', '-')))
		return turn({...state, screen: {...state.screen, removing: true}});
	const items = entries.filter(({kind}) => kind === 'item');
	const chosen = takes(key) ? entry : items[digit(key, items.length) ?? -1];
	if (chosen) return openRow(state, chosen);
	const moved = listMove(key, spot.focus, entries.length);
	return moved === undefined ? turn(state) : focusOn(state, moved);
};

/** Removes the member in focus after a yes; any other key keeps it. */
const onRemoval = (state: Asking, key: Key): Turn =>
	isYes(key) ? removeMember(state) : turn({...state, screen: {...state.screen, removing: false}});

const isSame = (one: Entry, other: Entry | undefined): boolean =>
	one.kind === 'question' ? other?.kind === 'question' && one.path === other.path : one.kind === other?.kind;

/** Shows or hides the advanced questions; the focus stays with its question where that is still shown. */
const toggleAdvanced = (state: Asking): Turn =>
	after(leave(state), (left) => {
		const before = inFocus(left);
		const next = {...left, advanced: !left.advanced};
		const focus = rowsOf(next).findIndex((entry) => isSame(entry, before));
		return goTo(next, {...left.screen.spot, focus: Math.max(0, focus)});
	});

/** What the row in focus is about: its answer, or the list of the topic. */
const explainRow = (state: Asking): Turn => {
	const entry = inFocus(state);
	const name = entry?.kind === 'question' ? entry.path : topics[state.screen.spot.topic]?.repeat;
	return name === undefined ? turn(state) : explain(state, name);
};

/** Tries the login of the question in focus with what is typed; what is not valid is told as Enter does. */
const tryLogin = (state: Asking): Turn => {
	const entry = inFocus(state);
	if (entry?.kind !== 'question' || loginAt(state.draft, entry.path) === undefined) return turn(state);
	const {field} = state.screen;
	const isTyped = field.kind === 'line' && field.touched;
	const judgedField = judged(state, entry, field);
	if (isTyped && judgedField.kind === 'line' && judgedField.message !== undefined)
		return turn(withField(state, judgedField));
	return after(isTyped ? after(take(state), (taken) => goTo(taken, taken.screen.spot)) : turn(state), (taken) =>
		beginTest(taken, entry.path),
	);
};

/**
 * Keys that mean the same in every row. Some never arrive: GNU screen keeps Ctrl-A, flow control Ctrl-S and Ctrl-Q, Zellij Ctrl-N, Ctrl-P
 * Ctrl-S and Ctrl-T, docker and kubectl hold Ctrl-P back, browsers Ctrl-N and Ctrl-T. So each deed has a key that nobody keeps.
 */
const everywhere: Partial<Record<KeyId, (state: Asking) => Turn>> = {
	tab: (state) => complete(state) ?? focusOn(state, state.screen.spot.focus + 1),
	'shift-tab': (state) => focusOn(state, state.screen.spot.focus - 1),
	escape: (state) => after(leave(state), back),
	'ctrl-p': (state) => after(leave(state), back),
	pageup: (state) => after(leave(state), back),
	'ctrl-n': (state) => after(leave(state), nextTopic),
	pagedown: (state) => after(leave(state), nextTopic),
	'ctrl-s': (state) => after(leave(state), finish),
	'ctrl-r': (state) => after(leave(state), finish),
	'ctrl-y': explainRow,
	'ctrl-d': tryLogin,
	'ctrl-t': tryLogin,
	'ctrl-a': toggleAdvanced,
	'ctrl-x': toggleAdvanced,
};

/** Keys of a row in which nothing is typed: letters are commands. */
const onRow = (state: Asking, entry: Entry, key: Key): Turn => {
	const {field} = state.screen;
	if (isLetter(key, 'a')) return toggleAdvanced(state);
	if (key.id === 'left' || isLetter(key, 'h')) return back(state);
	if (entry.kind !== 'question') return onList(state, entry, key);
	return field.kind === 'choice' ? onChoice(state, entry, field.index, key) : turn(state);
};

/** Keys of the questionnaire. */
export const questionKey = (state: Asking, key: Key): Turn => {
	if (state.screen.removing) return onRemoval(state, key);
	const general = everywhere[key.id];
	if (general) return general(state);
	const entry = inFocus(state);
	if (entry === undefined) return key.id === 'return' ? nextTopic(state) : turn(state);
	const isTyped = entry.kind === 'question' && state.screen.field.kind === 'line';
	return isTyped ? onLine(state, entry, key) : onRow(state, entry, key);
};
