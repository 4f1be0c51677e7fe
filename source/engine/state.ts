import type {Problem} from '../base/problem.ts';
import type {Decision, Outcome, RunOutcome, StepInfo, StepStatus} from './events.ts';
import type {Change, Handover, Kept, LogLevel, Pass, PlanFact, PlanPage, PodRow, WayInfo} from './plan.ts';

/** How far one named thing is, as last told. */
export type Progress = {
	readonly label: string;
	readonly done: number;
	readonly total?: number;
	readonly unit: 'bytes' | 'items';
	/** The thing is all that its step moves. */
	readonly whole?: true;
	/** When this label was first and last heard of, ms since the epoch: rate and time left follow from these. */
	readonly startedAt: number;
	readonly startedDone: number;
	readonly updatedAt: number;
};

/** A row of things being watched. */
export type Item = {
	readonly label: string;
	readonly state: 'pending' | 'ok' | 'bad';
	readonly note: string;
	readonly pod?: PodRow;
};

/** A step and all that is known of it. */
export type StepState = StepInfo & {
	readonly status: StepStatus;
	readonly attempt: number;
	readonly stale: boolean;
	readonly startedAt?: number;
	readonly finishedAt?: number;
	readonly outcome?: Outcome;
	readonly note?: string;
	readonly fingerprint?: string;
	readonly keep?: Kept | undefined;
	readonly changes: readonly Change[];
	/** What is to be read before it begins. */
	readonly pages?: readonly PlanPage[];
	readonly warnings: readonly string[];
	readonly progress: readonly Progress[];
	readonly items: readonly Item[];
	/** Lines that belong into the report, such as the log of a migration. */
	readonly record?: readonly string[];
	readonly waiting?: {readonly reason: string; readonly since: number; readonly timeoutMs?: number};
	readonly retry?: {readonly at: number; readonly pauseMs: number; readonly problem: Problem};
	readonly handover?: Handover;
	/** Whom it waited for in this run, as the operator reads of them: `the network team`. */
	readonly waitedFor?: string;
	readonly acknowledged: boolean;
	readonly problem?: Problem;
	/** The problem after which it was tried again. */
	readonly tried?: Problem;
	/** When that try ended in the same problem, ms since the epoch. */
	readonly sameAgainAt?: number;
	readonly choices: readonly Decision[];
	/** The ways that its problem offers; absent where there is none. */
	readonly ways?: readonly WayInfo[];
	/** The way that is gone, or was. */
	readonly way?: WayInfo;
};

/** One line of the log; `at` in ms since the epoch. */
export type LogLine = {readonly at: number; readonly step?: string; readonly level: LogLevel; readonly text: string};

/** The fold of all events: what screens draw, plain text prints and the state file keeps. */
export type RunState = {
	readonly runId: string;
	readonly plan: string;
	/** What the plan is doing, as a headline: `Installing`. */
	readonly title: string;
	readonly pass: Pass;
	readonly version: string;
	readonly startedAt: number;
	readonly finishedAt?: number;
	readonly steps: readonly StepState[];
	/** What is worth knowing of where the plan goes; absent until something is. */
	readonly facts?: readonly PlanFact[];
	/** How many steps the plan has; a run between `--from` and `--until` has fewer. */
	readonly planSteps: number;
	/** The step that is under way or was last. */
	readonly current?: string;
	readonly stopping?: string;
	/** What was told of the run as a whole, and stopped nothing. */
	readonly warnings?: readonly string[];
	readonly outcome?: RunOutcome;
	readonly exitCode?: number;
	readonly problem?: Problem;
	/** The newest lines, oldest first; `logDropped` says how many older ones are only in the log file. */
	readonly log: readonly LogLine[];
	readonly logDropped: number;
};
