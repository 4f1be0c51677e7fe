import {covers} from '../../../answers/form/asking.ts';
import {judgeForm} from '../../../answers/form/form.ts';
import {topics} from '../../../answers/questions.ts';
import {type Problem, partsOf} from '../../../base/problem.ts';
import type {UiState} from '../types.ts';

/** Problems that the review page shows: why the run was refused, and what the look met. */
const problemsOn = ({plan, refused}: UiState): readonly Problem[] => [
	...(refused ? [refused] : []),
	...(plan.status === 'failed' ? [plan.problem] : []),
	...(plan.status === 'ready'
		? plan.view.steps.flatMap((step) => (step.state === 'problem' ? [step.problem] : []))
		: []),
];

/** The topics, by their index, that ask for an answer which is not valid, or whose change may mend a problem of the plan. */
export const topicsToMend = (state: UiState): ReadonlySet<number> => {
	const judged = judgeForm(state);
	const paths = [
		...(judged.ok ? [] : judged.issues.map(({path}) => path)),
		...problemsOn(state)
			.flatMap(partsOf)
			.flatMap(({answers = []}) => answers),
	];
	return new Set(topics.flatMap((topic, index) => (covers(topic, paths) ? [index] : [])));
};
