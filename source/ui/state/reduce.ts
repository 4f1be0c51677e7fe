import type {PlanView} from '../../engine/plan-view.ts';
import {summaryRows} from '../content/summary.ts';
import {count} from '../format.ts';
import type {Session} from '../session.ts';
import {clean} from '../text.ts';
import {glyphs} from '../theme.ts';
import {commandsOf, type Key, scrollMove} from './keys.ts';
import {bodyColumns, bodyRows, fits} from './layout.ts';
import {lineOf} from './line.ts';
import {freshRunView} from './page.ts';
import {questionKey} from './question-keys.ts';
import type {Asking} from './questions.ts';
import {type Reviewing, reviewKey} from './review.ts';
import {runKey, searching} from './run.ts';
import {type Effect, type Env, type Screen, type Turn, turn, type UiEvent, type UiState} from './types.ts';
import {type Welcoming, welcomeKey} from './welcome.ts';

/** The state before the first key. */
export const firstState = ({draft, given, untyped}: Pick<Session, 'draft' | 'given' | 'untyped'>): UiState => ({
	screen: {name: 'welcome', menu: 0},
	draft,
	given,
	untyped,
	advanced: false,
	help: false,
	quitting: false,
	plan: {status: 'none'},
	run: freshRunView,
	started: false,
	summary: {urls: [], next: [], files: []},
});

/** The screen that is shown: once the run has ended it is the summary, wherever one was. */
export const shownScreen = (state: UiState, {run}: Pick<Env, 'run'>): Screen['name'] =>
	state.started && run?.outcome !== undefined ? 'summary' : state.screen.name;

/** True while letters are text and not commands. */
export const isTyping = (state: UiState, env: Pick<Env, 'run'>): boolean => {
	if (state.help || state.quitting) return false;
	const shown = shownScreen(state, env);
	if (shown === 'run') return searching(state, env);
	return shown === 'questions' && state.screen.name === 'questions' && state.screen.field.kind === 'line';
};

const underWay = (state: UiState, {run}: Pick<Env, 'run'>): boolean => state.started && run?.outcome === undefined;

const leaveNow = (state: UiState, env: Env): Turn =>
	underWay(state, env)
		? turn(state, {type: 'stop', when: 'now'}, {type: 'exit', result: {ended: 'interrupted'}})
		: turn(state, {type: 'exit', result: {ended: 'quit'}});

const quitKey = (state: UiState, env: Env, key: Key): Turn => {
	if (key.id === 'ctrl-c') return leaveNow(state, env);
	const yes = key.id === 'text' && key.text.toLowerCase() === 'y';
	const no = key.id === 'escape' || key.id === 'return' || (key.id === 'text' && key.text.toLowerCase() === 'n');
	if (!yes) return turn(no ? {...state, quitting: false} : state);
	if (!underWay(state, env)) return leaveNow(state, env);
	return turn({...state, quitting: false, screen: {name: 'run'}}, {type: 'stop', when: 'safe'});
};

const ctrlC = (state: UiState, env: Env): Turn => {
	if (shownScreen(state, env) === 'summary' && env.run)
		return turn(state, {type: 'exit', result: {ended: 'finished', run: env.run}});
	// Already stopping: whoever asks again does not want to wait for the safe point.
	if (env.run?.stopping !== undefined && underWay(state, env)) return leaveNow(state, env);
	return turn({...state, quitting: true, help: false});
};

const summaryKey = (state: UiState, env: Env, key: Key): Turn => {
	if (!env.run) return turn(state);
	const rows = summaryRows(env.run, state.summary, bodyColumns(env.columns), glyphs({ascii: false}));
	const top = scrollMove(key, state.run.summaryTop, rows.length, bodyRows(env.rows));
	if (top !== undefined) return turn({...state, run: {...state.run, summaryTop: top}});
	return turn(state, {type: 'exit', result: {ended: 'finished', run: env.run}});
};

const screenKey = (state: UiState, env: Env, key: Key): Turn => {
	if (shownScreen(state, env) === 'summary') return summaryKey(state, env, key);
	switch (state.screen.name) {
		case 'welcome':
			return welcomeKey(state as Welcoming, env, key);
		case 'questions':
			return questionKey(state as Asking, env, key);
		case 'review':
			return reviewKey(state as Reviewing, env, key);
		default:
			return runKey(state, env, key);
	}
};

const oneKey = (before: UiState, env: Env, key: Key): Turn => {
	const {notice: _notice, ...state} = before;
	if (state.quitting) return quitKey(state, env, key);
	if (key.id === 'ctrl-c') return ctrlC(state, env);
	// What cannot be seen cannot be answered.
	if (!fits(env.columns, env.rows)) return turn(before);
	if (state.help) return turn({...state, help: false});
	const asksHelp = key.id === 'ctrl-g' || (key.id === 'text' && key.text === '?' && !isTyping(state, env));
	return asksHelp ? turn({...state, help: true}) : screenKey(state, env, key);
};

/** Several letters that came at once are commands one by one, until one of them leads to a place for text. */
const keys = (state: UiState, env: Env, key: Key): Turn => {
	if (isTyping(state, env)) return oneKey(state, env, key);
	const [first, ...rest] = commandsOf(key);
	if (!first) return turn(state);
	const done = oneKey(state, env, first);
	if (rest.length === 0) return done;
	const next = keys(done.state, env, {id: 'text', text: rest.map(({text}) => text).join('')});
	return turn(next.state, ...done.effects, ...next.effects);
};

const seen = (
	state: UiState,
	{now}: Env,
	handover: Extract<UiEvent, {readonly type: 'handover-seen'}>['handover'],
): UiState => ({
	...state,
	run: {...state.run, checked: {handover, at: now}},
});

/** A plan with problems says so beside Start: they stand on the last page, and Start would stop at the first. */
const problemsTold = (state: UiState, view: PlanView): Partial<UiState> => {
	const problems = view.steps.filter((step) => step.state === 'problem').length;
	if (problems === 0 || state.screen.name !== 'review') return {};
	return {notice: {role: 'bad', text: `The plan met ${count(problems, 'problem')}: End shows the end of the page.`}};
};

/** Folds one event into the state of the screens and says what the session has to do. Pure. */
export const reduce = (state: UiState, event: UiEvent, env: Env): Turn => {
	const also = (change: Partial<UiState>, ...effects: readonly Effect[]): Turn =>
		turn({...state, ...change}, ...effects);
	switch (event.type) {
		case 'key':
			return keys(state, env, event.key);
		case 'search':
			return searching(state, env)
				? also({run: {...state.run, log: {...state.run.log, typing: lineOf(clean(event.text))}}})
				: turn(state);
		case 'found':
			return also({found: event.found});
		case 'find-failed':
			return also({foundProblem: event.problem});
		case 'plan-progress':
			return also({plan: {status: 'looking', title: event.title, index: event.index, count: event.count}});
		case 'plan-ready':
			return also({plan: {status: 'ready', view: event.view}, ...problemsTold(state, event.view)});
		case 'plan-failed':
			return also({plan: {status: 'failed', problem: event.problem}});
		case 'start-refused':
			return also({refused: event.problem, started: false, screen: {name: 'review', top: 0, menu: 0}});
		case 'saved':
			return also({notice: {role: 'ok', text: `${event.what} saved: ${event.path}`}});
		case 'save-failed':
			return also({notice: {role: 'bad', text: `${event.problem.message} ${event.problem.fix}`}});
		case 'run-ended':
			return also({summary: event.summary, quitting: false, help: false});
		case 'handover-seen':
			return turn(seen(state, env, event.handover));
	}
};
