import {judgeForm} from '../../answers/form/form.ts';
import {type Turn, turn, type UiState} from './types.ts';

/** Opens the review page and begins to look at what would be done. */
export const openReview = (state: UiState): Turn => {
	const judged = judgeForm(state);
	const next: UiState = {...state, refused: undefined, screen: {name: 'review', top: 0}};
	if (!judged.ok) return turn({...next, plan: {status: 'none'}});
	const plan = {status: 'looking', title: '', index: 0, count: 0} as const;
	return turn({...next, plan}, {type: 'plan', answers: judged.answers});
};
