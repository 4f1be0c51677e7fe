import type {StepStatus} from '../../../engine/events.ts';
import type {RunState} from '../../../engine/state.ts';
import {currentStep, pageOf} from '../../state/page.ts';
import type {Scene, UiState} from '../../state/types.ts';
import {smallest} from '../../terminal/layout.ts';
import {type Glyphs, statusMarks} from '../../terminal/marks.ts';
import {paragraph, type Row} from '../../terminal/rows.ts';
import {endTitles} from './ended.ts';
import {overallText} from './overall.ts';

const doing: Readonly<Record<StepStatus, string>> = {
	pending: 'not begun',
	checking: 'looking',
	applying: 'working',
	waiting: 'waiting',
	retrying: 'trying again soon',
	problem: 'problem',
	'going-back': 'going back',
	done: 'done',
	skipped: 'skipped',
	'brought-back': 'brought back',
};

/** That it has ended, how, and how far it came. */
const endRows = (
	run: RunState,
	outcome: NonNullable<RunState['outcome']>,
	now: number,
	width: number,
): readonly Row[] => [
	...paragraph(`${endTitles[outcome]}. q leaves.`, width, outcome === 'done' ? 'ok' : 'warn'),
	...paragraph(overallText(run, now), width, 'dim'),
];

/** How the run stands: the step under way, how far it is, and whom it waits for, which comes first. */
const runRows = (run: RunState, now: number, width: number, marks: Glyphs): readonly Row[] => {
	if (run.outcome !== undefined) return endRows(run, run.outcome, now, width);
	const page = pageOf(run);
	const waits = page?.kind === 'handover' ? `Waiting for the ${page.handover.who}.` : 'Waiting for you: a problem.';
	const step = currentStep(run);
	return [
		...(page ? paragraph(waits, width, 'warn') : []),
		...(step ? paragraph(`${marks[statusMarks[step.status].glyph]} ${step.title}: ${doing[step.status]}`, width) : []),
		...paragraph(overallText(run, now), width, 'dim'),
	];
};

/** What a window shows that is too small for a page: first what matters most, since the end may be cut off. */
export const smallRows = (
	{quitting}: Pick<UiState, 'quitting'>,
	{columns, rows, run, now = 0}: Pick<Scene, 'columns' | 'rows'> & Partial<Scene>,
	marks: Glyphs,
): readonly Row[] => [
	...(quitting ? paragraph('Stop? y/n', columns, 'warn') : []),
	...(run ? runRows(run, now, columns, marks) : []),
	...paragraph(
		`zenml-airgap needs ${smallest.columns}x${smallest.rows}; this window is ${columns}x${rows}. Enlarge it, or use --plain.`,
		columns,
	),
];
