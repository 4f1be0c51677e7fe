import type {RunState, StepState} from '../../engine/state.ts';
import {bodyColumns, logPrefix, runRows} from '../terminal/layout.ts';
import {isLetter, type Key, listMove, move, paging, scrollMove} from './keys.ts';
import {logKey} from './log/log.ts';
import {currentStep, openPage, type Page, pageOf, viewOf} from './page.ts';
import {handoverKey, problemKey} from './page-keys.ts';
import {openPodLog} from './pod-log.ts';
import {type Env, type PageView, type RunView, type Turn, turn, type UiState} from './types.ts';

const panes = ['steps', 'detail', 'log'] as const;

/** The step that is looked at: the chosen one, else the one under way, else the first. */
export const lookedAt = (view: RunView, run: RunState | undefined): StepState | undefined =>
	run?.steps.find(({id}) => id === view.look) ?? currentStep(run) ?? run?.steps[0];

const withRun = (state: UiState, change: Partial<RunView>): UiState => ({...state, run: {...state.run, ...change}});

const onSteps = (state: UiState, {run}: Env, key: Key): Turn => {
	const steps = run?.steps ?? [];
	const index = steps.findIndex(({id}) => id === lookedAt(state.run, run)?.id);
	const look = steps[listMove(key, Math.max(0, index), steps.length) ?? -1]?.id;
	return turn(look === undefined ? state : withRun(state, {look, detailTop: 0}));
};

const onDetail = (state: UiState, env: Env, key: Key): Turn => {
	const top = scrollMove(key, state.run.detailTop, env.extent(state));
	return turn(top === undefined ? state : withRun(state, {detailTop: top}));
};

const onLog = (state: UiState, {run, columns, rows}: Env, key: Key): Turn => {
	const size = {columns: bodyColumns(columns) - logPrefix, rows: runRows(rows).log};
	const log = logKey(run, state.run.log, key, size);
	return turn(log === undefined ? state : withRun(state, {log}));
};

/** The level is that of the log, whichever pane has the focus; paging means the log as well, where the pane itself is no text. */
const isForLog = ({pane}: RunView, key: Key): boolean => {
	const pages = key.id === 'pageup' || key.id === 'pagedown';
	return pane === 'log' || isLetter(key, 'v') || (pages && pane === 'steps');
};

const switchPane = (state: UiState, step: 1 | -1): Turn => {
	const next = panes[(panes.indexOf(state.run.pane) + step + panes.length) % panes.length] ?? 'steps';
	return turn(withRun(state, {pane: next}));
};

/** A step that wants to be looked at. */
const isTroubled = ({status, warnings, items}: StepState): boolean =>
	status === 'problem' || status === 'retrying' || warnings.length > 0 || items.some(({state}) => state === 'bad');

/** Looks at the next step with a problem or a warning, round to the first one. */
const toProblem = (state: UiState, {run}: Env): Turn => {
	const steps = run?.steps ?? [];
	const at = steps.findIndex(({id}) => id === lookedAt(state.run, run)?.id);
	const next = [...steps.slice(at + 1), ...steps.slice(0, at + 1)].find(isTroubled);
	return turn(next ? withRun(state, {look: next.id, detailTop: 0}) : state);
};

const inPane = (state: UiState, env: Env, key: Key): Turn => {
	if (isForLog(state.run, key)) return onLog(withRun(state, {pane: 'log'}), env, key);
	if (move(key) === 'left') return switchPane(state, -1);
	if (move(key) === 'right') return switchPane(state, 1);
	return state.run.pane === 'steps' ? onSteps(state, env, key) : onDetail(state, env, key);
};

const onPage = (state: UiState, env: Env, page: Page, key: Key): Turn =>
	page.kind === 'problem' ? problemKey(state, env, page, key) : handoverKey(state, env, page, key);

/** Does a page wait for an answer to a question of its own? */
const isAsking = ({confirming, consent}: PageView): boolean => confirming !== undefined || consent !== undefined;

const onPanes = (state: UiState, env: Env, typed: Key): Turn => {
	const key = paging(typed);
	const hidden = pageOf(env.run);
	if (hidden && key.id === 'return') return turn(withRun(state, {page: {...viewOf(state.run, hidden), hidden: false}}));
	if (key.id === 'tab') return switchPane(state, 1);
	if (key.id === 'shift-tab') return switchPane(state, -1);
	if (key.id === 'escape') return turn(withRun(state, {look: undefined, detailTop: 0}));
	if (isLetter(key, 'q')) return turn({...state, quitting: true});
	if (isLetter(key, 'x')) return toProblem(state, env);
	if (isLetter(key, 'L')) return openPodLog(state, lookedAt(state.run, env.run));
	return inPane(state, env, key);
};

/** Keys of the run screen; while the run waits on somebody, the page over it has them. */
export const runKey = (state: UiState, env: Env, key: Key): Turn => {
	const page = openPage(state, env.run);
	if (page?.kind === 'problem' && isLetter(key, 'L') && !isAsking(viewOf(state.run, page)))
		return openPodLog(state, page.step);
	return page ? onPage(state, env, page, key) : onPanes(state, env, key);
};
