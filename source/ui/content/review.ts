import {judgeForm} from '../../answers/form/form.ts';
import type {Answers} from '../../answers/schema.ts';
import {type Problem, partsOf} from '../../base/problem.ts';
import {engineProblems} from '../../charts/databases.ts';
import {placeOf} from '../../engine/plan-view.ts';
import {pagesToRead, reviewButtons} from '../state/review.ts';
import {type ReviewButton, reviewButtonOrder} from '../state/screen.ts';
import type {Scene, UiState} from '../state/types.ts';
import {bodyColumns, pageRows} from '../terminal/layout.ts';
import type {Glyphs} from '../terminal/marks.ts';
import {blank, paragraph, type Row, row, type Scrolled} from '../terminal/rows.ts';
import {clean, shortenMiddle} from '../terminal/text.ts';
import {answerRows} from './answers.ts';
import {buttonsFit} from './menu.ts';
import {aroundRows, planProblems, planRows} from './plan.ts';

/** Cells of a cluster's name on the button. */
const widestPlace = 24;

const startLabel = (start: string, place: string | undefined): string =>
	place === undefined ? start : `${start} on ${shortenMiddle(clean(place), widestPlace)}`;

type Labels = Readonly<Record<ReviewButton, string>>;

/** What can be done; the start is called what the plan calls it. */
const wholeLabels = ({words, plan}: Pick<UiState, 'words' | 'plan'>): Labels => ({
	start: startLabel(words.start, plan.status === 'ready' ? placeOf(plan.view) : undefined),
	change: 'Change an answer',
	save: 'Save answers',
	details: 'Details',
	read: 'Read pages',
	quit: 'Quit',
});

/** The buttons of the review page, with their numbers and in full words where there is room for them. */
export const reviewLabels = (state: Pick<UiState, 'words' | 'plan'>, width: number): readonly string[] => {
	const whole = wholeLabels(state);
	const short: Labels = {...whole, change: 'Change', save: 'Save', read: 'Read'};
	const shown = (labels: Labels): readonly string[] => reviewButtons(state).map((button) => labels[button]);
	const numbered = (labels: Labels): readonly string[] =>
		reviewButtons(state).map((button) => `${reviewButtonOrder.indexOf(button) + 1} ${labels[button]}`);
	const choices = [numbered(whole), numbered(short), shown(whole), shown(short)];
	return choices.find((labels) => buttonsFit(labels, width)) ?? shown(short);
};

const refusedRows = (refused: Problem, width: number): readonly Row[] => [
	row('The run was not started', 'bad'),
	...partsOf(refused).flatMap(({message, cause, fix, nextSteps}) => [
		...paragraph(message, width, 'plain', 2),
		...paragraph(`Why: ${cause}`, width, 'plain', 2),
		...paragraph(`What to do: ${fix}`, width, 'plain', 2),
		...nextSteps.flatMap((step) => paragraph(step, width, 'plain', 4)),
	]),
	blank,
];

/** Servers that the product takes for no database of a component: step 2 refuses them, unless the charts of the bundle take them. */
const engineRows = (answers: Answers, width: number): readonly Row[] => {
	const problems = engineProblems(answers);
	if (problems.length === 0) return [];
	return [
		row('To mend, unless the charts of the bundle take it', 'bad'),
		...problems.flatMap(({message, fix}) => [
			...paragraph(message, width, 'plain', 2),
			...paragraph(`What to do: ${fix}`, width, 'plain', 2),
		]),
		blank,
	];
};

const issueRows = (state: UiState, width: number): readonly Row[] => {
	const judged = judgeForm(state);
	if (judged.ok) return engineRows(judged.answers, width);
	return [
		row('Answers to mend first', 'bad'),
		...judged.issues.flatMap(({path, message}) => paragraph(`${path} ${message}`, width, 'plain', 2)),
		blank,
	];
};

/** One of the pages that are read before the start. Lines are broken, never cut. */
export const planPageText = (state: UiState, {columns, rows}: Scene, page: number): Scrolled & {title: string} => {
	const width = bodyColumns(columns);
	const {title = '', lines = []} = pagesToRead(state)[page] ?? {};
	return {title, rows: lines.flatMap((line) => paragraph(line, width)), height: pageRows(rows)};
};

/** The review page: why a start was refused, what lacks, all answers, and what would be done. */
export const reviewText = (state: UiState, {columns, rows}: Scene, marks: Glyphs): Scrolled => {
	const width = bodyColumns(columns);
	const refused = state.refused ? refusedRows(state.refused, width) : [];
	const issues = issueRows(state, width);
	const around = aroundRows(state.plan, width);
	const before = [...refused, ...issues, ...around, ...answerRows(state, width)];
	const {plan} = state;
	const inPlan = planProblems(plan, {width, marks}).map((at) => before.length + at);
	const [problem] = inPlan;
	return {
		rows: [...before, ...planRows(plan, {width, marks})],
		height: pageRows(rows),
		...(problem !== undefined && plan.status === 'ready' && {end: problem}),
		starts: [...(refused.length > 0 ? [0] : []), ...(issues.length > 0 ? [refused.length] : []), ...inPlan],
		// Its title alone says nothing.
		...(plan.status === 'ready' && {matter: before.length + 1}),
	};
};
