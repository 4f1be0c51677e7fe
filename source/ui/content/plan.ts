import {changesInWords, writesIn} from '../../engine/changes.ts';
import type {Change} from '../../engine/plan.ts';
import type {PlanStep} from '../../engine/plan-view.ts';
import {count} from '../format.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';
import type {PlanState} from '../state/types.ts';
import type {Glyphs, Role} from '../theme.ts';

/** One change: what is done to what. */
export const changeRows = (changes: readonly Change[], width: number, indent: number): readonly Row[] =>
	changes.flatMap(({action, target, detail}) =>
		bullet({text: action.padEnd(6), role: 'key'}, detail ? `${target}: ${detail}` : target, width, 'plain', indent),
	);

const marks: Readonly<Record<PlanStep['state'], {readonly glyph: keyof Glyphs; readonly role: Role}>> = {
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

const stepRows = (step: PlanStep, width: number, glyphs: Glyphs): readonly Row[] => {
	const waits = step.state === 'todo' && writesIn(step.changes).length === 0;
	const {glyph, role} = marks[waits ? 'unknown' : step.state];
	const head = bullet({text: glyphs[glyph], role}, `${step.title}: ${verdict(step)}`, width, 'plain', 2);
	if (step.state === 'todo') return [...head, ...changeRows(step.changes, width, 6)];
	if (step.state !== 'problem') return head;
	return [...head, ...paragraph(`What to do: ${step.problem.fix}`, width, 'plain', 6)];
};

/** The plan in a few words, for where there is one line. */
export const planInShort = (plan: PlanState): string => {
	if (plan.status === 'looking')
		return plan.count === 0 ? 'looking' : `looking at ${plan.title}, ${plan.index + 1} of ${plan.count}`;
	if (plan.status !== 'ready') return plan.status === 'failed' ? 'not known, see below' : 'not looked at';
	const {steps} = plan.view;
	const changes = steps.reduce((sum, step) => sum + (step.state === 'todo' ? writesIn(step.changes).length : 0), 0);
	const problems = steps.filter(({state}) => state === 'problem').length;
	const open = steps.some(({state}) => state === 'unknown') ? ' and more' : '';
	return [problems > 0 ? count(problems, 'problem') : '', `${count(changes, 'change')}${open}`]
		.filter((part) => part !== '')
		.join(', ');
};

/** What a run would do, by step, as far as it is known. */
export const planRows = (plan: PlanState, width: number, glyphs: Glyphs): readonly Row[] => {
	const head = row('What will be done', 'title');
	switch (plan.status) {
		case 'none':
			return [head, ...paragraph('Not looked at: some answers are missing or not valid.', width, 'warn', 2)];
		case 'looking':
			return [
				head,
				row(
					plan.count === 0
						? '  Looking, nothing is changed.'
						: `  Looking, nothing is changed: ${plan.index + 1} of ${plan.count}, ${plan.title}`,
					'busy',
				),
			];
		case 'failed':
			return [
				head,
				...paragraph(plan.problem.message, width, 'bad', 2),
				...paragraph(`What to do: ${plan.problem.fix}`, width, 'plain', 2),
			];
		case 'ready':
			return [head, ...plan.view.steps.flatMap((step) => stepRows(step, width, glyphs)), blank];
	}
};
