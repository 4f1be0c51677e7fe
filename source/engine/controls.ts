import type {Problem} from '../base/problem.ts';
import type {Decision} from './events.ts';
import type {WayInfo} from './plan.ts';

/** What a decision carries: `edit` brings new answers, `way` the id of a way that somebody has agreed to. */
export type Decided<Answers> =
	| {readonly decision: Exclude<Decision, 'edit' | 'way'>}
	| {readonly decision: 'way'; readonly way: string}
	| {readonly decision: 'edit'; readonly answers: Answers};

/** What can be decided about a problem. `ways` are those of the choice `way`. */
export type Offer = {readonly choices: readonly Decision[]; readonly ways: readonly WayInfo[]};

/** How people, or a policy in their place, steer a run. */
export type Controls<Answers> = {
	/** Asked when a step cannot go on. */
	readonly decide: (step: string, problem: Problem, offer: Offer, signal: AbortSignal) => Promise<Decided<Answers>>;
	/** Has the operator confirmed this hand-over, in this run or an earlier one? */
	readonly acknowledged: (step: string) => boolean;
	/** Resolves when somebody wants the awaited things looked at again now; never rejects. */
	readonly nudged: (signal: AbortSignal) => Promise<void>;
	/** How long a hand-over may last, in ms; absent without a bound. */
	readonly handoverLimitMs?: number;
};

/** The policy of a run without a screen: no decision can be asked for, so every problem ends the run. */
export const unattended = <Answers>(options: {
	readonly acknowledged: (step: string) => boolean;
	readonly handoverLimitMs: number;
}): Controls<Answers> => ({
	...options,
	decide: async () => ({decision: 'quit'}),
	nudged: async (signal) =>
		new Promise((resolve) => {
			if (signal.aborted) resolve();
			else signal.addEventListener('abort', () => resolve(), {once: true});
		}),
});

/** Controls for a screen: the same, and the handles by which it answers. */
export type AttendedControls<Answers> = Controls<Answers> & {
	readonly answer: (decided: Decided<Answers>) => void;
	readonly acknowledge: (step: string) => void;
	/** Looks again now. */
	readonly nudge: () => void;
};

/** Controls that a screen drives. `acknowledged` are the confirmations of earlier runs. */
export const attended = <Answers>(acknowledged: readonly string[]): AttendedControls<Answers> => {
	const confirmed = new Set(acknowledged);
	const waiters = new Set<() => void>();
	let pending: ((decided: Decided<Answers>) => void) | undefined;
	const nudge = (): void => {
		for (const wake of waiters) wake();
	};
	return {
		decide: async (_step, _problem, _offer, signal) =>
			new Promise((resolve, reject) => {
				const stop = (): void => {
					pending = undefined;
					reject(signal.reason);
				};
				if (signal.aborted) {
					stop();
					return;
				}
				signal.addEventListener('abort', stop, {once: true});
				pending = (decided) => {
					pending = undefined;
					signal.removeEventListener('abort', stop);
					resolve(decided);
				};
			}),
		answer: (decided) => pending?.(decided),
		acknowledged: (step) => confirmed.has(step),
		acknowledge: (step) => {
			confirmed.add(step);
			nudge();
		},
		nudge,
		nudged: async (signal) =>
			new Promise((resolve) => {
				const wake = (): void => {
					waiters.delete(wake);
					resolve();
				};
				if (signal.aborted) {
					resolve();
					return;
				}
				waiters.add(wake);
				signal.addEventListener('abort', wake, {once: true});
			}),
	};
};
