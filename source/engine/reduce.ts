import {toldActor} from '../base/people/actor.ts';
import {isSameTrouble, type Problem, partsOf} from '../base/problem.ts';
import type {Event, Outcome, StepInfo, StepStatus} from './events.ts';
import {sayOfRun, sayOfStep} from './log.ts';
import {endWords} from './outcome.ts';
import {addDetail, updateStep} from './reduce-detail.ts';
import type {RunState, StepState} from './state.ts';

/** The state before the first event. */
export const emptyRun: RunState = {
	runId: '',
	plan: '',
	title: '',
	pass: 'apply',
	version: '',
	startedAt: 0,
	steps: [],
	planSteps: 0,
	log: [],
	logDropped: 0,
};

/** Everything that belongs to one attempt and ends with it. */
const settled = (step: StepState): StepState => {
	const {waiting: _waiting, retry: _retry, handover: _handover, problem: _problem, ways: _ways, ...others} = step;
	const {sameAgainAt: _sameAgainAt, ...rest} = others;
	return {...rest, choices: []};
};

/** What is known of a step when nothing of it was done in this run. */
const nothing = {changes: [], warnings: [], progress: [], items: []} as const;

const pending = (info: StepInfo): StepState => ({
	...info,
	...nothing,
	status: 'pending',
	attempt: 0,
	stale: false,
	acknowledged: false,
	choices: [],
});

type Of<Type extends Event['type']> = Extract<Event, {type: Type}>;

const runStarted = ({log, logDropped}: RunState, event: Of<'run-started'>): RunState => {
	const {at, type: _type, steps, ...told} = event;
	return {...emptyRun, ...told, log, logDropped, startedAt: at, steps: steps.map(pending)};
};

const stepStarted = (state: RunState, event: Of<'step-started'>): RunState => {
	const next = updateStep(state, event.step, (step) => {
		const {
			finishedAt: _finishedAt,
			outcome: _outcome,
			note: _note,
			keep: _keep,
			way: _way,
			pages: _pages,
			...rest
		} = settled(step);
		// Its time goes on through its problems; what had ended begins anew.
		const startedAt = step.finishedAt === undefined ? (step.startedAt ?? event.at) : event.at;
		return {...rest, ...nothing, status: 'checking', stale: event.stale, startedAt, attempt: 0};
	});
	const why = event.stale ? ': its answers have changed since it was last done' : '';
	return sayOfStep(next, event, 'info', `started${why}`);
};

const stepChecking = (state: RunState, {step: id, phase}: Of<'step-checking'>): RunState =>
	updateStep(state, id, (step) => {
		if (phase === 'poll') return step;
		const {waiting: _waiting, retry: _retry, ...rest} = step;
		return {...rest, status: 'checking'};
	});

const stepWaiting = (state: RunState, event: Of<'step-waiting'>): RunState => {
	const {handover} = event;
	const isNews = state.steps.find(({id}) => id === event.step)?.handover === undefined;
	const next = updateStep(state, event.step, (step) => ({
		...step,
		status: 'waiting',
		handover,
		waitedFor: toldActor(handover.who),
	}));
	return isNews ? sayOfStep(next, event, 'info', `waiting for ${toldActor(handover.who)}: ${handover.title}`) : next;
};

const stepRetrying = (state: RunState, event: Of<'step-retrying'>): RunState => {
	const {at, attempt, pauseMs, problem} = event;
	const retry = {at, pauseMs, problem};
	const next = updateStep(state, event.step, (step) => ({...step, status: 'retrying', attempt, retry}));
	return sayOfStep(next, event, 'warn', `${problem.message} Trying again in ${Math.ceil(pauseMs / 1000)} s.`);
};

/** Is there nothing new in this problem, in none of its parts? */
const isAllTheSame = (before: Problem, now: Problem): boolean => {
	const [old, parts] = [partsOf(before), partsOf(now)];
	return old.length === parts.length && parts.every((one) => old.some((other) => isSameTrouble(one, other)));
};

const stepProblem = (state: RunState, event: Of<'step-problem'>): RunState => {
	const {problem, choices, ways, at} = event;
	const next = updateStep(state, event.step, (step) => ({
		...settled(step),
		status: 'problem',
		problem,
		...(step.tried && isAllTheSame(step.tried, problem) && {sameAgainAt: at}),
		choices,
		...(ways && {ways}),
	}));
	return sayOfStep(next, event, 'error', problem.message);
};

const stepDecided = (state: RunState, event: Of<'step-decided'>): RunState =>
	sayOfStep(
		updateStep(state, event.step, (step) => ({
			...settled(step),
			status: 'pending',
			...(step.problem && {tried: step.problem}),
		})),
		event,
		'info',
		`decided: ${event.way ?? event.decision}`,
	);

const stepGoingBack = (state: RunState, event: Of<'step-going-back'>): RunState => {
	const {way} = event;
	const next = updateStep(state, event.step, (step) => ({
		...settled(step),
		progress: [],
		items: [],
		status: 'going-back',
		way,
	}));
	return sayOfStep(next, event, 'warn', `begun: ${way.label}`);
};

const stepWarning = (state: RunState, event: Of<'step-warning'>): RunState =>
	sayOfStep(
		updateStep(state, event.step, (step) => ({...step, warnings: [...step.warnings, event.text]})),
		event,
		'warn',
		event.text,
	);

/** The status in which each outcome leaves a step. */
const endedAs: Readonly<Record<Outcome, StepStatus>> = {
	already: 'done',
	applied: 'done',
	'not-needed': 'skipped',
	skipped: 'skipped',
	'brought-back': 'brought-back',
};

const stepFinished = (state: RunState, event: Of<'step-finished'>): RunState => {
	const {at, outcome, note, fingerprint, keep} = event;
	const next = updateStep(state, event.step, (step) => ({
		...settled(step),
		status: endedAs[outcome],
		outcome,
		note,
		fingerprint,
		keep,
		stale: false,
		finishedAt: at,
	}));
	const words = endWords(next.steps.find(({id}) => id === event.step) ?? {}, outcome);
	return sayOfStep(next, event, 'info', [words, note].filter((text) => text !== '').join(': '));
};

const runFinished = (state: RunState, {at, outcome, exitCode, problem}: Of<'run-finished'>): RunState => ({
	...state,
	outcome,
	exitCode,
	finishedAt: at,
	...(problem && {problem}),
});

const reducers: {readonly [Type in Event['type']]: (state: RunState, event: Of<Type>) => RunState} = {
	'run-started': runStarted,
	'plan-fact': (state, {fact}) => ({
		...state,
		facts: [...(state.facts ?? []).filter(({id}) => id !== fact.id), fact].sort((a, b) => a.rank - b.rank),
	}),
	'plan-facts-known': (state) => state,
	'step-started': stepStarted,
	'step-checking': stepChecking,
	'step-todo': (state, {step: id, changes}) => updateStep(state, id, (step) => ({...step, changes})),
	'step-pages': (state, {step: id, pages}) => updateStep(state, id, (step) => ({...step, pages})),
	'step-applying': (state, {step: id, attempt}) =>
		updateStep(state, id, (step) => ({...settled(step), status: 'applying', attempt})),
	'step-detail': (state, event) => addDetail(state, event, event.detail),
	'step-waiting': stepWaiting,
	'step-retrying': stepRetrying,
	'step-problem': stepProblem,
	'step-decided': stepDecided,
	'step-going-back': stepGoingBack,
	'step-acknowledged': (state, {step: id}) => updateStep(state, id, (step) => ({...step, acknowledged: true})),
	'step-warning': stepWarning,
	'step-finished': stepFinished,
	'run-warning': (state, {at, text}) =>
		sayOfRun({...state, warnings: [...(state.warnings ?? []), text]}, at, 'warn', text),
	stopping: (state, {at, reason}) =>
		sayOfRun({...state, stopping: reason}, at, 'warn', `stopping at a safe point: ${reason}`),
	'run-finished': runFinished,
};

/** Is this the name of an event of the engine? */
export const isEventType = (type: unknown): type is Event['type'] =>
	typeof type === 'string' && Object.hasOwn(reducers, type);

/** Folds one event into the state of a run. Pure; shared by screen, plain text, state file and tests. */
export const reduce = (state: RunState, event: Event): RunState => {
	const fold = reducers[event.type] as (state: RunState, event: Event) => RunState;
	return fold(state, event);
};
