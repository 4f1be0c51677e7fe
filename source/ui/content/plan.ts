import {counted} from '../../base/text.ts';
import {changesInWords, writesIn} from '../../engine/changes.ts';
import type {Change} from '../../engine/plan.ts';
import type {PlanStep, PlanView} from '../../engine/plan-view.ts';
import type {PlanState} from '../state/types.ts';
import type {Mark} from '../terminal/marks.ts';
import {blank, bullet, paragraph, type Row, row, type Scroll} from '../terminal/rows.ts';

/** One change: what is done to what. */
export const changeRows = (changes: readonly Change[], width: number, indent: number): readonly Row[] =>
	changes.flatMap(({action, target, detail}) =>
		bullet({text: action.padEnd(6), role: 'key'}, detail ? `${target}: ${detail}` : target, width, indent),
	);

const marksOf: Readonly<Record<PlanStep['state'], Mark>> = {
	ok: {glyph: 'ok', role: 'ok'},
	todo: {glyph: 'busy', role: 'busy'},
	unknown: {glyph: 'pending', role: 'dim'},
	'not-needed': {glyph: 'skipped', role: 'dim'},
	problem: {glyph: 'bad', role: 'bad'},
};

const verdict = (step: PlanStep): string => {
	switch (step.state) {
		case 'ok':
			return step.note ?? 'nothing to do';
		case 'todo':
			return changesInWords(step.changes);
		case 'unknown':
			return step.note ?? 'known once earlier steps are done';
		case 'not-needed':
			return 'not asked for';
		case 'problem':
			return step.problem.message;
	}
};

const stepRows = (step: PlanStep, {width, marks}: Scroll): readonly Row[] => {
	const waits = step.state === 'todo' && writesIn(step.changes).length === 0;
	const {glyph, role} = marksOf[waits ? 'unknown' : step.state];
	const read = (step.pages ?? []).flatMap(({title, lines}) =>
		bullet({text: 'read  ', role: 'key'}, `${title} (${counted(lines.length, 'line')})`, width, 6),
	);
	const head = [...bullet({text: marks[glyph], role}, `${step.title}: ${verdict(step)}`, width, 2), ...read];
	if (step.state === 'todo') return [...head, ...changeRows(step.changes, width, 6)];
	if (step.state !== 'problem') return head;
	return [...head, ...paragraph(`What to do: ${step.problem.fix}`, width, 'plain', 6)];
};

const inShort = ({steps}: PlanView): string => {
	const changes = steps.reduce((sum, step) => sum + (step.state === 'todo' ? writesIn(step.changes).length : 0), 0);
	const problems = steps.filter(({state}) => state === 'problem').length;
	const open = steps.some(({state}) => state === 'unknown') ? ' and more' : '';
	if (changes === 0 && problems === 0 && open === '') return 'nothing to change';
	return `${problems > 0 ? `${counted(problems, 'problem')}, ` : ''}${counted(changes, 'change')}${open}`;
};

/** The plan in a few words, for where there is one line. */
export const planInShort = (plan: PlanState): string => {
	switch (plan.status) {
		case 'none':
			return 'not looked at';
		case 'looking':
			return plan.count === 0 ? 'looking' : `looking at ${plan.title}, ${plan.index + 1} of ${plan.count}`;
		case 'failed':
			return 'not known, see below';
		case 'ready':
			return inShort(plan.view);
	}
};

const bodyRows = (plan: PlanState, scroll: Scroll): readonly Row[] => {
	const {width} = scroll;
	switch (plan.status) {
		case 'none':
			return paragraph('Not looked at: some answers are missing or not valid.', width, 'warn', 2);
		case 'looking': {
			const place = plan.count === 0 ? '.' : `: ${plan.index + 1} of ${plan.count}, ${plan.title}`;
			return [row(`  Looking, nothing is changed${place}`, 'busy')];
		}
		case 'failed':
			return [
				...paragraph(plan.problem.message, width, 'bad', 2),
				...paragraph(`What to do: ${plan.problem.fix}`, width, 'plain', 2),
			];
		case 'ready':
			return [...plan.view.steps.flatMap((step) => stepRows(step, scroll)), blank];
	}
};

/** What a run would do, by step, as far as it is known. */
export const planRows = (plan: PlanState, scroll: Scroll): readonly Row[] => [
	row('What will be done', 'title'),
	...bodyRows(plan, scroll),
];

/** The rows of `planRows` in which problems begin. */
export const planProblems = (plan: PlanState, scroll: Scroll): readonly number[] => {
	if (plan.status === 'failed') return [1];
	if (plan.status !== 'ready') return [];
	const {steps} = plan.view;
	return steps.flatMap(({state}, index) =>
		state === 'problem' ? [1 + steps.slice(0, index).flatMap((step) => stepRows(step, scroll)).length] : [],
	);
};
