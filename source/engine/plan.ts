import type {HandoverSection} from '../base/handover.ts';
import type {Actor} from '../base/people/actor.ts';
import type {Problem, ProblemArea, ProblemCode} from '../base/problem.ts';

/**
 * A part of what a change opens to: values, manifests, SQL. A line begins with `+ ` where it comes, with `- ` where it goes, else with
 * something else. Its words are clean and without secrets, and of bounded size.
 */
export type ChangePart = {readonly title: string; readonly lines: readonly string[]};

/** One difference between the world and the wish, as shown by a dry run and the review page. */
export type Change = {
	/** `wait` is for what only others can do, `check` for what is looked at once everything else is there: neither writes. */
	readonly action: 'create' | 'update' | 'delete' | 'push' | 'run' | 'wait' | 'check';
	/** What is changed, in the field's words: `secret some-namespace/some-name`. */
	readonly target: string;
	readonly detail?: string | undefined;
	/** Bytes that it sends, told where a plan is looked at; those that are there already are not counted. */
	readonly bytes?: number | undefined;
	/** What it does in full, told where a plan is looked at. */
	readonly opens?: readonly ChangePart[] | undefined;
	/** Who does it, for `wait`. */
	readonly who?: Actor | undefined;
};

/** One thing that a hand-over waits for, as last seen. */
export type Awaited = {readonly label: string; readonly ok: boolean; readonly note: string};

/** A page for work that only people outside this tool can do. The engine polls until the world fits. */
export type Handover = {
	/** Folder under which its texts are saved. */
	readonly id: string;
	readonly title: string;
	readonly who: Actor;
	readonly intro: string;
	readonly sections: readonly HandoverSection[];
	readonly awaited: readonly Awaited[];
	readonly pollEveryMs: number;
	/** Set while looks at it fail: when it was seen last, ms since the epoch, and why the first look after that failed. `awaited` is as it was then. */
	readonly unseen?: {readonly since: number; readonly why: string} | undefined;
	/** Set where the operator may say "this is done elsewhere"; the text of that promise. */
	readonly acknowledge?: string | undefined;
	/** Folder in which its texts lie as files already; undefined where none were written. */
	readonly folder?: string | undefined;
};

/**
 * What a step keeps beside its outcome: in the journal the digest of the bundle, for reports what was worked with, as names and values
 * without secrets.
 */
export type Kept = {
	readonly bundle?: string;
	/** What the operator confirmed and the step could not see, by its labels: of a hand-over that is taken as done. */
	readonly unseen?: readonly string[];
	readonly facts?: readonly (readonly [name: string, value: string])[];
	/** Somebody confirmed that copies of the keys in use lie outside of the cluster, and that still counts. */
	readonly keysOutside?: true;
};

/** Something to be read before a plan is started, such as release notes. Its words are clean and without secrets. */
export type PlanPage = {readonly title: string; readonly lines: readonly string[]};

/**
 * Something worth knowing of where a plan goes and what is there, found beside the look at its steps. Lines are clean and without secrets;
 * `values` are the same for scripts.
 */
export type PlanFact = {
	readonly id: string;
	/** Its place among the others, which are found in any order. */
	readonly rank: number;
	readonly label: string;
	readonly lines: readonly string[];
	/** The same in full. */
	readonly opens?: readonly ChangePart[] | undefined;
	readonly values?: Readonly<Record<string, unknown>>;
};

/** What `check` saw. It never throws for "not there yet". */
export type Finding =
	| {
			readonly status: 'ok';
			readonly note?: string | undefined;
			readonly warnings?: readonly string[];
			readonly keep?: Kept;
			/** Told in every pass in which the step gives them; shown where a plan is looked at. */
			readonly pages?: readonly PlanPage[];
	  }
	| {
			readonly status: 'todo';
			readonly changes: readonly Change[];
			readonly warnings?: readonly string[];
			readonly pages?: readonly PlanPage[];
	  }
	| {
			readonly status: 'waiting';
			readonly handover: Handover;
			/** The problem that it becomes when nobody does it; `when` ends the sentence "not done …". */
			readonly late: (when: string) => Problem;
	  }
	| {readonly status: 'blocked'; readonly problem: Problem};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A pod in a table. */
export type PodRow = {
	readonly namespace: string;
	readonly name: string;
	/** Containers that are ready, and how many there are. */
	readonly ready: number;
	readonly containers: number;
	/** In one word of those who run it: its phase, or why it does not run, such as `ImagePullBackOff`. */
	readonly status: string;
	readonly restarts: number;
	/** When it was made, ms since the epoch. */
	readonly createdAt?: number | undefined;
	/** Absent until it is given one. */
	readonly node?: string | undefined;
	readonly images: readonly string[];
};

/** What a step tells while it works. Bytes are bytes on the wire or disk, never estimates. */
export type Detail =
	/** `record`: the line is part of what the run proves, and stands in its report. */
	| {readonly kind: 'line'; readonly level: LogLevel; readonly text: string; readonly record?: true}
	/** Absolute progress of one named thing; `total` is absent when unknown. `whole`: the thing is all that the step moves. */
	| {
			readonly kind: 'progress';
			readonly label: string;
			readonly done: number;
			readonly total?: number | undefined;
			readonly unit: 'bytes' | 'items';
			readonly whole?: true;
	  }
	/** The tool waits; `reason` says for what, `timeoutMs` for how long at most. */
	| {readonly kind: 'waiting'; readonly reason: string; readonly timeoutMs?: number | undefined}
	/**
	 * A row of things being watched; replaces the row with the same label, and `gone` takes it away. `pod`: what it shows in a table of
	 * pods.
	 */
	| {
			readonly kind: 'item';
			readonly label: string;
			readonly state: 'pending' | 'ok' | 'bad' | 'gone';
			readonly note: string;
			readonly pod?: PodRow | undefined;
	  };

/** Which problems are tried again without asking, how often and after which pauses (the last one repeats). */
export type RetryPolicy = {
	readonly codes: readonly ProblemCode[];
	readonly attempts: number;
	readonly pausesMs: readonly number[];
};

/** How a plan is gone through: until the world fits, as a dry run that leaves no trace, or to tell every difference. */
export type Pass = 'apply' | 'look' | 'verify';

/** What every step needs from its world; the ports come on top. */
export type BaseWorld<Answers> = {
	readonly answers: Answers;
	/** `look` must leave no trace: not even a probe pod. */
	readonly pass: Pass;
	/** Of this way through the plan; what a run has made is told from what an earlier one made by it. */
	readonly runId: string;
	readonly signal: AbortSignal;
	readonly report: (detail: Detail) => void;
	/** True once the operator has confirmed the hand-over of this step in this or an earlier run. */
	readonly acknowledged: boolean;
	/** What earlier steps would change, where nothing is applied: a step that follows from it plans for it. Absent where it was applied. */
	readonly planned?: readonly Change[];
};

/** A way out of a problem, as it is offered. Sentences end without a full stop where they go on in others. */
export type WayInfo = {
	/** One word, typed where there is no screen: `back`. */
	readonly id: string;
	readonly label: string;
	/** What it changes and what is lost by it, shown before anybody agrees. Paragraphs. */
	readonly warning: readonly string[];
	/** What is so once it was gone: `brought back to revision 3 and its dump`. */
	readonly done: string;
	/** The command that goes the same way later, for whoever is not asked. */
	readonly command?: string | undefined;
	/** Problems that nothing but this mends, or little else: at these it is the first of what to do. */
	readonly mends?: readonly ProblemCode[] | undefined;
};

/** Brings back what was there before a step, where its problem cannot be mended. Gone again after a kill, it goes on. */
export type Way<World> = WayInfo & {readonly run: (world: World) => Promise<void>};

/** A part of a plan that converges: check, apply, check again. */
export type Step<Answers, World extends BaseWorld<Answers>> = {
	/** Written to journals; never changes its meaning. */
	readonly id: string;
	readonly title: string;
	/** One sentence for the operator. */
	readonly why: string;
	/** The part of the world that its time-outs and leftovers are reported under, hence their exit code. */
	readonly area: ProblemArea;
	/** The part of the answers this step depends on; hashed, so a changed answer makes exactly these steps stale. */
	readonly inputs: (answers: Answers) => unknown;
	/** Absent or true: the step runs. */
	readonly when?: (answers: Answers) => boolean;
	/** True where the operator may go on without it. */
	readonly skippable?: boolean;
	/** True where a confirmation counts for one run: that of a run that came to its end says nothing of the next. */
	readonly confirmsAnew?: boolean;
	/** True for the step whose success proves the whole: an acceptance report is written after it. */
	readonly proves?: boolean;
	readonly retry?: RetryPolicy;
	/** Upper bounds in milliseconds; a check or apply that passes its bound fails with the reason last reported. */
	readonly timeouts: {readonly checkMs: number; readonly applyMs: number};
	readonly check: (world: World) => Promise<Finding>;
	readonly apply?: (world: World) => Promise<void>;
	/** What else can be done about a problem of it than to try again; only looks. Asked in the pass `apply` alone. */
	readonly ways?: (world: World, problem: Problem) => Promise<readonly Way<World>[]>;
};

/** What is to be done, in order: installing, upgrading, backing up are plans of equal rank. */
export type Plan<Answers, World extends BaseWorld<Answers>> = {
	/** Written to journals and events: `install`. */
	readonly id: string;
	/** What it is doing, as a headline: `Installing`. */
	readonly title: string;
	/** The command that applies it, for messages: `program install`. */
	readonly command: string;
	readonly steps: readonly Step<Answers, World>[];
	/** Finds what is worth knowing of where it goes, in the pass `look`; leaves no trace. */
	readonly facts?: (world: World, tell: (fact: PlanFact) => void) => Promise<void>;
};
