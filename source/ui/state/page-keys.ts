import type {Decision} from '../../engine/events.ts';
import {handoverHead, sectionRows} from '../content/handover.ts';
import {problemRows} from '../content/problem.ts';
import {glyphs} from '../theme.ts';
import {digit, type Key, move, scrollMove} from './keys.ts';
import {bodyColumns, pageRows, problemHeight} from './layout.ts';
import {type Opened, viewOf} from './page.ts';
import {openQuestions} from './questions.ts';
import {type Env, type PageView, type Turn, turn, type UiState} from './types.ts';

/** What can be done about a problem, in order; `save` is always there. */
export type ProblemButton = Decision | 'save';
export const problemButtons = (choices: readonly Decision[]): readonly ProblemButton[] => [
	...(['retry', 'edit', 'skip'] as const).filter((one) => choices.includes(one)),
	'save',
	...(['quit'] as const).filter((one) => choices.includes(one)),
];
const letters: Readonly<Record<string, ProblemButton>> = {r: 'retry', e: 'edit', s: 'skip', w: 'save', q: 'quit'};

const withPage = (state: UiState, page: PageView): UiState => ({...state, run: {...state.run, page}});

const press = (
	state: UiState,
	env: Env,
	page: Extract<Opened, {readonly kind: 'problem'}>,
	button: ProblemButton,
): Turn => {
	const view = viewOf(state.run, page);
	switch (button) {
		case 'save':
			return turn(withPage(state, view), {type: 'save-report'});
		case 'edit': {
			const paths = page.problem.answers ?? [];
			const scope =
				paths.length > 0 ? ({kind: 'mend', paths} as const) : ({kind: 'mend', paths: allPaths(env)} as const);
			return openQuestions(withPage(state, view), env, scope, paths[0]);
		}
		case 'skip':
			return turn(withPage(state, {...view, confirm: 'skip'}));
		default:
			return turn(withPage(state, view), {type: 'decide', decided: {decision: button}});
	}
};

/** A problem that names no answers may need any of them: one path of each topic opens them all. */
const allPaths = ({form}: Env): readonly string[] =>
	form.topics.flatMap(({questions}) => questions.slice(0, 1).map(({path}) => path));

/** Keys of the problem page. */
export const problemKey = (
	state: UiState,
	env: Env,
	page: Extract<Opened, {readonly kind: 'problem'}>,
	key: Key,
): Turn => {
	const view = viewOf(state.run, page);
	const {confirm, ...open} = view;
	if (confirm === 'skip') {
		const yes = key.id === 'text' && key.text.toLowerCase() === 'y';
		return turn(withPage(state, open), ...(yes ? [{type: 'decide', decided: {decision: 'skip'}} as const] : []));
	}
	const buttons = problemButtons(page.step.choices);
	const lettered = key.id === 'text' ? letters[key.text] : undefined;
	const chosen = key.id === 'return' ? buttons[view.menu] : buttons[digit(key, buttons.length) ?? -1];
	const button = chosen ?? (lettered && buttons.includes(lettered) ? lettered : undefined);
	if (button) return press(state, env, page, button);
	if (key.id === 'escape') return turn(withPage(state, {...view, hidden: true}));
	const total = problemRows(page.problem, bodyColumns(env.columns)).length;
	const back = ['up', 'left', 'shift-tab'].includes(move(key));
	const step = back ? -1 : ['down', 'right', 'tab'].includes(move(key)) ? 1 : 0;
	if (step !== 0) return turn(withPage(state, {...view, menu: (view.menu + step + buttons.length) % buttons.length}));
	const top = scrollMove(key, view.top, total, problemHeight(env.rows, buttons.length));
	return turn(withPage(state, top === undefined ? view : {...view, top}));
};

/** Rows of a hand-over page: what stands above the section, and how many rows the section has. */
export const handoverLayout = (
	page: Extract<Opened, {readonly kind: 'handover'}>,
	columns: number,
	rows: number,
	marks = glyphs({ascii: false}),
	checkedMs?: number,
) => {
	const body = pageRows(rows);
	const head = handoverHead(page.handover, bodyColumns(columns), marks, checkedMs, Math.floor(body / 2));
	return {head, section: Math.max(3, body - head.length)};
};

/** Keys of a hand-over page. */
export const handoverKey = (
	state: UiState,
	env: Env,
	page: Extract<Opened, {readonly kind: 'handover'}>,
	key: Key,
): Turn => {
	const view = viewOf(state.run, page);
	const {handover, step} = page;
	const {confirm, ...open} = view;
	if (confirm === 'acknowledge') {
		const yes = key.id === 'text' && key.text.toLowerCase() === 'y';
		return turn(withPage(state, open), ...(yes ? [{type: 'acknowledge', step: step.id} as const] : []));
	}
	const count = handover.sections.length;
	const at = (section: number): Turn => turn(withPage(state, {...view, section, top: 0}));
	if (key.id === 'escape') return turn(withPage(state, {...view, hidden: true}));
	const chosen = digit(key, count);
	if (chosen !== undefined) return at(chosen);
	if (key.id === 'text') {
		if (key.text === 'w') return turn(withPage(state, view), {type: 'save-handover', handover});
		if (key.text === 'r') return turn(withPage(state, view), {type: 'check-now'});
		if (key.text === 'q') return turn({...state, quitting: true});
		if (key.text === 'c' && handover.acknowledge !== undefined)
			return turn(withPage(state, {...view, confirm: 'acknowledge'}));
	}
	const total = sectionRows(handover, view.section, bodyColumns(env.columns)).length;
	const top = scrollMove(key, view.top, total, handoverLayout(page, env.columns, env.rows).section);
	if (top !== undefined) return turn(withPage(state, {...view, top}));
	const direction =
		move(key) === 'left' || key.id === 'shift-tab' ? -1 : move(key) === 'right' || key.id === 'tab' ? 1 : 0;
	return count > 0 && direction !== 0 ? at((view.section + direction + count) % count) : turn(state);
};
