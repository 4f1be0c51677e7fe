import {sayOfStep} from './log.ts';
import type {Detail} from './plan.ts';
import type {Item, Progress, RunState, StepState} from './state.ts';

/** Changes one step and makes it the current one. */
export const updateStep = (state: RunState, id: string, change: (step: StepState) => StepState): RunState => ({
	...state,
	current: id,
	steps: state.steps.map((step) => (step.id === id ? change(step) : step)),
});

type Of<Kind extends Detail['kind']> = Extract<Detail, {kind: Kind}>;

/** Puts a labelled thing into the place of the one with the same label, or behind all others. */
const put = <T extends {readonly label: string}>(all: readonly T[], one: T): readonly T[] =>
	all.some(({label}) => label === one.label) ? all.map((old) => (old.label === one.label ? one : old)) : [...all, one];

const waitingFor = (step: StepState, at: number, {reason, timeoutMs}: Of<'waiting'>): StepState => {
	const since = step.waiting?.reason === reason ? step.waiting.since : at;
	return {...step, waiting: {reason, since, ...(timeoutMs !== undefined && {timeoutMs})}};
};

/** A progress that goes back has begun anew: rate and time left follow from its new start. */
const progressOf = (
	old: Progress | undefined,
	at: number,
	{label, done, total, unit, whole}: Of<'progress'>,
): Progress => {
	const goesOn = old !== undefined && done >= old.done;
	const start = goesOn ? old : {startedAt: at, startedDone: done};
	return {
		label,
		done,
		...(total !== undefined && {total}),
		unit,
		...(whole && {whole}),
		startedAt: start.startedAt,
		startedDone: start.startedDone,
		updatedAt: at,
	};
};

/** The most rows of things watched that are kept of one step: what is watched may make up ever new names. */
const mostItems = 500;

const withItem = (items: readonly Item[], {label, state, note, pod}: Of<'item'>): readonly Item[] => {
	if (state === 'gone') return items.filter((item) => item.label !== label);
	return put(items, {label, state, note, ...(pod && {pod})}).slice(-mostItems);
};

/** The most lines in the record of one step. */
const mostRecorded = 1000;

/** Keeps the newest lines that belong into the report. */
const recordLine = (state: RunState, id: string, {record, text}: Of<'line'>): RunState =>
	record === undefined
		? state
		: updateStep(state, id, (step) => ({...step, record: [...(step.record ?? []), text].slice(-mostRecorded)}));

/** Folds what a step tells while it works. */
export const addDetail = (
	state: RunState,
	event: {readonly at: number; readonly step: string},
	detail: Detail,
): RunState => {
	const {at, step: id} = event;
	switch (detail.kind) {
		case 'line':
			return recordLine(sayOfStep(state, event, detail.level, detail.text), id, detail);
		case 'waiting':
			return updateStep(state, id, (step) => waitingFor(step, at, detail));
		case 'item':
			return updateStep(state, id, (step) => ({...step, items: withItem(step.items, detail)}));
		case 'progress':
			return updateStep(state, id, (step) => {
				const old = step.progress.find(({label}) => label === detail.label);
				return {...step, progress: put(step.progress, progressOf(old, at, detail))};
			});
	}
};
