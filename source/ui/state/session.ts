import type {Draft} from '../../answers/draft.ts';
import type {Form, HalfTyped} from '../../answers/form/form.ts';
import type {Answers} from '../../answers/schema.ts';
import type {PodLook, PodName} from '../../cluster/pods/look.ts';
import type {Decided} from '../../engine/controls.ts';
import type {Handover, PlanFact} from '../../engine/plan.ts';
import type {PlanView} from '../../engine/plan-view.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import type {RunState} from '../../engine/state.ts';
import type {TopicId} from '../../handover/topics.ts';
import type {MadePapers} from '../../handover/written.ts';

/** One thing that was looked at before the first question. */
export type Sighting = {readonly ok: boolean; readonly text: string};

/** Answers that can be offered, in order; or why nothing can. */
export type Offered = {readonly all: readonly string[]; readonly why?: string | undefined};

/** Answers that somebody gave and did not start with; `at` in ms since the epoch. */
export type Unfinished = Form & {
	readonly at: number;
	readonly count: number;
	readonly first: boolean;
	readonly halfTyped?: HalfTyped | undefined;
};

/** What was found at start. Times are milliseconds since the epoch. */
export type Found = {
	readonly bundle: Sighting & {readonly path: string};
	readonly kubeconfig: Sighting & {readonly path: string; readonly context: string; readonly server: string};
	/** Who goes through a plan in this state folder right now, in a sentence; absent where nobody does. */
	readonly running?: string | undefined;
	/** An earlier run on this host; absent for a first run, and while that run is under way. */
	readonly earlier?: {
		readonly text: string;
		readonly finished: boolean;
		readonly resumable: boolean;
		readonly at: number;
	};
	/** Ways back and restores that were begun from here and have not ended, each in a sentence. */
	readonly unfinished?: readonly string[] | undefined;
	/** True while everything happens inside this process and nothing outside is changed. */
	readonly rehearsal: boolean;
	/** What the rehearsal breaks on purpose, and where the file lies that mends it. */
	readonly fault?: readonly string[] | undefined;
	/** How somebody who rehearses reminds those whom a hand-over waits for, by step. */
	readonly reminders?: Readonly<Record<string, string>> | undefined;
	/** Further lines worth knowing. */
	readonly lines: readonly string[];
};

/** What the last page tells beside the steps. */
export type SummaryView = {
	readonly urls: ReadonlyArray<{readonly label: string; readonly url: string}>;
	readonly next: readonly string[];
	/** Files that were written, such as the acceptance report and the log. */
	readonly files: readonly string[];
};

/** The engine's state outside React; `subscribe` returns the way to end the subscription. */
export type RunStore = {
	readonly getState: () => RunState | undefined;
	readonly subscribe: (listener: () => void) => () => void;
};

/**
 * All that the screens can see and do. Nothing in `ui` reads a file, a clock or the process except through this.
 * Every promise may reject with a `ProblemError`; its problem is shown.
 */
export type Session = {
	readonly version: string;
	/** True while everything happens inside this process and nothing outside is changed. */
	readonly rehearsal: boolean;
	/** How the plan speaks of itself. */
	readonly words: PlanWords;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	readonly found: () => Promise<Found>;
	/** The answers to start from: of an answer file, of an earlier run or of the rehearsal. */
	readonly draft: Draft;
	/** Paths that were answered from outside; where there are any, only missing answers are asked for. */
	readonly given: readonly string[];
	/** Paths of secrets that an earlier run left as `prompt`: nobody has their values any more. */
	readonly untyped: readonly string[];
	/** Answers that an earlier sitting left unfinished. `first`: going on with them is what is offered first. */
	readonly unfinished?: Unfinished | undefined;
	/** Keeps the answers so far, and what is typed and not entered, so that nothing is lost with the line. Rejects once where the disk refuses. */
	readonly keepDraft: (draft: Draft, halfTyped?: HalfTyped) => Promise<void>;
	/** Looks at what an answer names, without changing anything; undefined where there is nothing to look at. */
	readonly look: (draft: Draft, path: string, signal: AbortSignal) => Promise<Sighting | undefined>;
	/** Tries the login that an answer is a part of at its server, with what was typed for it. Never rejects. */
	readonly testLogin: (draft: Draft, path: string, signal: AbortSignal) => Promise<Sighting>;
	/** What can be offered as an answer whose text begins with `base`, such as what lies in that folder. Never rejects. */
	readonly offer: (draft: Draft, path: string, base: string, signal: AbortSignal) => Promise<Offered>;
	/** Takes a typed secret out of the screen's hands; the draft only holds `prompt` at `path`. */
	readonly keepSecret: (path: string, value: string) => void;
	/** Looks without changing anything. `onProgress` names the step that is looked at. */
	readonly plan: (
		answers: Answers,
		signal: AbortSignal,
		onProgress: (step: {
			readonly title: string;
			readonly index: number;
			readonly count: number;
			readonly facts?: readonly PlanFact[] | undefined;
		}) => void,
	) => Promise<PlanView>;
	/** Starts the run; resolves when it has ended, rejects when it was refused before its first event. */
	readonly start: (answers: Answers) => Promise<void>;
	readonly run: RunStore;
	/** Answers the problem that the run waits on. */
	readonly decide: (decided: Decided<Answers>) => void;
	/** The operator confirms a hand-over. */
	readonly acknowledge: (step: string) => void;
	/** Looks again now at what a hand-over waits for. */
	readonly checkNow: () => void;
	/** `safe`: after the write that is under way; `now`: at once. Both are resumable. */
	readonly stop: (when: 'safe' | 'now') => void;
	/** Each saves a file and resolves with its path. */
	readonly saveAnswers: (draft: Draft) => Promise<string>;
	readonly saveReport: () => Promise<string>;
	/** Keeps the text that was copied last. */
	readonly saveCopy: (text: string) => Promise<string>;
	readonly saveHandover: (handover: Handover) => Promise<string>;
	/** Makes papers for other teams from these answers and saves them, changing nothing else. */
	readonly makePapers: (answers: Answers, topics: readonly TopicId[], signal: AbortSignal) => Promise<MadePapers>;
	/** Lines that say what a problem (by its code) or an answer (by its path) is. */
	readonly explain: (name: string) => Promise<readonly string[]>;
	/** Events and last lines of a pod of the run, without secrets; undefined where it is not there (any more). */
	readonly podLook: (pod: PodName, signal: AbortSignal) => Promise<PodLook | undefined>;
	readonly summary: (run: RunState) => SummaryView;
};

/** How the screens ended; what is printed afterwards is the business of the caller. */
export type AppResult =
	/** Left before anything was started. */
	| {readonly ended: 'quit'}
	/** The run came to its end, whatever its outcome. */
	| {readonly ended: 'finished'; readonly run: RunState}
	/** Left while the run was still under way, by a second Ctrl-C or a signal. */
	| {readonly ended: 'interrupted'};
