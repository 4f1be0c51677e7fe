import {type Entry, entriesOf, entryAt} from './entries.ts';
import {commit, editField, judged, optionsOf} from './field.ts';
import {digit, type Key, listMove} from './keys.ts';
import {
	type Asking,
	addMember,
	askedOf,
	back,
	finish,
	goTo,
	judgedIn,
	leave,
	nextTopic,
	removeMember,
	withCommitted,
} from './questions.ts';
import {type Env, type Turn, turn} from './types.ts';

const focusOn = (state: Asking, env: Env, focus: number): Turn => {
	const {scope, spot} = state.screen;
	const left = leave(state, env);
	const count = entriesOf(askedOf(left.state, env), spot.topic, spot.item).length;
	return goTo(left.state, env, scope, {...spot, focus: Math.max(0, Math.min(count - 1, focus))}, left.effects);
};

/** Takes the field as the answer and goes on; an answer that is not valid keeps the focus and says why. */
const accept = (state: Asking, env: Env, entry: Entry): Turn => {
	const {screen} = state;
	const field = judgedIn(state, env, entry, screen.field);
	const done = commit(env.form, state.draft, entry, field);
	const next = withCommitted(state, done);
	if (field.kind !== 'none' && field.message !== undefined)
		return turn({...state, screen: {...screen, field: field.kind === 'line' ? {...field, touched: true} : field}});
	const {scope, spot} = screen;
	const entries = entriesOf(askedOf(next, env), spot.topic, spot.item);
	const at = entries.findIndex(
		(one) => one.kind === 'question' && entry.kind === 'question' && one.path === entry.path,
	);
	return at + 1 < entries.length
		? goTo(next, env, scope, {...spot, focus: at + 1}, done.effects)
		: nextTopic(next, env, done.effects);
};

const choose = (state: Asking, env: Env, entry: Entry, index: number): Asking => {
	const field = {kind: 'choice', index} as const;
	const {draft} = commit(env.form, state.draft, entry, field);
	return {...state, draft, screen: {...state.screen, field: judged(env.form, draft, entry, field)}};
};

const onChoice = (state: Asking, env: Env, entry: Extract<Entry, {readonly kind: 'question'}>, key: Key): Turn => {
	const {field, spot} = state.screen;
	if (field.kind !== 'choice') return turn(state);
	const count = optionsOf(entry.question).length;
	const chosen = digit(key, count);
	if (chosen !== undefined) return accept(choose(state, env, entry, chosen), env, entry);
	if (key.id === 'return' || (key.id === 'text' && key.text === ' ')) return accept(state, env, entry);
	const moved = listMove(key, field.index, count);
	if (moved === undefined) return turn(state);
	if (moved === field.index && key.id === 'up') return focusOn(state, env, spot.focus - 1);
	if (moved === field.index && key.id === 'down') return focusOn(state, env, spot.focus + 1);
	return turn(choose(state, env, entry, moved));
};

const onList = (state: Asking, env: Env, entry: Entry, key: Key): Turn => {
	const {scope, spot, removing} = state.screen;
	const entries = entriesOf(askedOf(state, env), spot.topic);
	const items = entries.filter(({kind}) => kind === 'item').length;
	if (removing) {
		const yes = key.id === 'text' && key.text.toLowerCase() === 'y';
		return yes ? removeMember(state, env) : turn({...state, screen: {...state.screen, removing: false}});
	}
	if (key.id === 'text' && (key.text === '+' || key.text === 'n')) return addMember(state, env);
	const removes =
		key.id === 'delete' || (key.id === 'text' && (key.text === 'd' || key.text === 'x' || key.text === '-'));
	if (removes && entry.kind === 'item') return turn({...state, screen: {...state.screen, removing: true}});
	const chosen = digit(key, items);
	const target = chosen === undefined ? entry : entries.filter(({kind}) => kind === 'item')[chosen];
	if (key.id === 'return' || key.id === 'right' || chosen !== undefined) {
		if (target?.kind === 'item') return goTo(state, env, scope, {topic: spot.topic, item: target.index, focus: 0});
		if (target?.kind === 'add') return addMember(state, env);
		const list = env.form.topics[spot.topic]?.repeat;
		const message = list === undefined ? undefined : env.form.validateField(state.draft, list);
		if (message === undefined || list === undefined) return nextTopic(state, env);
		return turn({...state, notice: {role: 'bad', text: `${list} ${message}`}});
	}
	const moved = listMove(key, spot.focus, entries.length);
	return moved === undefined ? turn(state) : focusOn(state, env, moved);
};

/** True while a line is being typed, so that letters are text and not commands. */
export const typing = (state: Asking): boolean => state.screen.field.kind === 'line';

/** Shows or hides the advanced questions; the focus stays with its question where that is still shown. */
const toggleAdvanced = (state: Asking, env: Env): Turn => {
	const {state: kept, effects} = leave(state, env);
	const {scope, spot} = kept.screen;
	const before = entryAt(askedOf(kept, env), spot);
	const next = {...kept, advanced: !kept.advanced};
	const entries = entriesOf(askedOf(next, env), spot.topic, spot.item);
	const same = entries.findIndex((entry) =>
		entry.kind === 'question' ? before?.kind === 'question' && entry.path === before.path : entry.kind === before?.kind,
	);
	return goTo(next, env, scope, {...spot, focus: Math.max(0, same)}, effects);
};

/** Keys of the questionnaire. */
export const questionKey = (state: Asking, env: Env, key: Key): Turn => {
	const {screen} = state;
	const {spot, field} = screen;
	const asked = askedOf(state, env);
	const entry = entryAt(asked, spot);
	const left = () => leave(state, env);
	if (!screen.removing) {
		switch (key.id) {
			case 'tab':
				return focusOn(state, env, spot.focus + 1);
			case 'shift-tab':
				return focusOn(state, env, spot.focus - 1);
			case 'escape': {
				const {state: next, effects} = left();
				return back(next, env, effects);
			}
			case 'ctrl-n': {
				const {state: next, effects} = left();
				return nextTopic(next, env, effects);
			}
			case 'ctrl-p': {
				const {state: next, effects} = left();
				return back(next, env, effects);
			}
			case 'ctrl-s': {
				const {state: next, effects} = left();
				const end = finish(next, env);
				return {...end, effects: [...effects, ...end.effects]};
			}
			case 'ctrl-a':
				return toggleAdvanced(state, env);
			default:
		}
	}
	if (entry === undefined) return key.id === 'return' ? nextTopic(state, env) : turn(state);
	if (field.kind === 'line') {
		if (key.id === 'return') return accept(state, env, entry);
		if (key.id === 'up') return focusOn(state, env, spot.focus - 1);
		if (key.id === 'down') return focusOn(state, env, spot.focus + 1);
		const edited = editField(env.form, state.draft, entry, field, key);
		return turn(edited ? {...state, screen: {...screen, field: edited}} : state);
	}
	if (!screen.removing && key.id === 'text' && key.text === 'a') return toggleAdvanced(state, env);
	if (!screen.removing && (key.id === 'left' || (key.id === 'text' && key.text === 'h'))) return back(state, env);
	return entry.kind === 'question' ? onChoice(state, env, entry, key) : onList(state, env, entry, key);
};
