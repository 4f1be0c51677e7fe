import {toldActor} from '../../base/people/actor.ts';
import {type Problem, partsOf} from '../../base/problem.ts';
import {counted} from '../../base/text.ts';
import {stepWords, unfinishedWay} from '../../engine/outcome.ts';
import type {PlanWords} from '../../engine/plan-words.ts';
import type {RunState, StepState} from '../../engine/state.ts';
import {doneWords} from '../../report/summary.ts';
import type {Scene, UiState} from '../state/types.ts';
import {watch} from '../terminal/format.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {type Glyphs, type Role, statusMarks} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll, type Scrolled} from '../terminal/rows.ts';
import {pad} from '../terminal/text.ts';
import {elapsed} from './steps.ts';

const goOn = 'What is done stays done.';

/** How it ended, in a sentence. */
const headline = (run: RunState, words: PlanWords): {readonly text: string; readonly role: Role} => {
	const took = watch((run.finishedAt ?? run.startedAt) - run.startedAt);
	if (run.outcome === 'stopped') return {text: `Stopped after ${took}. ${goOn}`, role: 'warn'};
	if (run.outcome !== 'done') return {text: `Not finished, after ${took}. ${goOn}`, role: 'bad'};
	return {text: `${doneWords(run, words)}. It took ${took}.`, role: 'ok'};
};

const outcomeWord = (step: StepState, {pass}: RunState): string => {
	if (step.status === 'problem' && step.problem) return step.problem.message;
	return `${stepWords(step, pass)}${step.note ? `: ${step.note}` : ''}`;
};

const stepRows = (run: RunState, step: StepState, {width, marks}: Scroll): readonly Row[] => {
	const {glyph, role} = statusMarks[step.status];
	const title = pad(step.title, Math.min(30, Math.floor(width * 0.36)), marks.more);
	const time = elapsed(step, run.finishedAt ?? step.startedAt ?? 0).padStart(7);
	return bullet({text: marks[glyph], role}, `${title} ${time}  ${outcomeWord(step, run)}`, width);
};

/** Rows under a title, with air above; nothing where there are none. */
const part = (title: string, role: Role, rows: readonly Row[]): readonly Row[] =>
	rows.length === 0 ? [] : [blank, row(title, role), ...rows];

/** The first row of each of several blocks, the first of which stands at `at`. */
const startsOf = (blocks: readonly (readonly Row[])[], at: number): readonly number[] =>
	blocks.map((_, index) => at + blocks.slice(0, index).flat().length);

/** The warnings, with air and a title above, and where each begins; the first with its title. */
const warningRows = ({steps}: RunState, {width, marks}: Scroll, at: number): Pick<Scrolled, 'rows' | 'starts'> => {
	// Several steps may look at the same thing; told twice it is no worse.
	const warnings = [...new Set(steps.flatMap((step) => step.warnings))];
	const blocks = warnings.map((warning) => bullet({text: marks.warn, role: 'warn'}, warning, width));
	const rows = part(counted(warnings.length, 'warning'), 'warn', blocks.flat());
	const [, ...others] = startsOf(blocks, at + rows.length - blocks.flat().length);
	return {rows, starts: warnings.length === 0 ? [] : [at, ...others]};
};

/** What it did not get past: each with why, what to do, and its code, by which colleagues and the documents find it. */
const problemRows = (problem: Problem, width: number): readonly Row[] =>
	partsOf(problem).flatMap(({message, cause, fix, code, who}) => [
		blank,
		...paragraph(message, width, 'bad'),
		...paragraph(`Why: ${cause}`, width),
		...paragraph(`What to do: ${fix}`, width),
		...paragraph(`Who has to act: ${toldActor(who)}. Code: ${code}`, width, 'dim'),
	]);

/** Whoever stopped it knows why; what comes first after a way that was begun stands below. */
const stoppedRows = (run: RunState, {message, fix}: Problem, width: number): readonly Row[] => [
	blank,
	...paragraph(message, width, 'bad'),
	...(unfinishedWay(run) ? [] : paragraph(`What to do: ${fix}`, width)),
];

/** How it ended, and why where it did not come to its end. */
const headRows = (run: RunState, {words}: UiState, {width}: Scroll): readonly Row[] => {
	const {text, role} = headline(run, words);
	const {problem, outcome} = run;
	const told = outcome === 'stopped' ? stoppedRows : (_: RunState, one: Problem) => problemRows(one, width);
	return [...paragraph(text, width, role), ...(problem ? told(run, problem, width) : [])];
};

/** What is needed now: addresses, what is next, files. */
const nextRows = ({summary: {urls, next, files}}: UiState, {width}: Scroll): readonly Row[] => [
	...part(
		'Where to go',
		'title',
		urls.flatMap(({label, url}) => paragraph(`${label}: ${url}`, width)),
	),
	...part(
		'What is next',
		'title',
		next.flatMap((step, index) => bullet({text: `${index + 1}.`, role: 'key'}, step, width)),
	),
	...part(
		'Files',
		'title',
		files.flatMap((file) => paragraph(file, width)),
	),
];

const summaryRows = (run: RunState, state: UiState, scroll: Scroll): Pick<Scrolled, 'rows' | 'starts'> => {
	const head = headRows(run, state, scroll);
	const before = [...head, ...nextRows(state, scroll)];
	const warnings = warningRows(run, scroll, before.length);
	const steps = run.steps.map((step) => stepRows(run, step, scroll));
	const stepStarts = startsOf(steps, before.length + warnings.rows.length + 1);
	const failed = stepStarts.filter((_, index) => run.steps[index]?.status === 'problem');
	return {
		rows: [...before, ...warnings.rows, blank, ...steps.flat()],
		starts: [...(run.problem ? [0] : []), ...(warnings.starts ?? []), ...failed],
	};
};

/** The last page: how it ended, where to go now, what is next, each step. Longer than the window, it leaves a row for where one is in it. */
export const summaryText = (state: UiState, {run, columns, rows}: Scene, marks: Glyphs): Scrolled => {
	const text = run ? summaryRows(run, state, {width: bodyColumns(columns), marks}) : {rows: []};
	const height = bodyRows(rows);
	return {...text, height: text.rows.length > height ? height - 1 : height};
};
