import {
	addItem,
	defaultAt,
	getAt,
	itemCount,
	parseField,
	removeItem,
	setAt,
	setUnlessDefault,
	showField,
	suggest,
	validateDraft,
	validateField,
} from '../answers/draft.ts';
import {missingQuestions, topics} from '../answers/questions.ts';

/** The questionnaire as the screens use it; a value, so that reducers get it handed in like the size of the window. */
export const form = {
	topics,
	missingQuestions,
	defaultAt,
	getAt,
	setAt,
	setUnlessDefault,
	addItem,
	removeItem,
	itemCount,
	parseField,
	showField,
	suggest,
	validateDraft,
	validateField,
};
export type Form = typeof form;
