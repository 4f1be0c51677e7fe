import type {Clock} from '../../../base/clock.ts';
import type {Event, Listener} from '../../../engine/events.ts';
import type {Awaited} from '../../../engine/plan.ts';
import {changedAnswers, confirmedWords, type Happened, happenedIn, seenWords} from '../../../report/happened.ts';

/** Gathers what people and the world did in the course of a run, for its reports. */
export type Gatherer = {
	readonly listener: Listener;
	/** The answers that count from now on: which of them differ is told, not what they hold. */
	readonly answersAre: (answers: unknown) => void;
	readonly all: () => readonly Happened[];
	/** What this run itself met, decided and waited for, without what was confirmed. */
	readonly met: () => readonly Happened[];
};

/** What is known beside the events: what an earlier run was told, and who confirms in this one. */
export type GathererOptions = {
	readonly clock: Clock;
	readonly before?: readonly Happened[];
	/** What is told at the beginning of this one. */
	readonly begun?: readonly Happened[];
	readonly operator?: string | undefined;
};

/** Events at which a step waits for nobody any more. */
const endsWait: ReadonlySet<Event['type']> = new Set([
	'step-applying',
	'step-problem',
	'step-finished',
	'step-acknowledged',
]);

/** @param first the answers that the run begins with */
export const gatherHappened = (
	first: unknown,
	{clock, before = [], begun = [], operator}: GathererOptions,
): Gatherer => {
	const titles = new Map<string, string>();
	const awaited = new Map<string, readonly Awaited[]>();
	let all: readonly Happened[] = [...before, ...begun];
	let answers = first;
	const isOpen = ({wait, until}: Happened): boolean => wait !== undefined && until === undefined;
	const endWaits = (at: number, title?: string): void => {
		all = all.map((one) => (isOpen(one) && one.step === (title ?? one.step) ? {...one, until: at} : one));
	};
	const confirmed = (found: Happened): Happened => {
		const seen = seenWords(awaited.get(found.step) ?? []);
		return {
			...found,
			text: `${confirmedWords(operator)}${seen}`,
			...(operator !== undefined && {confirmedBy: operator}),
		};
	};
	const titleOf = (step: string): string => titles.get(step) ?? step;
	const hearWaits = (event: Event): void => {
		if (event.type === 'step-waiting') awaited.set(titleOf(event.step), event.handover.awaited);
		if (event.type === 'run-finished') endWaits(event.at);
		if ('step' in event && event.step !== undefined && endsWait.has(event.type))
			endWaits(event.at, titleOf(event.step));
	};
	return {
		listener: (event) => {
			if (event.type === 'run-started') for (const {id, title} of event.steps) titles.set(id, title);
			hearWaits(event);
			const found = happenedIn(event, titleOf);
			if (!found) return;
			// A wait is told again at each look.
			const isKnown = all.some((one) => isOpen(one) && one.step === found.step && one.wait === found.wait);
			if (!isKnown) all = [...all, event.type === 'step-acknowledged' ? confirmed(found) : found];
		},
		answersAre: (next) => {
			const paths = changedAnswers(answers, next);
			answers = next;
			if (paths.length > 0) all = [...all, {at: clock.now(), step: 'Answers', text: `changed: ${paths.join(', ')}`}];
		},
		all: () => all,
		met: () => all.slice(before.length).filter(({confirmedBy}) => confirmedBy === undefined),
	};
};
