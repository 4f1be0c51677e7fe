import {agreed, answered, leftOut, optionsOf, type Taken} from '../../answers/form/answering.ts';
import type {QuestionAt} from '../../answers/form/asking.ts';
import {complaintAt, type Form} from '../../answers/form/form.ts';
import type {Question} from '../../answers/questions.ts';

/** The form with what was typed in it; its complaint is also what is wrong with that as an answer. */
export type Heard = Taken;

const judged = (taken: Taken, {path}: QuestionAt): Heard => ({
	...taken,
	complaint: taken.complaint ?? complaintAt(taken.form, path),
});

/** The option that somebody means: by its word, by the first letter of yes and no, or by its number. */
const meant = (question: Question, typed: string): string | undefined => {
	const options = optionsOf(question);
	const word = typed.toLowerCase();
	if (question.kind === 'yes-no' && /^[yn]$/u.test(word)) return word === 'y' ? 'yes' : 'no';
	const numbered = /^\d$/u.test(word) ? options[Number(word) - 1] : undefined;
	return options.find((one) => one.toLowerCase() === word) ?? numbered;
};

/** What a typed line means as an answer: Enter alone agrees to the proposal, `-` leaves the answer out. */
export const heard = (form: Form, at: QuestionAt, typed: string): Heard => {
	const {question} = at;
	const text = typed.trim();
	if (text === '-') return judged({form: leftOut(form, at)}, at);
	if (text === '') return judged({form: agreed(form, at)}, at);
	const options = optionsOf(question);
	if (options.length === 0) return judged(answered(form, at, typed), at);
	const word = meant(question, text);
	if (word === undefined) return {form, complaint: `must be one of ${options.join(', ')}`};
	return judged(answered(form, at, word), at);
};
