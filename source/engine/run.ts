import type {Clock} from '../base/clock.ts';
import type {Problem} from '../base/problem.ts';
import type {Controls} from './controls.ts';
import type {BaseWorld, Event, Listener, RunOutcome, Step, StepId} from './types.ts';

/** An event without its time; the engine stamps it. */
export type NewEvent = Event extends infer One ? (One extends Event ? Omit<One, 'at'> : never) : never;

export type RunOptions<Answers, World extends BaseWorld<Answers>> = {
	readonly mode: 'install' | 'plan' | 'verify';
	readonly runId: string;
	readonly version: string;
	readonly steps: readonly Step<Answers, World>[];
	readonly answers: Answers;
	/** Adds the ports to the part of the world that the engine makes. Called once for each look at a step. */
	readonly makeWorld: (base: BaseWorld<Answers>) => World | Promise<World>;
	readonly controls: Controls<Answers>;
	readonly listeners: readonly Listener[];
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/** Fingerprints of the inputs with which steps were done before. */
	readonly fingerprints: ReadonlyMap<StepId, string>;
	readonly from?: StepId;
	readonly until?: StepId;
};

export type RunResult = {readonly outcome: RunOutcome; readonly exitCode: number; readonly problem?: Problem};
