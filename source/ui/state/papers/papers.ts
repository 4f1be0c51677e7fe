import {judgeForm} from '../../../answers/form/form.ts';
import type {Actor} from '../../../base/people/actor.ts';
import type {Problem} from '../../../base/problem.ts';
import type {PlanView} from '../../../engine/plan-view.ts';
import type {RunState, StepState} from '../../../engine/state.ts';
import {type TopicId, topics} from '../../../handover/topics.ts';
import type {MadePapers} from '../../../handover/written.ts';
import {keyPageOf} from '../help/help.ts';
import type {KeyPage} from '../help/key-table.ts';
import {digit, isLetter, type Key, listMove, scrollMove, takes} from '../keys.ts';
import {openPage, shownScreen} from '../page.ts';
import {lookedAt} from '../run.ts';
import {type Env, isOn, type PapersView, type Turn, turn, type UiState} from '../types.ts';

/** One line of the list: the papers that it makes. */
export type PapersChoice = {readonly kind: 'concerned' | 'topic' | 'all'; readonly topics: readonly TopicId[]};

/** What can be chosen: all of the teams concerned where these are several, each topic, and all. */
export const papersChoices = ({concerned}: Pick<PapersView, 'concerned'>): readonly PapersChoice[] => [
	...(concerned.length > 1 ? [{kind: 'concerned', topics: concerned} as const] : []),
	...topics.map(({id}) => ({kind: 'topic', topics: [id]}) as const),
	{kind: 'all', topics: topics.map(({id}) => id)},
];

const topicsOf = (who: readonly Actor[]): readonly TopicId[] =>
	topics.filter((topic) => who.includes(topic.who)).map(({id}) => id);

const actorsOf = ({who, parts = []}: Problem): readonly Actor[] => [who, ...parts.flatMap(actorsOf)];

/** Whose work a plan waits for, or met a problem with. */
const inPlan = ({steps}: PlanView): readonly TopicId[] =>
	topicsOf(
		steps.flatMap((step) => {
			if (step.state === 'problem') return actorsOf(step.problem);
			return step.state === 'todo'
				? step.changes.flatMap(({action, who}) => (action === 'wait' && who ? [who] : []))
				: [];
		}),
	);

/** Whose papers go with what a problem is about, where it is the operator's to mend: a login that was given by another team. */
const topicsOfArea: Partial<Readonly<Record<Problem['area'], TopicId>>> = {
	registry: 'registry',
	database: 'database',
	cluster: 'cluster',
};

const inProblem = (problem: Problem): readonly TopicId[] => {
	const named = topicsOf(actorsOf(problem));
	const ofArea = topicsOfArea[problem.area];
	return named.length > 0 || ofArea === undefined ? named : [ofArea];
};

const ofStep = ({id, problem}: StepState): readonly TopicId[] => {
	const named = problem ? inProblem(problem) : [];
	return named.length > 0 ? named : topics.filter(({steps}) => steps.includes(id)).map((topic) => topic.id);
};

/** The topics that the page below is about; none where it is about nobody in particular. */
const concernedIn = (state: UiState, run: RunState | undefined): readonly TopicId[] => {
	if (isOn(state, 'review')) return state.plan.status === 'ready' ? inPlan(state.plan.view) : [];
	const page = openPage(state, run);
	if (page?.kind === 'handover') return topicsOf([page.handover.who]);
	const step = page?.step ?? lookedAt(state.run, run);
	return step && shownScreen(state, run) === 'run' ? ofStep(step) : [];
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
	const [first] = concerned;
	const at = papersChoices({concerned}).findIndex(({topics: [topic], kind}) => kind === 'topic' && topic === first);
	const focus = concerned.length === 1 ? at : 0;
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
