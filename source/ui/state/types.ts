import type {Draft} from '../../answers/draft.ts';
import type {Form} from '../../answers/form/form.ts';
import type {Answers} from '../../answers/schema.ts';
import type {Problem} from '../../base/problem.ts';
import type {PodLook, PodName} from '../../cluster/pods/look.ts';
import type {Decided} from '../../engine/controls.ts';
import type {Handover, LogLevel, PlanFact} from '../../engine/plan.ts';
import type {PlanView} from '../../engine/plan-view.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import type {RunState} from '../../engine/state.ts';
import type {TopicId} from '../../handover/topics.ts';
import type {MadePapers, WrittenPapers} from '../../handover/written.ts';
import type {Extent} from '../terminal/layout.ts';
import type {Role} from '../terminal/marks.ts';
import type {Key} from './keys.ts';
import type {Line} from './line.ts';
import type {Screen} from './screen.ts';
import type {AppResult, Found, Offered, Sighting, SummaryView, Unfinished} from './session.ts';

/** The log pane: it follows the newest line, or stays with the line `anchor`, counted from the first line ever. */
export type LogView = {
	readonly anchor?: number | undefined;
	readonly level: LogLevel;
};

/** The search of all pages. */
export type Search = {
	/** The text that was searched for last; empty before. */
	readonly query: string;
	/** The place where it is on, and the row of how many that was found last there. */
	readonly on?:
		| {readonly place: string; readonly found?: {readonly row: number; readonly of: number} | undefined}
		| undefined;
	/** The text that is typed, and the place where that began; no page comes over it. */
	readonly typing?: {readonly line: Line; readonly place: string} | undefined;
};

/** The page over the run for what the run waits on. `subject` ties it to one problem or hand-over. */
export type PageView = {
	readonly subject?: Problem | string;
	readonly section: number;
	readonly top: number;
	readonly menu: number;
	readonly hidden: boolean;
	/** Set while what was chosen waits for a yes. */
	readonly confirming?: 'skip' | 'quit' | 'acknowledge' | undefined;
	/** Set while the warning of a way is shown, with how often it was agreed to. */
	readonly consent?: {readonly way: string; readonly given: number} | undefined;
};

export type RunView = {
	readonly pane: 'steps' | 'detail' | 'log';
	/** The step that is looked at; by default the one under way. */
	readonly look?: string | undefined;
	readonly detailTop: number;
	readonly log: LogView;
	readonly page: PageView;
	readonly summaryTop: number;
	/** When what a hand-over waits for was last seen, ms since the epoch. */
	readonly checked?: {readonly handover: Handover; readonly at: number};
};

export type PlanState =
	| {readonly status: 'none'}
	| {
			readonly status: 'looking';
			readonly title: string;
			readonly index: number;
			readonly count: number;
			readonly facts?: readonly PlanFact[] | undefined;
	  }
	| {readonly status: 'ready'; readonly view: PlanView}
	| {readonly status: 'failed'; readonly problem: Problem};

/** A page over all others that says what a problem or an answer is. */
export type Explained = {
	/** Code of the problem, or path of the answer. */
	readonly name: string;
	readonly lines: readonly string[];
	readonly top: number;
};

/** The page over the run with log and events of one pod of a step. */
export type PodLogView = {
	/** Whose pods can be chosen. */
	readonly step: string;
	readonly pod: PodName;
	/** What was seen last; absent before the first look. */
	readonly look?: PodLook | undefined;
	/** The pod is not there any more. */
	readonly gone: boolean;
	/** Why the last look has failed. */
	readonly failed?: string | undefined;
	/** The first row that is seen; absent while the newest line is followed. */
	readonly top?: number | undefined;
};

/** The page over the others on which papers for other teams are chosen, made and told. */
export type PapersView = {
	/** Whose site they are about. */
	readonly answers: Answers;
	/** Topics of the teams that the page below is about. */
	readonly concerned: readonly TopicId[];
	readonly focus: number;
	/** The papers that are being made, or were. */
	readonly chosen?: readonly TopicId[] | undefined;
	/** What was written; absent while it is made. */
	readonly written?: readonly WrittenPapers[] | undefined;
	/** What the notes say of whom to ask and until when, where somebody should look at it. */
	readonly told?: readonly string[] | undefined;
	/** Why nothing was made at all. */
	readonly failed?: Problem | undefined;
	readonly top: number;
};

/** A look at what an answer of this draft names: under way without `seen`. */
export type Look = {readonly draft: Draft; readonly seen?: Sighting | undefined};

/** A try of a login with the answers of this draft: under way without `seen`. */
export type LoginTest = {readonly draft: Draft; readonly seen?: Sighting | undefined};

/** What is offered for an answer whose text begins with `base`; under way without `all`. */
export type Offers = {
	readonly path: string;
	readonly base: string;
	/** The text that is completed when they are there. */
	readonly typed?: string | undefined;
	readonly all?: readonly string[] | undefined;
	/** Why nothing can be offered. */
	readonly why?: string | undefined;
};

/** A word in place of the keys in the last rows, until the next key or for some seconds. A path is shown whole. */
export type Notice = {readonly role: Role; readonly text: string; readonly path?: string};

/** All that the screens know beside the run itself. Never holds a secret once its field is left. */
export type UiState = Form & {
	readonly words: PlanWords;
	/** True while everything happens inside this process and nothing outside is changed. */
	readonly rehearsal: boolean;
	readonly screen: Screen;
	readonly found?: Found;
	readonly foundProblem?: Problem;
	/** Answers that an earlier sitting left, until somebody chose. */
	readonly unfinished?: Unfinished | undefined;
	/** What was seen of answers, by path; each holds for the answers that it was made with. */
	readonly looks: Readonly<Record<string, Look>>;
	/** What came of tries of logins, by the path of the password; each holds for the answers that it was made with. */
	readonly tests: Readonly<Record<string, LoginTest>>;
	/** What is offered at the question that was last in focus with something to offer. */
	readonly offers?: Offers | undefined;
	/** Paths that were answered from outside. */
	readonly given: readonly string[];
	readonly advanced: boolean;
	/** True while the page of keys lies over all others; `helpTop` is its first row in view. */
	readonly help: boolean;
	readonly helpTop: number;
	/** The page over the others that says what something is. */
	readonly explained?: Explained | undefined;
	/** The page over the run with the log of a pod. */
	readonly podLog?: PodLogView | undefined;
	/** The page over the others with papers for other teams. */
	readonly papers?: PapersView | undefined;
	/** The thing in focus while one of several is chosen to be copied. */
	readonly copying?: number | undefined;
	readonly quitting: boolean;
	readonly search: Search;
	readonly notice?: Notice | undefined;
	/** What stood before the operator last: a problem by itself, anything else by name. */
	readonly face?: Problem | string | undefined;
	/** When a page came by itself, ms since the epoch; keys rest for a moment then. */
	readonly restSince?: number | undefined;
	readonly plan: PlanState;
	readonly run: RunView;
	/** True from "Start" on. */
	readonly started: boolean;
	/** Why the run was refused before it began. */
	readonly refused?: Problem | undefined;
	/** What the last page tells beside the steps; empty until the run has ended. */
	readonly summary: SummaryView;
};

/** A state on one of the screens. */
export type On<Name extends Screen['name']> = UiState & {readonly screen: Extract<Screen, {readonly name: Name}>};

/** Is this screen the one under all pages and questions? */
export const isOn = <Name extends Screen['name']>(state: UiState, name: Name): state is On<Name> =>
	state.screen.name === name;

/** The window and what happens outside of the screens. Sizes are in cells, `now` is ms since the epoch. */
export type Scene = {
	readonly columns: number;
	readonly rows: number;
	readonly run: RunState | undefined;
	readonly now: number;
};

/** What a reducer may look at but not change. */
export type Env = Scene & {
	/** Of the text that scroll keys move. It is measured where texts are made: state knows how far, not what. */
	readonly extent: (state: UiState) => Extent;
	/** The rows of that text, for a search. */
	readonly lines: (state: UiState) => readonly string[];
	/** What can be copied of the page that is shown. */
	readonly copies: (state: UiState) => ReadonlyArray<{readonly label: string; readonly text: string}>;
};

/** What happened, from the keyboard or from the session. */
export type UiEvent =
	| {readonly type: 'key'; readonly key: Key}
	| {readonly type: 'found'; readonly found: Found}
	| {readonly type: 'looked'; readonly path: string; readonly draft: Draft; readonly seen: Sighting | undefined}
	| {readonly type: 'tested'; readonly path: string; readonly draft: Draft; readonly seen: Sighting}
	| ({readonly type: 'offered'; readonly path: string; readonly base: string} & Offered)
	| {readonly type: 'find-failed'; readonly problem: Problem}
	| {
			readonly type: 'plan-progress';
			readonly title: string;
			readonly index: number;
			readonly count: number;
			readonly facts?: readonly PlanFact[] | undefined;
	  }
	| {readonly type: 'plan-ready'; readonly view: PlanView}
	| {readonly type: 'plan-failed'; readonly problem: Problem}
	| {readonly type: 'start-refused'; readonly problem: Problem}
	| {readonly type: 'saved'; readonly what: string; readonly path: string}
	| {readonly type: 'save-failed'; readonly what: string; readonly why: string}
	| {readonly type: 'copied'; readonly sent: boolean; readonly path?: string | undefined}
	| {readonly type: 'notice-over'; readonly notice: Notice}
	| {readonly type: 'explained'; readonly name: string; readonly lines: readonly string[]}
	| {readonly type: 'explain-failed'; readonly why: string}
	| {readonly type: 'pod-seen'; readonly pod: PodName; readonly look: PodLook | undefined}
	| {readonly type: 'pod-unseen'; readonly pod: PodName; readonly why: string}
	| ({readonly type: 'papers-made'; readonly topics: readonly TopicId[]} & MadePapers)
	| {readonly type: 'papers-failed'; readonly topics: readonly TopicId[]; readonly problem: Problem}
	| {readonly type: 'run-changed'}
	| {readonly type: 'run-ended'; readonly summary: SummaryView}
	| {readonly type: 'summary-known'; readonly summary: SummaryView}
	| {readonly type: 'handover-seen'; readonly handover: Handover};

/** What a reducer asks the store to do; the only way to the session. */
export type Effect =
	| {readonly type: 'look'; readonly draft: Draft; readonly path: string}
	| {readonly type: 'test-login'; readonly draft: Draft; readonly path: string}
	| {readonly type: 'offer'; readonly draft: Draft; readonly path: string; readonly base: string}
	| {readonly type: 'keep-secret'; readonly path: string; readonly value: string}
	| {readonly type: 'plan'; readonly answers: Answers}
	| {readonly type: 'cancel-plan'}
	| {readonly type: 'start'; readonly answers: Answers}
	| {readonly type: 'decide'; readonly decided: Decided<Answers>}
	| {readonly type: 'acknowledge'; readonly step: string}
	| {readonly type: 'check-now'}
	| {readonly type: 'stop'; readonly when: 'safe' | 'now'}
	| {readonly type: 'save-answers'; readonly draft: Draft}
	| {readonly type: 'explain'; readonly name: string; readonly parts: readonly string[]}
	| {readonly type: 'watch-pod'; readonly pod: PodName}
	| {readonly type: 'copy'; readonly text: string}
	| {readonly type: 'save-report'}
	| {readonly type: 'save-handover'; readonly handover: Handover}
	| {readonly type: 'make-papers'; readonly answers: Answers; readonly topics: readonly TopicId[]}
	| {readonly type: 'cancel-papers'}
	| {readonly type: 'exit'; readonly result: AppResult};

/** A reducer's answer. */
export type Turn<State extends UiState = UiState> = {readonly state: State; readonly effects: readonly Effect[]};

/** A turn with its effects, in order. */
export const turn = <State extends UiState>(state: State, ...effects: readonly Effect[]): Turn<State> => ({
	state,
	effects,
});

/** What follows a turn: the effects of both, in order. */
export const after = <State extends UiState, Next extends UiState = UiState>(
	{state, effects}: Turn<State>,
	next: (state: State) => Turn<Next>,
): Turn<Next> => {
	const following = next(state);
	return {...following, effects: [...effects, ...following.effects]};
};
