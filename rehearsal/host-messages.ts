import type {Problem} from '../source/base/problem.ts';
import type {FaultOrder, Rehearsal, RehearsalOptions} from './types.ts';

/** The file in its folder to which the child writes what it does. */
export const logFile = 'rehearsal.log';

/** What can be sent to another process of how to start. */
export type HostOptions = Omit<RehearsalOptions, 'log' | 'signal'>;

/** What the parent sends. Plain JSON. */
export type ToChild =
	| {readonly type: 'start'; readonly options: HostOptions}
	/** `id` comes back with what became of it. */
	| {readonly type: 'fault'; readonly id: number; readonly order: FaultOrder}
	| {readonly type: 'stop'};

/** What the child sends once the site is up. */
export type Started = {
	readonly type: 'started';
	readonly rehearsal: Omit<Rehearsal, 'stop' | 'describe' | 'switchFault'>;
	readonly lines: readonly string[];
};

/** What the child sends. */
export type FromChild =
	| Started
	| {readonly type: 'switched'; readonly id: number; readonly lines: readonly string[]}
	| {readonly type: 'not-switched'; readonly id: number; readonly problem: Problem}
	| {readonly type: 'failed'; readonly problem: Problem}
	| {readonly type: 'line'; readonly text: string};
