import {toldActor} from '../base/people/actor.ts';
import {formatDuration} from '../base/units.ts';
import {formatChange} from '../engine/changes.ts';
import type {Event} from '../engine/events.ts';
import {endWords, inOrder, problemWords, sameAgainWords} from '../engine/outcome.ts';
import type {Awaited, Detail, Handover, PlanFact} from '../engine/plan.ts';
import {emptyRun, reduce} from '../engine/reduce.ts';
import type {RunState, StepState} from '../engine/state.ts';
import {formatProblem, formatProgress} from './format.ts';
import {modeOf} from './json.ts';

/** What was told so far: the run, and when a progress was last told or began, ms since the epoch. */
export type Told = {readonly run: RunState; readonly progressAt: number};

/** Before the first event. */
export const nothingTold: Told = {run: emptyRun, progressAt: 0};

/** How often a line of progress is told, in ms: enough to see life in a pipeline's log, too little to flood it. */
const progressEveryMs = 5000;

const progressAt = (before: number, event: Event): number => {
	if (event.type === 'step-started' || event.type === 'step-applying') return event.at;
	const isDue =
		event.type === 'step-detail' && event.detail.kind === 'progress' && event.at - before >= progressEveryMs;
	return isDue ? event.at : before;
};

/** What has been told after an event. Its log is left out: those lines were told, and a growing log would be copied each time. */
export const tell = (before: Told, event: Event): Told => ({
	run: {...reduce(before.run, event), log: []},
	progressAt: progressAt(before.progressAt, event),
});

const stepIn = ({run}: Told, id: string): StepState | undefined => run.steps.find((step) => step.id === id);

/** `[ 2/13] The images: working`. */
const titled = (told: Told, id: string, text: string): readonly string[] => {
	const {steps} = told.run;
	const place = steps.findIndex((step) => step.id === id) + 1;
	return [`[${String(place).padStart(2)}/${steps.length}] ${steps[place - 1]?.title ?? id}: ${text}`];
};

const indented = (lines: readonly string[]): readonly string[] =>
	lines.map((line) => (line === '' ? '' : `        ${line}`));

const noted = (label: string, note: string): string => (note === '' ? label : `${label}: ${note}`);

const awaitedLine = ({label, ok, note}: Awaited): string => `${ok ? 'ok     ' : 'not yet'} ${noted(label, note)}`;

/** The texts where they lie in no file; else where they are. */
const textLines = ({who, sections, folder}: Handover): readonly string[] =>
	folder === undefined
		? sections.flatMap((section) => ['', `--- ${section.title} (${section.fileName})`, ...section.lines])
		: [`Files for ${toldActor(who)}: ${folder}`, ...sections.map(({title, fileName}) => `  ${fileName}: ${title}`)];

const handoverLines = (handover: Handover): readonly string[] => [
	`For ${toldActor(handover.who)}: ${handover.title}`,
	...handover.intro.split('\n'),
	...textLines(handover),
	'',
	'Waiting for:',
	...handover.awaited.map((one) => `  ${awaitedLine(one)}`),
];

const isSame = (before: readonly Awaited[], after: readonly Awaited[]): boolean =>
	before.length === after.length &&
	before.every(({ok, note}, index) => ok === after[index]?.ok && note === after[index]?.note);

/** A hand-over is written out once; after that only what is awaited, when it has changed. */
const waitingLines = (before: Handover | undefined, handover: Handover): readonly string[] => {
	if (!before) return handoverLines(handover);
	return isSame(before.awaited, handover.awaited) ? [] : handover.awaited.map(awaitedLine);
};

type Kind<Name extends Detail['kind']> = Extract<Detail, {kind: Name}>;

/** Whether a line of progress is due is known by the time at which one was last told. */
const progressLines = (before: Told, after: Told, step: string, {label}: Kind<'progress'>): readonly string[] => {
	const isDue = after.progressAt !== before.progressAt;
	const progress = stepIn(after, step)?.progress.find((one) => one.label === label);
	return isDue && progress ? [formatProgress(progress)] : [];
};

/** A watch tells the same thing again and again; only news is worth a line. */
const itemLines = (before: StepState | undefined, {label, state, note}: Kind<'item'>): readonly string[] => {
	const old = before?.items.find((one) => one.label === label);
	const isNews = old?.state !== state || old.note !== note;
	// What is not there any more is no news: why it went was told before.
	if (state === 'gone') return [];
	return state !== 'pending' && isNews ? [`${state === 'bad' ? 'BAD ' : ''}${noted(label, note)}`] : [];
};

const detailLines = (before: Told, after: Told, {step, detail}: Of<'step-detail'>): readonly string[] => {
	switch (detail.kind) {
		case 'line':
			return [detail.text];
		case 'item':
			return itemLines(stepIn(before, step), detail);
		case 'waiting':
			return stepIn(before, step)?.waiting?.reason === detail.reason ? [] : [`waiting: ${detail.reason}`];
		case 'progress':
			return progressLines(before, after, step, detail);
	}
};

const finishedLines = (after: Told, {step, outcome, note, at}: Of<'step-finished'>): readonly string[] => {
	const ended = stepIn(after, step);
	const words = endWords(ended ?? {}, outcome);
	const took = ended?.startedAt === undefined ? '' : ` (${formatDuration(at - ended.startedAt)})`;
	return titled(
		after,
		step,
		`${noted(outcome === 'already' && words !== inOrder ? `ok, ${words}` : words, note)}${took}`,
	);
};

/** `Cluster: prod, https://…`, further lines below it. */
export const factLines = ({label, lines: [first = '', ...more]}: PlanFact): readonly string[] => [
	`${label}: ${first}`,
	...more.map((line) => `  ${line}`),
];

/** Where a plan goes and what is there, under its heading, each fact as `linesOfOne` tells it; empty where nothing is known. */
export const whereLines = (
	facts: readonly PlanFact[],
	linesOfOne: (fact: PlanFact) => readonly string[],
): readonly string[] =>
	facts.length === 0 ? [] : ['Where it goes', ...facts.flatMap((fact) => linesOfOne(fact).map((line) => `  ${line}`))];

/** That a step was tried again and met the same, which nothing else would show. */
const againLines = ({sameAgainAt: at}: Pick<StepState, 'sameAgainAt'> = {}): readonly string[] =>
	at === undefined ? [] : [sameAgainWords(at)];

type Of<Type extends Event['type']> = Extract<Event, {type: Type}>;
type LinesOf<Type extends Event['type']> = (before: Told, after: Told, event: Of<Type>) => readonly string[];

const none = (): readonly string[] => [];

/** The lines of an event, by its type. */
const table: {readonly [Type in Event['type']]: LinesOf<Type>} = {
	'run-started': (_before, _after, {version, plan, pass, runId}) => [
		`zenml-airgap ${version}, ${modeOf(plan, pass)}, run ${runId}`,
	],
	'step-started': (_before, after, {step, stale}) =>
		titled(after, step, stale ? 'checking, its answers have changed' : 'checking'),
	'plan-fact': none,
	'plan-facts-known': (_before, {run: {facts = []}}) => whereLines(facts, factLines),
	'step-checking': none,
	'step-todo': (_before, _after, {changes}) => indented(changes.map(formatChange)),
	'step-pages': (_before, _after, {pages}) =>
		indented(pages.flatMap(({title, lines}) => [`--- ${title}`, ...lines, ''])),
	'step-applying': (_before, after, {step, attempt}) =>
		titled(after, step, attempt > 1 ? `working, try ${attempt}` : 'working'),
	'step-detail': (before, after, event) => indented(detailLines(before, after, event)),
	'step-warning': (_before, _after, {text}) => indented([`warning: ${text}`]),
	'step-waiting': (before, _after, {step, handover}) =>
		indented(waitingLines(stepIn(before, step)?.handover, handover)),
	'step-retrying': (_before, _after, {problem, pauseMs}) =>
		indented([`${problem.message} Trying again in ${formatDuration(pauseMs)} (${problem.code}).`]),
	'step-problem': (_before, after, {step, problem}) => [
		...titled(after, step, after.run.pass === 'apply' ? 'cannot go on' : problemWords(problem, after.run.pass)),
		...indented(againLines(stepIn(after, step))),
		...indented(formatProblem(problem)),
	],
	'step-decided': none,
	'step-going-back': (_before, after, {step, way}) => titled(after, step, way.label),
	'step-acknowledged': none,
	'step-finished': (_before, after, event) => finishedLines(after, event),
	'run-warning': (_before, _after, {text}) => [`Warning: ${text}`],
	stopping: (_before, _after, {reason}) => [`Stopping at a safe point: ${reason}`],
	'run-finished': none,
};

/** What an event is told with, by what was told before and after it. */
export const linesOf = (before: Told, after: Told, event: Event): readonly string[] => {
	const lines = table[event.type] as (before: Told, after: Told, event: Event) => readonly string[];
	return lines(before, after, event);
};
