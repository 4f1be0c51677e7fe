import {differences} from '../../answers/file/differences.ts';
import {type Answers, answersSchema} from '../../answers/schema.ts';
import {printable} from '../../base/printable.ts';
import {firstOf} from '../../base/text.ts';
import type {Journal} from '../../engine/journal.ts';
import type {PlanFact} from '../../engine/plan.ts';

/** Most answers that are named in the row itself; all of them stand where it is opened. */
const mostNamed = 3;

/**
 * Which answers differ from those of the last run of this plan from here; empty where there was none, or none differs. Of secrets the
 * references alone.
 */
export const changedAnswers = (earlier: Journal | undefined, answers: Answers): readonly PlanFact[] => {
	const before = answersSchema.safeParse(earlier?.answers);
	const changed = before.success ? differences(before.data, answers) : [];
	if (changed.length === 0) return [];
	const named = firstOf(
		changed.map(({answer}) => answer),
		mostNamed,
	);
	const lines = changed.flatMap(({answer, before: old, after}) => [
		answer,
		...(old === undefined ? [] : [`- ${printable(old)}`]),
		...(after === undefined ? [] : [`+ ${printable(after)}`]),
	]);
	const text = `${changed.length} ${changed.length === 1 ? 'differs' : 'differ'} from the last run: ${named}`;
	return [
		{
			...{id: 'changed-answers', rank: 0, label: 'Answers', lines: [text]},
			values: {changed},
			opens: [{title: 'Before and now', lines}],
		},
	];
};
