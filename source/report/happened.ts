import {toldActor} from '../base/people/actor.ts';
import type {Problem} from '../base/problem.ts';
import type {Event} from '../engine/events.ts';
import type {Awaited} from '../engine/plan.ts';

/** Something that people, or the world, did in the course of a run, in a sentence; `at` in ms since the epoch. */
export type Happened = {
	readonly at: number;
	/** Title of the step. */
	readonly step: string;
	readonly text: string;
	/** The hand-over that began to be waited for. */
	readonly wait?: string;
	/** When that wait ended, ms since the epoch; absent while it goes on. */
	readonly until?: number;
	/** Who confirmed that it was done elsewhere; absent for anything else, and where it is not known. */
	readonly confirmedBy?: string;
};

/** Words for what was decided at a problem. */
const decisions = {
	retry: 'tried again',
	edit: 'answers changed, then tried again',
	way: 'went a way back',
	skip: 'left the step out',
	quit: 'ended the run',
} as const;

const problemWords = ({code, message}: Problem): string => `problem ${code}: ${message}`;

/** A confirmation, in a sentence. */
export const confirmedWords = (by: string | undefined): string =>
	`confirmed${by === undefined ? '' : ` by ${by}`}: done elsewhere`;

/** How much of what was awaited was there; nothing where all was. */
export const seenWords = (awaited: readonly Awaited[]): string => {
	const missing = awaited.filter(({ok}) => !ok).map(({label}) => label);
	if (missing.length === 0) return '';
	return `, ${awaited.length - missing.length} of ${awaited.length} seen by then, not ${missing.join(', ')}`;
};

/** What an event adds; undefined where it tells of nothing that a reader asks about later. `title` names a step of the run. */
export const happenedIn = (event: Event, title: (step: string) => string): Happened | undefined => {
	const {at} = event;
	switch (event.type) {
		case 'step-problem':
			return {at, step: title(event.step), text: problemWords(event.problem)};
		case 'step-retrying':
			return {at, step: title(event.step), text: `${problemWords(event.problem)} Tried again by itself.`};
		case 'step-decided':
			return {at, step: title(event.step), text: `${decisions[event.decision]}${event.way ? ` (${event.way})` : ''}`};
		case 'step-waiting': {
			const {id, who, title: what} = event.handover;
			return {at, step: title(event.step), text: `waits for ${toldActor(who)}: ${what}`, wait: id};
		}
		case 'step-acknowledged':
			return {at, step: title(event.step), text: confirmedWords(undefined)};
		default:
			return undefined;
	}
};

/** Paths of answers that differ, e.g. `registry.host`; what they hold is not told. */
export const changedAnswers = (before: unknown, after: unknown, at = ''): readonly string[] => {
	if (Object.is(before, after)) return [];
	const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
		value !== null && typeof value === 'object';
	if (!isGroup(before) || !isGroup(after)) return [at];
	return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
		changedAnswers(before[key], after[key], at === '' ? key : `${at}.${key}`),
	);
};
