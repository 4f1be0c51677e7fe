import {toldActor} from '../../../base/people/actor.ts';
import {harmlessJson} from '../../../base/printable.ts';
import type {Problem} from '../../../base/problem.ts';
import {cutTo} from '../../../base/text.ts';
import type {RunOutcome} from '../../../engine/events.ts';
import type {Handover} from '../../../engine/plan.ts';
import type {RunState} from '../../../engine/state.ts';
import type {Moment} from './moments.ts';

/** Where a run is, for whoever reads of it elsewhere. */
export type RunFacts = {
	readonly host: string;
	readonly user: string;
	/** The log file, absolute. */
	readonly log: string;
	/** The host name of the control plane, by which sites are told apart. */
	readonly site: string;
};

/** The longest text that is handed on, characters; and so many things that are awaited. */
const longest = 2000;
const mostAwaited = 50;

const ended: Readonly<Record<RunOutcome, string>> = {
	done: 'done',
	failed: 'failed',
	stopped: 'stopped; it can be gone on with',
};

const newsOf = ({event, handover, problem, outcome}: Moment): string => {
	if (handover) return `waiting for ${toldActor(handover.who)}: ${handover.title}`;
	if (outcome) return ended[outcome];
	return event === 'started' ? 'started' : `problem: ${problem?.message ?? ''}`;
};

const problemPart = ({code, area, who, message, cause, fix}: Problem): object => ({
	code,
	area,
	who,
	message: cutTo(message, longest),
	cause: cutTo(cause, longest),
	fix: cutTo(fix, longest),
});

const handoverPart = ({id, title, who, intro, awaited}: Handover): object => ({
	id,
	title,
	who,
	intro: cutTo(intro, longest),
	awaited: awaited.slice(0, mostAwaited).map(({label, ok, note}) => ({label, ok, note: cutTo(note, longest)})),
});

/**
 * What a hook is told: one line of JSON of format 1, as docs/hooks.md describes it. Whatever is told of a moment has been redacted
 * before. @param number counts the moments of a run from 1, for calls may overtake each other
 */
export const payloadOf = (
	moment: Moment,
	{run, facts, number}: {readonly run: RunState; readonly facts: RunFacts; readonly number: number},
): string => {
	const {event, at, handover, problem, outcome, exitCode} = moment;
	const {runId, plan, title, version, steps} = run;
	const {site, ...place} = facts;
	const step = steps.find(({id}) => id === moment.step);
	const value = {
		format: 1,
		event,
		number,
		at: new Date(at).toISOString(),
		text: cutTo(`${title} ${site} from ${facts.host}: ${newsOf(moment)}`, longest),
		site,
		run: {id: runId, plan, title, version, ...place},
		...(step && {step: {id: step.id, title: step.title}}),
		...(handover && {handover: handoverPart(handover)}),
		...(problem && {problem: problemPart(problem)}),
		...(outcome && {outcome, exitCode}),
	};
	return `${harmlessJson(JSON.stringify(value))}\n`;
};
