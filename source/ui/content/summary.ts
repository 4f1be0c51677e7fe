import {outcomeWords} from '../../engine/outcome.ts';
import type {RunState, StepState} from '../../engine/state.ts';
import {count, duration} from '../format.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';
import type {SummaryView} from '../session.ts';
import {pad} from '../text.ts';
import {type Glyphs, type Role, statusMarks} from '../theme.ts';
import {elapsed} from './steps.ts';

const headline = (run: RunState): {readonly text: string; readonly role: Role} => {
	const took = duration((run.finishedAt ?? run.startedAt) - run.startedAt);
	switch (run.outcome) {
		case 'done':
			return run.steps.length < run.planSteps
				? {text: `The steps of this run are done, not the whole install. It took ${took}.`, role: 'ok'}
				: {text: `Everything is in place. It took ${took}.`, role: 'ok'};
		case 'stopped':
			return {text: `Stopped after ${took}. What is done stays done; start the tool again to go on.`, role: 'warn'};
		default:
			return {
				text: `Not finished, after ${took}. What is done stays done; start the tool again to go on.`,
				role: 'bad',
			};
	}
};

const outcomeWord = (step: StepState): string => {
	if (step.status === 'problem') return step.problem?.message ?? 'problem';
	if (step.outcome === undefined) return step.startedAt === undefined ? 'not begun' : 'not finished';
	return [outcomeWords[step.outcome], step.note ?? ''].filter((part) => part !== '').join(': ');
};

const stepRows = (step: StepState, width: number, glyphs: Glyphs): readonly Row[] => {
	const {glyph, role} = statusMarks[step.status];
	const title = Math.min(30, Math.floor(width * 0.36));
	const text = `${pad(step.title, title, glyphs.more)} ${elapsed(step, step.finishedAt ?? step.startedAt ?? 0).padStart(7)}  ${outcomeWord(step)}`;
	return bullet({text: glyphs[glyph], role}, text, width);
};

/** The last page: how it ended, each step, where to go now, what is next. */
export const summaryRows = (run: RunState, view: SummaryView, width: number, glyphs: Glyphs): readonly Row[] => {
	const {text, role} = headline(run);
	const {problem} = run;
	const warnings = run.steps.flatMap((step) => step.warnings);
	return [
		...paragraph(text, width, role),
		...(problem
			? [blank, ...paragraph(problem.message, width, 'bad'), ...paragraph(`What to do: ${problem.fix}`, width)]
			: []),
		blank,
		...run.steps.flatMap((step) => stepRows(step, width, glyphs)),
		...(warnings.length > 0 ? [blank, row(count(warnings.length, 'warning'), 'warn')] : []),
		...warnings.flatMap((warning) => bullet({text: glyphs.warn, role: 'warn'}, warning, width)),
		...(view.urls.length > 0 ? [blank, row('Where to go', 'title')] : []),
		...view.urls.flatMap(({label, url}) => paragraph(`${label}: ${url}`, width)),
		...(view.next.length > 0 ? [blank, row('What is next', 'title')] : []),
		...view.next.flatMap((step, index) => bullet({text: `${index + 1}.`, role: 'key'}, step, width)),
		...(view.files.length > 0 ? [blank, row('Files', 'title')] : []),
		...view.files.flatMap((file) => paragraph(file, width)),
	];
};
