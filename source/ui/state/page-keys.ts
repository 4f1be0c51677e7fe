import {topics} from '../../answers/questions.ts';
import {type Problem, partsOf} from '../../base/problem.ts';
import type {Decision} from '../../engine/events.ts';
import type {WayInfo} from '../../engine/plan.ts';
import type {StepState} from '../../engine/state.ts';
import {digit, isLetter, isYes, type Key, letterOf, ringMove, scrollMove} from './keys.ts';
import {explain} from './overlays.ts';
import {type HandoverPage, type ProblemPage, viewOf} from './page.ts';
import {openQuestions} from './questions.ts';
import {type Effect, type Env, type Notice, type PageView, type Turn, turn, type UiState} from './types.ts';

/** What can be done about a problem without further words. */
type PlainButton = Exclude<Decision, 'way'> | 'save';

/** What can be done about a problem. */
export type ProblemButton = PlainButton | WayInfo;

const order = ['retry', 'edit', 'way', 'skip', 'save', 'quit'] as const;

/** What can be done about a problem, in order; a report of it can always be saved. */
export const problemButtons = ({choices, ways = []}: Pick<StepState, 'choices' | 'ways'>): readonly ProblemButton[] =>
	order.flatMap((one): readonly ProblemButton[] => {
		if (one === 'way') return ways;
		return one === 'save' || choices.includes(one) ? [one] : [];
	});

const letters: ReadonlyMap<string, PlainButton> = new Map([
	['r', 'retry'],
	['e', 'edit'],
	['s', 'skip'],
	['w', 'save'],
	['q', 'quit'],
]);

type Consenting = {readonly view: PageView; readonly consent: NonNullable<PageView['consent']>};

const withPage = (state: UiState, page: PageView): UiState => ({...state, run: {...state.run, page}});

/** One path of each topic: a problem that names no answers may need any of them. */
const anyAnswer: readonly string[] = topics.flatMap(({questions}) => questions.slice(0, 1).map(({path}) => path));

const noAnswerNamed: Notice = {
	role: 'plain',
	text: 'The problem names no answer: all topics are open. Ctrl-R tries again.',
};

const press = (state: UiState, {problem}: ProblemPage, button: ProblemButton): Turn => {
	if (typeof button === 'object')
		return turn(withPage(state, {...state.run.page, top: 0, consent: {way: button.id, given: 0}}));
	switch (button) {
		case 'save':
			return turn(state, {type: 'save-report'});
		case 'edit': {
			const {answers = []} = problem;
			if (answers.length > 0) return openQuestions(state, {kind: 'mend', paths: answers}, answers[0]);
			return openQuestions({...state, notice: noAnswerNamed}, {kind: 'mend', paths: anyAnswer});
		}
		case 'skip':
			return turn(withPage(state, {...state.run.page, confirming: 'skip'}));
		default:
			return turn(state, {type: 'decide', decided: {decision: button}});
	}
};

/** A question that only yes carries out; any other key takes it back. */
const confirmed = (state: UiState, view: PageView, key: Key, effect: Effect): Turn =>
	turn(withPage(state, {...view, confirming: undefined}), ...(isYes(key) ? [effect] : []));

/** How often a way is agreed to before it is gone: what it takes away does not come back. */
export const consents = 2;

/** Keys of a way whose warning is shown: yes agrees, scroll keys scroll, and any other key takes it back. */
const consenting = (state: UiState, env: Env, {view, consent}: Consenting, key: Key): Turn => {
	const top = scrollMove(key, view.top, env.extent(state));
	if (top !== undefined) return turn(withPage(state, {...view, top}));
	const given = consent.given + 1;
	if (isYes(key) && given < consents) return turn(withPage(state, {...view, consent: {...consent, given}}));
	const effect: Effect = {type: 'decide', decided: {decision: 'way', way: consent.way}};
	return turn(withPage(state, {...view, top: 0, consent: undefined}), ...(isYes(key) ? [effect] : []));
};

/** Of several problems each is explained once: what they have in common says nothing of them. */
const explainProblem = (state: UiState, problem: Problem): Turn =>
	explain(state, problem.code, [...new Set(partsOf(problem).map(({code}) => code))]);

/** The button that a key presses: the one in focus, by its number, or by its letter; `b` is for the first way back. */
const pressed = (buttons: readonly ProblemButton[], focus: number, key: Key): ProblemButton | undefined => {
	const numbered = buttons[key.id === 'return' ? focus : (digit(key, buttons.length) ?? -1)];
	const letter = letterOf(key) ?? '';
	const lettered = letters.get(letter);
	const way = letter === 'b' ? buttons.find((button) => typeof button === 'object') : undefined;
	return numbered ?? way ?? (lettered && buttons.includes(lettered) ? lettered : undefined);
};

/** Keys of the problem page. */
export const problemKey = (state: UiState, env: Env, page: ProblemPage, key: Key): Turn => {
	const view = viewOf(state.run, page);
	if (view.confirming && view.confirming !== 'acknowledge')
		return confirmed(state, view, key, {type: 'decide', decided: {decision: view.confirming}});
	const here = withPage(state, view);
	if (view.consent) return consenting(here, env, {view, consent: view.consent}, key);
	if (key.id === 'ctrl-y' || isLetter(key, 'i')) return explainProblem(here, page.problem);
	const buttons = problemButtons(page.step);
	const button = pressed(buttons, view.menu, key);
	// A letter may be one of a text that was meant for another place; whoever goes to the button and takes it means it.
	if (button === 'quit' && key.id !== 'return') return turn(withPage(here, {...view, confirming: 'quit'}));
	if (button) return press(here, page, button);
	if (key.id === 'escape') return turn(withPage(state, {...view, hidden: true}));
	const menu = ringMove(key, view.menu, buttons.length);
	if (menu !== undefined) return turn(withPage(state, {...view, menu}));
	const top = scrollMove(key, view.top, env.extent(state)) ?? view.top;
	return turn(withPage(state, {...view, top}));
};

const nothingToConfirm: Notice = {
	role: 'plain',
	text: 'Nothing is to be confirmed here: it is looked for by itself, and the run goes on once it is there.',
};

/** What a letter does on a hand-over page; undefined for letters that do nothing. */
const handoverCommand = (state: UiState, {handover}: HandoverPage, letter: string | undefined): Turn | undefined => {
	switch (letter) {
		case 'w':
			return turn(state, {type: 'save-handover', handover});
		case 'r':
			return turn(state, {type: 'check-now'});
		case 'q':
			return turn({...state, quitting: true});
		case 'c':
			return handover.acknowledge === undefined
				? turn({...state, notice: nothingToConfirm})
				: turn(withPage(state, {...state.run.page, confirming: 'acknowledge'}));
		default:
			return undefined;
	}
};

/** Keys of a hand-over page. */
export const handoverKey = (state: UiState, env: Env, page: HandoverPage, key: Key): Turn => {
	const view = viewOf(state.run, page);
	if (view.confirming) return confirmed(state, view, key, {type: 'acknowledge', step: page.step.id});
	if (key.id === 'escape') return turn(withPage(state, {...view, hidden: true}));
	const commanded = handoverCommand(withPage(state, view), page, letterOf(key));
	if (commanded) return commanded;
	const top = scrollMove(key, view.top, env.extent(state));
	if (top !== undefined) return turn(withPage(state, {...view, top}));
	const count = page.handover.sections.length;
	const section = digit(key, count) ?? ringMove(key, view.section, count);
	return turn(section === undefined ? state : withPage(state, {...view, section, top: 0}));
};
