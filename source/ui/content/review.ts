import {blank, paragraph, type Row, row} from '../rows.ts';
import type {Env, UiState} from '../state/types.ts';
import {checkDraft, untypedIn} from '../state/untyped.ts';
import {type Glyphs, glyphs} from '../theme.ts';
import {answerRows} from './answers.ts';
import {planRows} from './plan.ts';

/** The review page: why a start was refused, what lacks, all answers, and what would be done. */
export const reviewRows = (
	state: UiState,
	{form}: Pick<Env, 'form'>,
	width: number,
	marks: Glyphs = glyphs({ascii: false}),
): readonly Row[] => {
	const {draft, plan, refused} = state;
	const checked = checkDraft(state, form);
	const issues = checked.ok ? [] : checked.issues;
	return [
		...(refused
			? [
					row('The run was not started', 'bad'),
					...paragraph(refused.message, width, 'plain', 2),
					...paragraph(`Why: ${refused.cause}`, width, 'plain', 2),
					...paragraph(`What to do: ${refused.fix}`, width, 'plain', 2),
					...refused.nextSteps.flatMap((step) => paragraph(step, width, 'plain', 4)),
					blank,
				]
			: []),
		...(issues.length > 0
			? [
					row('Answers to mend first', 'bad'),
					...issues.flatMap(({path, message}) => paragraph(`${path} ${message}`, width, 'plain', 2)),
					blank,
				]
			: []),
		...answerRows(form, draft, width, untypedIn(state, form)),
		...planRows(plan, width, marks),
	];
};
