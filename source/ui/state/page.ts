import type {Problem} from '../../base/problem.ts';
import type {Handover} from '../../engine/plan.ts';
import type {RunState, StepState} from '../../engine/state.ts';
import type {Screen} from './screen.ts';
import type {PageView, RunView, UiState} from './types.ts';

/** A page of other people's work. */
export type HandoverPage = {readonly kind: 'handover'; readonly step: StepState; readonly handover: Handover};

/** A page of what went wrong. */
export type ProblemPage = {readonly kind: 'problem'; readonly step: StepState; readonly problem: Problem};

/** What the run waits on, and thus which page stands over it. */
export type Page = HandoverPage | ProblemPage;

const fresh: PageView = {section: 0, top: 0, menu: 0, hidden: false};

/** The step that is under way or was last. */
export const currentStep = (run: RunState | undefined): StepState | undefined =>
	run?.steps.find(({id}) => id === run.current);

/** The page that the run calls for, whether shown or hidden; undefined while it waits on nobody. */
export const pageOf = (run: RunState | undefined): Page | undefined => {
	const step = currentStep(run);
	if (!step || run?.outcome !== undefined) return undefined;
	if (step.status === 'problem' && step.problem) return {kind: 'problem', step, problem: step.problem};
	if (step.status === 'waiting' && step.handover) return {kind: 'handover', step, handover: step.handover};
	return undefined;
};

/** A problem is its own subject; a hand-over stays the same while its awaited things change. */
export const subjectOf = (page: Page): Problem | string =>
	page.kind === 'problem' ? page.problem : `${page.step.id}/${page.handover.id}`;

/** The scroll position and such for a page: those of an earlier page do not carry over. */
export const viewOf = (run: RunView, page: Page): PageView => {
	const subject = subjectOf(page);
	return run.page.subject === subject ? run.page : {...fresh, subject};
};

/** True while a text to search for is typed; pages wait until it is. */
export const isSearching = ({search}: Pick<UiState, 'search'>): boolean => search.typing !== undefined;

/** The place of a page among those that are searched: another problem, or another section of a hand-over, is another place. */
export const searchPlace = (page: Page, {section}: PageView): string =>
	page.kind === 'problem' ? `problem ${page.step.id} ${page.problem.code}` : `${subjectOf(page)} ${section}`;

/** Does a text that is typed keep a page away, given by its place? */
const keepsAway = ({search: {typing}}: Pick<UiState, 'search'>, place: string): boolean =>
	typing !== undefined && typing.place !== place;

/** The screen that is shown: once the run has ended it is the summary, wherever one was. */
export const shownScreen = (state: UiState, run: RunState | undefined): Screen['name'] =>
	state.started && run?.outcome !== undefined && !keepsAway(state, 'summary') ? 'summary' : state.screen.name;

/** True from "Start" on until the run has ended. */
export const isUnderWay = (state: UiState, run: RunState | undefined): boolean =>
	state.started && run?.outcome === undefined;

/** The page that stands over the run: the one that it calls for, unless the operator has hidden it, or types a text meanwhile. */
export const openPage = (state: Pick<UiState, 'run' | 'search'>, run: RunState | undefined): Page | undefined => {
	const page = pageOf(run);
	if (!page) return undefined;
	const view = viewOf(state.run, page);
	return view.hidden || keepsAway(state, searchPlace(page, view)) ? undefined : page;
};

export const freshRunView: RunView = {
	pane: 'steps',
	detailTop: 0,
	log: {level: 'info'},
	page: fresh,
	summaryTop: 0,
};
