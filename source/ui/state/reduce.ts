import {counted} from '../../base/text.ts';
import {type PlanView, problemsIn} from '../../engine/plan-view.ts';
import type {RunState} from '../../engine/state.ts';
import {fits} from '../terminal/layout.ts';
import {tested} from './asking/login.ts';
import {isWhole, offered} from './asking/offers.ts';
import {helpKey} from './help/help.ts';
import {commandsOf, isLetter, isYes, type Key, scrollMove} from './keys.ts';
import {lookedAt} from './looks.ts';
import {copy, copyingKey, explainedKey} from './overlays.ts';
import {freshRunView, isSearching, isUnderWay, shownScreen} from './page.ts';
import {hasPapers, openPapers, papersFailed, papersKey, papersMade} from './papers/papers.ts';
import {podLogKey, podSeen, podUnseen} from './pod-log.ts';
import {questionKey} from './question-keys.ts';
import {focusOn} from './questions.ts';
import {isDropped, ledTo, metPage} from './rest.ts';
import {reviewKey} from './review.ts';
import {runKey} from './run.ts';
import {searchKey} from './search/search.ts';
import type {Session} from './session.ts';
import {after, type Env, isOn, type Notice, type Turn, turn, type UiEvent, type UiState} from './types.ts';
import {welcomeKey} from './welcome.ts';

/** Nothing lies over the page. */
const uncovered = {
	quitting: false,
	help: false,
	helpTop: 0,
	explained: undefined,
	copying: undefined,
	podLog: undefined,
	papers: undefined,
} as const;

/** The state before the first key. */
export const firstState = ({
	words,
	rehearsal,
	draft,
	given,
	untyped,
	unfinished,
}: Pick<Session, 'words' | 'rehearsal' | 'draft' | 'given' | 'untyped' | 'unfinished'>): UiState => ({
	words,
	rehearsal,
	screen: {name: 'welcome', menu: 0},
	unfinished,
	looks: {},
	tests: {},
	draft,
	given,
	untyped,
	advanced: false,
	help: false,
	helpTop: 0,
	quitting: false,
	search: {query: ''},
	plan: {status: 'none'},
	run: freshRunView,
	started: false,
	summary: {urls: [], next: [], files: []},
});

/** True while letters are text and not commands. */
const isTyping = (state: UiState, run: RunState | undefined): boolean => {
	if (state.quitting) return false;
	if (isSearching(state)) return true;
	if (state.help || state.explained || state.papers || state.copying !== undefined) return false;
	return shownScreen(state, run) === 'questions' && isOn(state, 'questions') && state.screen.field.kind === 'line';
};

const leaveNow = (state: UiState, {run}: Env): Turn =>
	isUnderWay(state, run)
		? turn(state, {type: 'stop', when: 'now'}, {type: 'exit', result: {ended: 'interrupted'}})
		: turn(state, {type: 'exit', result: {ended: 'quit'}});

/** Keys of the question whether to stop or quit. */
const quitKey = (state: UiState, env: Env, key: Key): Turn => {
	if (key.id === 'ctrl-c') return leaveNow(state, env);
	if (isYes(key)) {
		if (!isUnderWay(state, env.run)) return leaveNow(state, env);
		return turn({...state, quitting: false, screen: {name: 'run'}}, {type: 'stop', when: 'safe'});
	}
	const isNo = key.id === 'escape' || key.id === 'return' || isLetter(key, 'n', 'N');
	return turn(isNo ? {...state, quitting: false} : state);
};

const ctrlC = (state: UiState, env: Env): Turn => {
	const {run} = env;
	if (run?.outcome !== undefined && state.started) return turn(state, {type: 'exit', result: {ended: 'finished', run}});
	// Already stopping: whoever asks again does not want to wait for the safe point.
	if (run?.stopping !== undefined && isUnderWay(state, run)) return leaveNow(state, env);
	return turn({...state, ...uncovered, quitting: true});
};

const nothingMet: Notice = {role: 'plain', text: 'There is no problem here, and no warning.'};

const summaryKey = (state: UiState, env: Env, key: Key): Turn => {
	const {run} = env;
	if (!run) return turn(state);
	const extent = env.extent(state);
	if (isLetter(key, 'x') && !extent.starts?.length) return turn({...state, notice: nothingMet});
	const top = scrollMove(key, state.run.summaryTop, extent);
	if (top !== undefined) return turn({...state, run: {...state.run, summaryTop: top}});
	const leaves = key.id === 'return' || isLetter(key, 'q');
	return leaves ? turn(state, {type: 'exit', result: {ended: 'finished', run}}) : turn(state);
};

const screenKey = (state: UiState, env: Env, key: Key): Turn => {
	if (shownScreen(state, env.run) === 'summary') return summaryKey(state, env, key);
	if (isOn(state, 'welcome')) return welcomeKey(state, env, key);
	if (isOn(state, 'questions')) return questionKey(state, key);
	if (isOn(state, 'review')) return reviewKey(state, env, key);
	return runKey(state, env, key);
};

/** Is a question open that y agrees to? */
const asksYes = (state: UiState): boolean => {
	const {confirming, consent} = state.run.page;
	const ofRun = confirming !== undefined || consent !== undefined;
	if (isOn(state, 'questions')) return state.screen.removing;
	return ofRun || (isOn(state, 'review') && state.screen.consenting === true);
};

/** Letters that mean the same on several pages, unless a question is open or letters are a text. */
const letterKey = (state: UiState, env: Env, key: Key): Turn | undefined => {
	const copied = isLetter(key, 'y') ? copy(state, env) : undefined;
	if (copied) return copied;
	return isLetter(key, 't') && hasPapers(state, env.run) ? openPapers(state, env) : undefined;
};

/** What a key does to what lies over the page, or to the page. */
const pageKey = (state: UiState, env: Env, key: Key): Turn => {
	if (state.papers) return papersKey(state, env, state.papers, key);
	if (state.podLog) return podLogKey(state, env, state.podLog, key);
	return state.explained ? explainedKey(state, env, state.explained, key) : screenKey(state, env, key);
};

/** What a key does that was meant for what is seen. */
const seenKey = (state: UiState, env: Env, key: Key): Turn => {
	const isText = isTyping(state, env.run);
	const asks = asksYes(state);
	const searched = asks && !isSearching(state) ? undefined : searchKey(state, env, key, isText);
	if (searched) return searched;
	if (state.help) return helpKey(state, env, key);
	// Zellij keeps Ctrl-G.
	const asksHelp = key.id === 'ctrl-g' || key.id === 'ctrl-l' || (isLetter(key, '?') && !isText);
	if (asksHelp) return turn({...state, help: true, helpTop: 0});
	if (state.copying !== undefined) return copyingKey(state, env, state.copying, key);
	const lettered = asks || isText ? undefined : letterKey(state, env, key);
	return lettered ?? pageKey(state, env, key);
};

const oneKey = (before: UiState, env: Env, key: Key): Turn => {
	const state = {...before, notice: undefined};
	if (state.quitting) return quitKey(state, env, key);
	if (key.id === 'ctrl-c') return ctrlC(state, env);
	// What cannot be seen cannot be answered.
	// A window that is too small shows how the run ended, and by which key it is left.
	const leaves = env.run?.outcome !== undefined && isLetter(key, 'q');
	return fits(env.columns, env.rows) || leaves ? seenKey(state, env, key) : turn(before);
};

/** Several letters that came at once are commands one by one, until one of them leads to a place for text. */
const keys = (state: UiState, env: Env, key: Key): Turn => {
	if (isTyping(state, env.run)) return oneKey(state, env, key);
	const [first, ...rest] = commandsOf(key);
	if (!first) return turn(state);
	const done = oneKey(state, env, first);
	if (rest.length === 0) return done;
	const text = rest.map((one) => one.text).join('');
	return after(done, (next) => keys(next, env, {id: 'text', text}));
};

/** A plan with problems says so beside Start: they stand below all answers, and Start would stop at the first. */
const planned = (state: UiState, view: PlanView): UiState => {
	// Whoever was told to wait for it need not any more.
	const notice = state.notice?.role === 'warn' ? undefined : state.notice;
	const next: UiState = {...state, notice, plan: {status: 'ready', view}};
	const first = view.steps.find((step) => step.state === 'problem');
	if (!first || !isOn(state, 'review')) return next;
	const text = `The plan found ${counted(problemsIn(view).length, 'problem')} (${first.title}). Press x to go there.`;
	return {...next, notice: {role: 'bad', text}};
};

type Of<Type extends UiEvent['type']> = Extract<UiEvent, {readonly type: Type}>;

/** Nobody knows whether a terminal has taken what was sent to it, so the file is named as well. */
const copiedNotice = ({sent, path}: Of<'copied'>): Notice => {
	const where = path === undefined ? {} : {path};
	if (sent) {
		const text = 'Copied to the clipboard of your terminal, if it allows it';
		return {role: 'ok', text: path === undefined ? `${text}.` : `${text}; also in`, ...where};
	}
	return path === undefined
		? {role: 'bad', text: 'It is too large for the clipboard of a terminal, and could not be saved.'}
		: {role: 'ok', text: 'It is too large for the clipboard of a terminal, and was saved as', path};
};

/** A notice that asks stays until it is answered. */
const withoutNotice = (state: UiState, notice: Notice): UiState => {
	const asks = isOn(state, 'review') && state.screen.consenting === true;
	return state.notice === notice && !asks ? {...state, notice: undefined} : state;
};

/** What the session tells, by what it is. */
const told: {
	readonly [Type in Exclude<UiEvent['type'], 'key' | 'offered'>]: (
		state: UiState,
		event: Of<Type>,
		env: Env,
	) => UiState;
} = {
	found: (state, {found}) => ({...state, found}),
	looked: lookedAt,
	tested,
	'find-failed': (state, {problem}) => ({...state, foundProblem: problem}),
	'plan-progress': (state, {title, index, count, facts}) => ({
		...state,
		plan: {status: 'looking', title, index, count, facts},
	}),
	'plan-ready': (state, {view}) => planned(state, view),
	'plan-failed': (state, {problem}) => ({...state, plan: {status: 'failed', problem}}),
	'start-refused': (state, {problem}) => ({
		...state,
		refused: problem,
		started: false,
		screen: {name: 'review', top: 0},
	}),
	saved: (state, {what, path}) => ({...state, notice: {role: 'ok', text: `${what} saved:`, path}}),
	'save-failed': (state, {what, why}) => ({...state, notice: {role: 'bad', text: `${what} not saved: ${why}`}}),
	copied: (state, event) => ({...state, notice: copiedNotice(event)}),
	'notice-over': (state, {notice}) => withoutNotice(state, notice),
	explained: (state, {name, lines}) => ({...state, explained: {name, lines, top: 0}}),
	'explain-failed': (state, {why}) => ({...state, notice: {role: 'bad', text: why}}),
	'papers-made': papersMade,
	'papers-failed': papersFailed,
	'pod-seen': podSeen,
	'pod-unseen': podUnseen,
	'run-changed': (state) => state,
	// What lies over the run stays where a text is typed in it; and where papers lie is still to be read.
	'run-ended': (state, {summary}) => ({
		...state,
		summary,
		...(isSearching(state) ? {} : {...uncovered, papers: state.papers}),
	}),
	'summary-known': (state, {summary}) => ({...state, summary}),
	'handover-seen': (state, {handover}, {now}) => ({...state, run: {...state.run, checked: {handover, at: now}}}),
};

/** Takes what is offered; Tab at a text that is whole leads on. */
const takeOffer = (state: UiState, event: Of<'offered'>, env: Env): Turn =>
	after(turn(metPage(offered(state, event), env)), (next) =>
		isWhole(state, event) && isOn(next, 'questions') ? focusOn(next, next.screen.spot.focus + 1) : turn(next),
	);

/** Folds one event into the state of the screens and says what the session has to do. Pure. */
export const reduce = (state: UiState, event: UiEvent, env: Env): Turn => {
	if (event.type === 'key') {
		const met = metPage(state, env);
		return isDropped(met, env, event.key) ? turn(met) : ledTo(met, keys(met, env, event.key), env);
	}
	if (event.type === 'offered') return takeOffer(state, event, env);
	const fold = told[event.type] as (state: UiState, event: UiEvent, env: Env) => UiState;
	return turn(metPage(fold(state, event, env), env));
};
