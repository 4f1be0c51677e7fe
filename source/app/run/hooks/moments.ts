import type {Problem} from '../../../base/problem.ts';
import type {Event, RunOutcome} from '../../../engine/events.ts';
import type {Handover} from '../../../engine/plan.ts';
import type {HookEvent} from './types.ts';

/** Something in a run that hooks are called for. */
export type Moment = {
	readonly event: HookEvent;
	/** ms since the epoch. */
	readonly at: number;
	readonly step?: string;
	readonly handover?: Handover;
	readonly problem?: Problem;
	readonly outcome?: RunOutcome;
	readonly exitCode?: number;
};

/** What is known of a run that decides whether an event is news. */
export type Seen = {
	/** The step that people are waited for at. */
	readonly waiting?: string;
	/** The problem that was told last. */
	readonly told?: Problem;
};

type Of<Type extends Event['type']> = Extract<Event, {type: Type}>;

const isSame = (one: Problem | undefined, other: Problem): boolean =>
	one?.code === other.code && one.message === other.message;

/** A problem that ends the run and that no step has told, such as a lost Lease, is told before the end. That somebody stopped it is none. */
const endOf = ({told}: Seen, {at, outcome, exitCode, problem}: Of<'run-finished'>): readonly Moment[] => {
	const end: Moment = {event: 'finished', at, outcome, exitCode, ...(problem && {problem})};
	const isNews = problem !== undefined && problem.area !== 'stopped' && !isSame(told, problem);
	return isNews ? [{event: 'problem', at, problem}, end] : [end];
};

/** Events after which nobody is waited for any more; polls do not end a wait. */
const endsWait: ReadonlySet<Event['type']> = new Set([
	'step-started',
	'step-applying',
	'step-finished',
	'step-problem',
]);

/** What an event means for hooks, and what is known after it. A hand-over that is looked at again and again is one wait. */
export const momentsOf = (seen: Seen, event: Event): {readonly moments: readonly Moment[]; readonly seen: Seen} => {
	const {waiting: _waiting, ...others} = seen;
	const next = endsWait.has(event.type) ? others : seen;
	const {at} = event;
	switch (event.type) {
		case 'run-started':
			return {moments: [{event: 'started', at}], seen: {}};
		case 'step-waiting': {
			const {step, handover} = event;
			const moments = seen.waiting === step ? [] : [{event: 'waiting' as const, at, step, handover}];
			return {moments, seen: {...seen, waiting: step}};
		}
		case 'step-problem': {
			const {step, problem} = event;
			return {moments: [{event: 'problem', at, step, problem}], seen: {...next, told: problem}};
		}
		case 'run-finished':
			return {moments: endOf(seen, event), seen: next};
		default:
			return {moments: [], seen: next};
	}
};
