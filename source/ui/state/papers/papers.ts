import {judgeForm} from '../../../answers/form/form.ts';
import type {Problem} from '../../../base/problem.ts';
import type {RunState} from '../../../engine/state.ts';
import {
	likelyPapers,
	type PapersChoice,
	papersChoices,
	topicsOf,
	topicsOfPlan,
	topicsOfStep,
} from '../../../handover/concerned.ts';
import type {TopicId} from '../../../handover/topics.ts';
import type {MadePapers} from '../../../handover/written.ts';
import {keyPageOf} from '../help/help.ts';
import type {KeyPage} from '../help/key-table.ts';
import {digit, isLetter, type Key, listMove, scrollMove, takes} from '../keys.ts';
import {openPage, shownScreen} from '../page.ts';
import {lookedAt} from '../run.ts';
import {type Env, isOn, type PapersView, type Turn, turn, type UiState} from '../types.ts';

/** The topics that the page below is about; none where it is about nobody in particular. */
const concernedIn = (state: UiState, run: RunState | undefined): readonly TopicId[] => {
	if (isOn(state, 'review')) return state.plan.status === 'ready' ? topicsOfPlan(state.plan.view) : [];
	const page = openPage(state, run);
	if (page?.kind === 'handover') return topicsOf([page.handover.who]);
	const step = page?.step ?? lookedAt(state.run, run);
	return step && shownScreen(state, run) === 'run' ? topicsOfStep(step) : [];
};

/** The pages from which papers are had. */
const doors: readonly KeyPage[] = ['review', 'run', 'problem', 'handover', 'summary'];

/** Can papers be asked for on the page that has the keys? */
export const hasPapers = (state: UiState, run: RunState | undefined): boolean => doors.includes(keyPageOf(state, run));

/** Opens the list; papers are made from whole answers alone. */
export const openPapers = (state: UiState, {run}: Pick<Env, 'run'>): Turn => {
	const judged = judgeForm(state);
	if (!judged.ok) {
		const text = 'Papers are made from whole answers: some are missing or not valid.';
		return turn({...state, notice: {role: 'bad', text}});
	}
	const concerned = concernedIn(state, run);
	const focus = likelyPapers({concerned});
	return turn({...state, papers: {answers: judged.answers, concerned, focus, top: 0}});
};

const make = (state: UiState, view: PapersView, {topics: chosen}: PapersChoice): Turn => {
	const papers = {...view, chosen, written: undefined, failed: undefined, top: 0};
	return turn({...state, papers}, {type: 'make-papers', answers: view.answers, topics: chosen});
};

const onList = (state: UiState, view: PapersView, key: Key): Turn => {
	const choices = papersChoices(view);
	if (key.id === 'escape' || isLetter(key, 'q', 't')) return turn({...state, papers: undefined});
	const choice = choices[takes(key) ? view.focus : (digit(key, choices.length) ?? -1)];
	if (choice) return make(state, {...view, focus: choices.indexOf(choice)}, choice);
	return turn({...state, papers: {...view, focus: listMove(key, view.focus, choices.length) ?? view.focus}});
};

/** Keys of the page: a choice makes papers; then it scrolls, and Esc leads back to the list. */
export const papersKey = (state: UiState, env: Env, view: PapersView, key: Key): Turn => {
	if (!view.chosen) return onList(state, view, key);
	const list = {...view, chosen: undefined, written: undefined, failed: undefined, top: 0};
	const isMade = view.written !== undefined || view.failed !== undefined;
	if (key.id === 'escape') return turn({...state, papers: list}, ...(isMade ? [] : [{type: 'cancel-papers'} as const]));
	if (!isMade) return turn(state);
	if (key.id === 'return' || isLetter(key, 'q', 't')) return turn({...state, papers: undefined});
	const top = scrollMove(key, view.top, env.extent(state));
	return turn(top === undefined ? state : {...state, papers: {...view, top}});
};

const isFor = (view: PapersView | undefined, chosen: readonly TopicId[]): view is PapersView => view?.chosen === chosen;

/** The papers were made. */
export const papersMade = (
	state: UiState,
	{topics: chosen, written, told}: {readonly topics: readonly TopicId[]} & MadePapers,
): UiState => (isFor(state.papers, chosen) ? {...state, papers: {...state.papers, written, told}} : state);

/** No papers could be made. */
export const papersFailed = (
	state: UiState,
	{topics: chosen, problem}: {readonly topics: readonly TopicId[]; readonly problem: Problem},
): UiState => (isFor(state.papers, chosen) ? {...state, papers: {...state.papers, failed: problem}} : state);
