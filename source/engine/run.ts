import type {Clock} from '../base/clock.ts';
import type {Problem} from '../base/problem.ts';
import type {Controls} from './controls.ts';
import type {Event, Listener, RunOutcome} from './events.ts';
import type {BaseWorld, Pass, Plan, PlanFact} from './plan.ts';

/** An event without its time; the engine stamps it. */
export type NewEvent = Event extends infer One ? (One extends Event ? Omit<One, 'at'> : never) : never;

/** One way through one plan. */
export type RunOptions<Answers, World extends BaseWorld<Answers>> = {
	readonly plan: Plan<Answers, World>;
	readonly pass: Pass;
	readonly runId: string;
	readonly version: string;
	readonly answers: Answers;
	/** Adds the ports to the part of the world that the engine makes. Called once for each look at a step. */
	readonly makeWorld: (base: BaseWorld<Answers>) => World | Promise<World>;
	readonly controls: Controls<Answers>;
	readonly listeners: readonly Listener[];
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/**
	 * Does what changes the world, the `apply` of a step or a way back, while nobody else can. What it throws for want of that is a
	 * problem of the step. By default it is just done.
	 */
	readonly changing?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
	/** Hears of errors that nothing caught, such as one of a library's event handler, until the returned function is called. */
	readonly hearFaults?: ((listener: (problem: Problem) => void) => () => void) | undefined;
	/** Fingerprints of the inputs with which steps were done before, by step. */
	readonly fingerprints: ReadonlyMap<string, string>;
	/** How long steps took the last time, ms, by step. */
	readonly durations?: ReadonlyMap<string, number> | undefined;
	/** Facts that are known before a look begins. */
	readonly facts?: readonly PlanFact[] | undefined;
	readonly from?: string | undefined;
	readonly until?: string | undefined;
};

export type RunResult = {readonly outcome: RunOutcome; readonly exitCode: number; readonly problem?: Problem};
