import type {Problem} from '../source/base/problem.ts';
import type {Rehearsal, RehearsalOptions} from './types.ts';

/** What can be sent to another process of how to start. */
export type HostOptions = Omit<RehearsalOptions, 'log' | 'signal'>;

/** What the parent sends. Plain JSON. */
export type ToChild = {readonly type: 'start'; readonly options: HostOptions} | {readonly type: 'stop'};

/** What the child sends once the site is up. */
export type Started = {
	readonly type: 'started';
	readonly rehearsal: Omit<Rehearsal, 'stop' | 'describe'>;
	readonly lines: readonly string[];
};

/** What the child sends. */
export type FromChild =
	| Started
	| {readonly type: 'failed'; readonly problem: Problem}
	| {readonly type: 'line'; readonly text: string};
