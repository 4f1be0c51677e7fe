import type {StepState} from '../../engine/state.ts';
import {detailRows} from '../content/detail.ts';
import {logPrefix} from '../content/log.ts';
import {glyphs} from '../theme.ts';
import {type Key, listMove, move, scrollMove} from './keys.ts';
import {bodyColumns, detailColumns, runRows} from './layout.ts';
import {logKey} from './log.ts';
import {currentStep, pageOf, viewOf} from './page.ts';
import {handoverKey, problemKey} from './page-keys.ts';
import {type Env, type RunView, type Turn, turn, type UiState} from './types.ts';

const panes = ['steps', 'detail', 'log'] as const;

/** The step that is looked at: the chosen one, else the one under way, else the first. */
export const lookedAt = (view: RunView, {run}: Pick<Env, 'run'>): StepState | undefined =>
	run?.steps.find(({id}) => id === view.look) ?? currentStep(run) ?? run?.steps[0];

const withRun = (state: UiState, change: Partial<RunView>): UiState => ({...state, run: {...state.run, ...change}});

const onSteps = (state: UiState, env: Env, key: Key): Turn => {
	const steps = env.run?.steps ?? [];
	const index = steps.findIndex(({id}) => id === lookedAt(state.run, env)?.id);
	const look = steps[listMove(key, Math.max(0, index), steps.length) ?? -1]?.id;
	return turn(look === undefined ? state : withRun(state, {look, detailTop: 0}));
};

const onDetail = (state: UiState, env: Env, key: Key): Turn => {
	const step = lookedAt(state.run, env);
	const total = step ? detailRows(step, detailColumns(env.columns), glyphs({ascii: false}), env.now).length : 0;
	const top = scrollMove(key, state.run.detailTop, total, runRows(env.rows).top);
	return turn(top === undefined ? state : withRun(state, {detailTop: top}));
};

const onLog = (state: UiState, env: Env, key: Key): Turn => {
	const log = logKey(env.run, state.run.log, key, bodyColumns(env.columns) - logPrefix, runRows(env.rows).log);
	return turn(log === undefined ? state : withRun(state, {log}));
};

/** True while the search text of the log is typed. A page that comes over the log takes the keys away from it. */
export const searching = (state: UiState, {run}: Pick<Env, 'run'>): boolean => {
	const page = pageOf(run);
	const covered = page.kind !== 'none' && !viewOf(state.run, page).hidden;
	return state.run.log.typing !== undefined && !covered;
};

const switchPane = (state: UiState, step: 1 | -1): Turn => {
	const next = panes[(panes.indexOf(state.run.pane) + step + panes.length) % panes.length] ?? 'steps';
	return turn(withRun(state, {pane: next}));
};

/** Keys of the run screen; while the run waits on somebody, the page over it has them. */
export const runKey = (state: UiState, env: Env, key: Key): Turn => {
	if (searching(state, env)) return onLog(state, env, key);
	const page = pageOf(env.run);
	if (page.kind !== 'none') {
		const view = viewOf(state.run, page);
		if (!view.hidden)
			return page.kind === 'problem' ? problemKey(state, env, page, key) : handoverKey(state, env, page, key);
		if (key.id === 'return') return turn(withRun(state, {page: {...view, hidden: false}}));
	}
	if (key.id === 'tab') return switchPane(state, 1);
	if (key.id === 'shift-tab') return switchPane(state, -1);
	if (key.id === 'escape') {
		const {look: _look, ...following} = state.run;
		return turn({...state, run: {...following, detailTop: 0}});
	}
	if (key.id === 'text' && key.text === 'q') return turn({...state, quitting: true});
	// Paging and searching mean the log, whichever pane has the focus: it is the only long one.
	const forLog = (key.id === 'text' && /^[/nNv]$/u.test(key.text)) || key.id === 'pageup' || key.id === 'pagedown';
	if (state.run.pane === 'log' || (forLog && !(state.run.pane === 'detail' && key.id !== 'text')))
		return onLog(withRun(state, {pane: 'log'}), env, key);
	if (move(key) === 'left' || move(key) === 'right') return switchPane(state, move(key) === 'right' ? 1 : -1);
	return state.run.pane === 'steps' ? onSteps(state, env, key) : onDetail(state, env, key);
};
