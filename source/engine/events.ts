import type {Problem} from '../base/problem.ts';
import type {Change, Detail, Handover, Kept, Pass, PlanFact, PlanPage, WayInfo} from './plan.ts';

/** Where a step is. */
export type StepStatus =
	| 'pending'
	| 'checking'
	| 'applying'
	| 'waiting'
	| 'retrying'
	| 'problem'
	| 'going-back'
	| 'done'
	| 'skipped'
	| 'brought-back';

/**
 * How a step ended: nothing to do, changed, left out by the answers, left out by the operator, or, after a problem, with what was
 * there before.
 */
export type Outcome = 'already' | 'applied' | 'not-needed' | 'skipped' | 'brought-back';

/** What can be decided where a step cannot go on. */
export type Decision = 'retry' | 'edit' | 'way' | 'skip' | 'quit';

/** How a run ended. `stopped` is resumable. */
export type RunOutcome = 'done' | 'failed' | 'stopped';

/** What is told of a step before it begins. */
export type StepInfo = {
	readonly id: string;
	readonly title: string;
	readonly why: string;
	readonly skippable: boolean;
	readonly proves: boolean;
	/** True for a step that changes nothing itself; absent for the others. */
	readonly onlyLooks?: true;
	/** How long it took the last time, ms; absent where nobody knows. */
	readonly lastMs?: number | undefined;
};

/** The only output of the engine. `at` is milliseconds since the epoch. One line of JSON each in `--json`. */
export type Event = {readonly at: number} & (
	| {
			readonly type: 'run-started';
			readonly runId: string;
			readonly plan: string;
			/** What the plan is doing, as a headline: `Installing`. */
			readonly title: string;
			readonly pass: Pass;
			readonly version: string;
			/** The steps of this run. */
			readonly steps: readonly StepInfo[];
			/** How many steps the plan has; a run between `--from` and `--until` has fewer. */
			readonly planSteps: number;
	  }
	/** In a look: what is worth knowing of where the plan goes. One of the same id replaces the earlier. */
	| {readonly type: 'plan-fact'; readonly fact: PlanFact}
	/** In a look: no more facts come. */
	| {readonly type: 'plan-facts-known'}
	| {readonly type: 'step-started'; readonly step: string; readonly stale: boolean}
	| {readonly type: 'step-checking'; readonly step: string; readonly phase: 'before' | 'after' | 'poll'}
	| {readonly type: 'step-todo'; readonly step: string; readonly changes: readonly Change[]}
	| {readonly type: 'step-pages'; readonly step: string; readonly pages: readonly PlanPage[]}
	| {readonly type: 'step-applying'; readonly step: string; readonly attempt: number}
	| {readonly type: 'step-detail'; readonly step: string; readonly detail: Detail}
	| {readonly type: 'step-waiting'; readonly step: string; readonly handover: Handover}
	| {
			readonly type: 'step-retrying';
			readonly step: string;
			readonly problem: Problem;
			readonly attempt: number;
			readonly pauseMs: number;
	  }
	| {
			readonly type: 'step-problem';
			readonly step: string;
			readonly problem: Problem;
			readonly choices: readonly Decision[];
			/** The ways that the choice `way` has; absent where there is none. */
			readonly ways?: readonly WayInfo[];
	  }
	| {
			readonly type: 'step-decided';
			readonly step: string;
			readonly decision: Decision;
			/** Which way, where the decision is one. */
			readonly way?: string;
	  }
	| {readonly type: 'step-going-back'; readonly step: string; readonly way: WayInfo}
	| {readonly type: 'step-acknowledged'; readonly step: string}
	| {readonly type: 'step-warning'; readonly step: string; readonly text: string}
	| {
			readonly type: 'step-finished';
			readonly step: string;
			readonly outcome: Outcome;
			readonly note: string;
			/** SHA-256 of the step's inputs, hex. */
			readonly fingerprint: string;
			readonly keep?: Kept | undefined;
	  }
	/** Of the run as a whole; `evidence` are words of others, for the log. */
	| {readonly type: 'run-warning'; readonly text: string; readonly evidence?: readonly string[]}
	| {readonly type: 'stopping'; readonly reason: string}
	| {readonly type: 'run-finished'; readonly outcome: RunOutcome; readonly exitCode: number; readonly problem?: Problem}
);

/** Where events go. Listeners have equal rank and never throw. */
export type Listener = (event: Event) => void;
