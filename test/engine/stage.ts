import {type ProblemArea, problem} from '../../source/base/problem.ts';
import {type Controls, unattended} from '../../source/engine/controls.ts';
import {converge} from '../../source/engine/converge.ts';
import type {Event} from '../../source/engine/events.ts';
import type {BaseWorld, Finding, Step} from '../../source/engine/plan.ts';
import {emptyRun, reduce} from '../../source/engine/reduce.ts';
import type {RunOptions, RunResult} from '../../source/engine/run.ts';
import type {RunState} from '../../source/engine/state.ts';
import {type FakeClock, fakeClock} from '../base/fake-clock.ts';
import {handover} from './events.ts';

export type Answers = {readonly registry: string; readonly host: string};
export type World = BaseWorld<Answers>;
export type TinyStep = Step<Answers, World>;

export const answers: Answers = {registry: 'a', host: 'b'};

export const ok: Finding = {status: 'ok'};
/** Waits for the network team; late, it is a problem of theirs. */
export const waiting: Finding = {
	status: 'waiting',
	handover,
	late: (when) =>
		problem({
			code: 'handover-dns',
			area: 'people',
			who: 'network team',
			message: `${handover.title}: not done ${when}.`,
			cause: 'pro.corp.internal: no such name',
			fix: 'Give them the records.',
		}),
};
export const todo: Finding = {status: 'todo', changes: [{action: 'create', target: 'thing'}]};

/** Plays the findings one after the other; the last one stays. */
export const findings = (...list: readonly (Finding | Error)[]): TinyStep['check'] => {
	let calls = 0;
	return async () => {
		const next = list[Math.min(calls, list.length - 1)] ?? ok;
		calls += 1;
		if (next instanceof Error) throw next;
		return next;
	};
};

const areas: Readonly<Record<string, ProblemArea>> = {
	bundle: 'bundle',
	images: 'registry',
	databases: 'database',
	dns: 'people',
	ca: 'people',
	verification: 'verification',
};

export const tiny = (id: string, more: Partial<TinyStep> = {}): TinyStep => ({
	id,
	title: `The ${id}`,
	why: 'It is needed.',
	area: areas[id] ?? 'cluster',
	inputs: ({registry}) => registry,
	timeouts: {checkMs: 10_000, applyMs: 60_000},
	check: async () => ok,
	...more,
});

export type Played = {
	readonly result: RunResult;
	readonly events: readonly Event[];
	readonly state: RunState;
	readonly clock: FakeClock;
	/** `type step` of every event, in short. */
	readonly story: readonly string[];
};

const short = (event: Event): string => {
	const step = 'step' in event ? ` ${event.step}` : '';
	switch (event.type) {
		case 'step-checking':
			return `check${step} ${event.phase}`;
		case 'step-finished':
			return `finished${step} ${event.outcome}`;
		case 'step-started':
			return `started${step}${event.stale ? ' stale' : ''}`;
		case 'step-problem':
			return `problem${step} ${event.problem.code}`;
		case 'step-decided':
			return `decided${step} ${event.decision}`;
		case 'step-retrying':
			return `retrying${step} ${event.pauseMs}`;
		case 'step-applying':
			return `applying${step} ${event.attempt}`;
		case 'run-finished':
			return `end ${event.outcome} ${event.exitCode}`;
		default:
			return `${event.type.replace('step-', '')}${step}`;
	}
};

export const quitting: Controls<Answers> = unattended({acknowledged: () => false, handoverLimitMs: 60_000});

/** Runs tiny steps to the end with a fake clock. Fails when anything is left asleep. */
export const play = async (
	steps: readonly TinyStep[],
	more: Partial<RunOptions<Answers, World>> & {readonly prepare?: (clock: FakeClock) => void} = {},
): Promise<Played> => {
	const clock = fakeClock();
	const {prepare, ...options} = more;
	prepare?.(clock);
	const events: Event[] = [];
	const result = await clock.drive(
		converge<Answers, World>({
			plan: {id: 'tiny', title: 'Trying', command: 'zenml-airgap install', steps},
			pass: 'apply',
			runId: 'r1',
			version: '1',
			answers,
			makeWorld: (base) => base,
			controls: quitting,
			signal: new AbortController().signal,
			clock,
			fingerprints: new Map(),
			...options,
			listeners: [(event) => events.push(event), ...(options.listeners ?? [])],
		}),
	);
	if (clock.asleep() > 0) throw new Error(`${clock.asleep()} timers are left`);
	return {result, events, state: events.reduce(reduce, emptyRun), clock, story: events.map(short)};
};
