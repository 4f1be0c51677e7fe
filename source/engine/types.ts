import type {HandoverSection} from '../base/handover.ts';
import type {Problem} from '../base/problem.ts';

/** The install in order; these names are written to state files and never change meaning. */
export const stepIds = [
	'bundle',
	'prerequisites',
	'images',
	'namespaces',
	'secrets',
	'databases',
	'control-plane',
	'onboarding',
	'workspaces',
	'dns',
	'ca',
	'workload-manager',
	'verification',
] as const;
export type StepId = (typeof stepIds)[number];

/** One difference between the world and the wish, as shown by `plan` and the review page. */
export type Change = {
	readonly action: 'create' | 'update' | 'delete' | 'push' | 'run' | 'wait';
	/** What is changed, in the field's words: `secret zenml-pro/zenml-tls`. */
	readonly target: string;
	readonly detail?: string;
};

/** One thing that a hand-over waits for, as last seen. */
export type Awaited = {readonly label: string; readonly ok: boolean; readonly note: string};

/** A page for work that only people outside this tool can do. The engine polls until the world fits. */
export type Handover = {
	readonly id: 'dns' | 'ca';
	readonly title: string;
	readonly who: Problem['who'];
	readonly intro: string;
	readonly sections: readonly HandoverSection[];
	readonly awaited: readonly Awaited[];
	readonly pollEveryMs: number;
	/** Set where the operator may say "this is done elsewhere"; the text of that promise. */
	readonly acknowledge?: string;
};

/** What `check` saw. It never throws for "not there yet". */
export type Finding =
	| {readonly status: 'ok'; readonly note?: string; readonly warnings?: readonly string[]}
	| {readonly status: 'todo'; readonly changes: readonly Change[]; readonly warnings?: readonly string[]}
	| {readonly status: 'waiting'; readonly handover: Handover}
	| {readonly status: 'blocked'; readonly problem: Problem};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a step tells while it works. Bytes are bytes on the wire or disk, never estimates. */
export type Detail =
	| {readonly kind: 'line'; readonly level: LogLevel; readonly text: string}
	/** Absolute progress of one named thing; `total` is absent when unknown. */
	| {
			readonly kind: 'progress';
			readonly label: string;
			readonly done: number;
			readonly total?: number;
			readonly unit: 'bytes' | 'items';
	  }
	/** The tool waits; `reason` says for what, `timeoutMs` for how long at most. */
	| {readonly kind: 'waiting'; readonly reason: string; readonly timeoutMs?: number}
	/** A table row of things being watched, e.g. pods; replaces the row with the same label. */
	| {readonly kind: 'item'; readonly label: string; readonly state: 'pending' | 'ok' | 'bad'; readonly note: string};

/** Which problems are tried again without asking, how often and after which pauses (the last one repeats). */
export type RetryPolicy = {
	readonly codes: readonly string[];
	readonly attempts: number;
	readonly pausesMs: readonly number[];
};

/** What every step needs from its world; the ports come on top. */
export type BaseWorld<Answers> = {
	readonly answers: Answers;
	/** `plan` must leave no trace: not even a probe pod. */
	readonly mode: 'install' | 'plan' | 'verify';
	readonly signal: AbortSignal;
	readonly report: (detail: Detail) => void;
	/** True once the operator has confirmed the hand-over of this step in this or an earlier run. */
	readonly acknowledged: boolean;
};

/** A part of the install that converges: check, apply, check again. */
export type Step<Answers, World extends BaseWorld<Answers>> = {
	readonly id: StepId;
	readonly title: string;
	/** One sentence for the operator. */
	readonly why: string;
	/** The part of the answers this step depends on; hashed, so a changed answer makes exactly these steps stale. */
	readonly inputs: (answers: Answers) => unknown;
	/** Absent or true: the step runs. */
	readonly when?: (answers: Answers) => boolean;
	/** True where the operator may go on without it. */
	readonly skippable?: boolean;
	readonly retry?: RetryPolicy;
	/** Upper bounds in milliseconds; a check or apply that passes its bound fails with the reason last reported. */
	readonly timeouts: {readonly checkMs: number; readonly applyMs: number};
	readonly check: (world: World) => Promise<Finding>;
	readonly apply?: (world: World) => Promise<void>;
};

export type StepStatus = 'pending' | 'checking' | 'applying' | 'waiting' | 'retrying' | 'problem' | 'done' | 'skipped';

/** How a step ended: nothing to do, changed, left out by the answers, left out by the operator. */
export type Outcome = 'already' | 'applied' | 'not-needed' | 'skipped';

export type Decision = 'retry' | 'edit' | 'skip' | 'quit';

/** How a run ended. `stopped` is resumable. */
export type RunOutcome = 'done' | 'failed' | 'stopped';

type StepInfo = {
	readonly id: StepId;
	readonly title: string;
	readonly why: string;
	readonly skippable: boolean;
};

/** The only output of the engine. `at` is milliseconds since the epoch. One line of JSON each in `--json`. */
export type Event = {readonly at: number} & (
	| {
			readonly type: 'run-started';
			readonly runId: string;
			readonly mode: 'install' | 'plan' | 'verify';
			readonly version: string;
			readonly steps: readonly StepInfo[];
	  }
	| {readonly type: 'step-started'; readonly step: StepId; readonly stale: boolean}
	| {readonly type: 'step-checking'; readonly step: StepId; readonly phase: 'before' | 'after' | 'poll'}
	| {readonly type: 'step-todo'; readonly step: StepId; readonly changes: readonly Change[]}
	| {readonly type: 'step-applying'; readonly step: StepId; readonly attempt: number}
	| {readonly type: 'step-detail'; readonly step: StepId; readonly detail: Detail}
	| {readonly type: 'step-waiting'; readonly step: StepId; readonly handover: Handover}
	| {
			readonly type: 'step-retrying';
			readonly step: StepId;
			readonly problem: Problem;
			readonly attempt: number;
			readonly pauseMs: number;
	  }
	| {
			readonly type: 'step-problem';
			readonly step: StepId;
			readonly problem: Problem;
			readonly choices: readonly Decision[];
	  }
	| {readonly type: 'step-decided'; readonly step: StepId; readonly decision: Decision}
	| {readonly type: 'step-acknowledged'; readonly step: StepId}
	| {readonly type: 'step-warning'; readonly step: StepId; readonly text: string}
	| {
			readonly type: 'step-finished';
			readonly step: StepId;
			readonly outcome: Outcome;
			readonly note: string;
			/** SHA-256 of the step's inputs, hex. */
			readonly fingerprint: string;
	  }
	| {readonly type: 'stopping'; readonly reason: string}
	| {readonly type: 'run-finished'; readonly outcome: RunOutcome; readonly exitCode: number; readonly problem?: Problem}
);

export type Progress = {
	readonly label: string;
	readonly done: number;
	readonly total?: number;
	readonly unit: 'bytes' | 'items';
	/** When this label was first and last heard of, ms since the epoch: rate and time left follow from these. */
	readonly startedAt: number;
	readonly startedDone: number;
	readonly updatedAt: number;
};

export type Item = {readonly label: string; readonly state: 'pending' | 'ok' | 'bad'; readonly note: string};

export type StepState = StepInfo & {
	readonly status: StepStatus;
	readonly attempt: number;
	readonly stale: boolean;
	readonly startedAt?: number;
	readonly finishedAt?: number;
	readonly outcome?: Outcome;
	readonly note?: string;
	readonly fingerprint?: string;
	readonly changes: readonly Change[];
	readonly warnings: readonly string[];
	readonly progress: readonly Progress[];
	readonly items: readonly Item[];
	readonly waiting?: {readonly reason: string; readonly since: number; readonly timeoutMs?: number};
	readonly retry?: {readonly at: number; readonly pauseMs: number; readonly problem: Problem};
	readonly handover?: Handover;
	readonly acknowledged: boolean;
	readonly problem?: Problem;
	readonly choices: readonly Decision[];
};

export type LogLine = {readonly at: number; readonly step?: StepId; readonly level: LogLevel; readonly text: string};

/** The fold of all events: what screens draw, plain text prints and the state file keeps. */
export type RunState = {
	readonly runId: string;
	readonly mode: 'install' | 'plan' | 'verify';
	readonly version: string;
	readonly startedAt: number;
	readonly finishedAt?: number;
	readonly steps: readonly StepState[];
	/** The step that is under way or was last. */
	readonly current?: StepId;
	readonly stopping?: string;
	readonly outcome?: RunOutcome;
	readonly exitCode?: number;
	readonly problem?: Problem;
	/** The newest lines, oldest first; `logDropped` says how many older ones are only in the log file. */
	readonly log: readonly LogLine[];
	readonly logDropped: number;
};

/** Where events go. Listeners have equal rank and never throw. */
export type Listener = (event: Event) => void;
