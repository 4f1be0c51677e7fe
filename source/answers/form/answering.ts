import {
	type Draft,
	type DraftValue,
	defaultAt,
	getAt,
	parseField,
	setAt,
	setUnlessDefault,
	showField,
	suggest,
} from '../draft.ts';
import {notTheSecret} from '../issue.ts';
import type {Question} from '../questions.ts';
import type {QuestionAt} from './asking.ts';
import {type Form, openSecrets} from './form.ts';

type Place = Pick<QuestionAt, 'question' | 'path'>;

/** The words one can choose from; none for a question that is answered by a text. */
export const optionsOf = ({kind, choices}: Question): readonly string[] =>
	kind === 'yes-no' ? ['yes', 'no'] : (choices ?? []);

/** A value as the text that answers its question; an optional group that is there is a yes. */
export const textOf = ({kind}: Question, value: DraftValue | undefined): string =>
	kind === 'yes-no' && typeof value === 'object' && value !== null ? 'yes' : showField(value);

/** Where a secret comes from, for a reader. */
const secretWords = (reference: string): string => {
	if (reference === 'prompt') return 'typed in, kept in memory';
	return reference === 'generate' ? 'made by this tool' : `from ${reference}`;
};

const inWords = (question: Question, value: DraftValue): string => {
	const text = textOf(question, value);
	return question.kind === 'secret' ? secretWords(text) : text;
};

/** An answer in words, and how sure it is. Of a secret only its reference is told. */
export type Said = {
	readonly text: string;
	readonly state: 'given' | 'default' | 'left out' | 'missing' | 'to be typed again';
};

/** The answer to a question for a reader. */
export const said = (form: Form, {question, path}: Place): Said => {
	const given = getAt(form.draft, path);
	const value = given ?? defaultAt(path) ?? (question.kind === 'yes-no' ? false : undefined);
	if (given === '' && defaultAt(path) !== undefined && defaultAt(path) !== '') return {text: 'none', state: 'given'};
	if (value === undefined || value === '')
		return question.optional ? {text: 'not set', state: 'left out'} : {text: 'missing', state: 'missing'};
	if (openSecrets(form).includes(path)) return {text: 'to be typed', state: 'to be typed again'};
	return {text: inWords(question, value), state: given === undefined ? 'default' : 'given'};
};

/** What stands there before anything is typed: the answer, else a proposal. Undefined where the operator alone can know. */
export const proposalAt = (draft: Draft, path: string): DraftValue | undefined =>
	getAt(draft, path) ?? suggest(draft, path);

/** The proposal for a reader; empty where there is none. */
export const proposalInWords = (draft: Draft, {question, path}: Place): string => {
	const value = proposalAt(draft, path);
	return value === undefined ? '' : inWords(question, value);
};

/**
 * A form that took an answer, and the secret that was typed: its reader must keep it aside. A `complaint`, as a half sentence, says why
 * nothing was taken.
 */
export type Taken = {
	readonly form: Form;
	readonly secret?: string | undefined;
	readonly complaint?: string | undefined;
};

const valueFrom = ({question, path}: Place, text: string): DraftValue | undefined =>
	question.kind === 'yes-no' ? text === 'yes' : parseField({path}, text);

/**
 * The form with a text as the answer, valid or not: one of the options where there are any. Of a typed secret only the word
 * `prompt` goes into the draft; an empty text keeps the secret that is there, and a slip in a reference is not taken for a secret.
 */
export const answered = (form: Form, place: Place, text: string): Taken => {
	const {question, path} = place;
	const isSecret = question.kind === 'secret';
	if (isSecret && text.trim() === '') return {form};
	const complaint = isSecret ? notTheSecret(text) : undefined;
	if (complaint !== undefined) return {form, complaint};
	const value = valueFrom(place, text);
	const isTyped = isSecret && value === 'prompt';
	const draft = setUnlessDefault(form.draft, path, value);
	if (!isTyped) return {form: {...form, draft}};
	return {form: {draft, untyped: form.untyped.filter((one) => one !== path)}, secret: text};
};

/** The form with what was proposed as the answer; what was given stays. */
export const agreed = (form: Form, place: Place): Form => {
	const value = place.question.kind === 'secret' ? undefined : proposalAt(form.draft, place.path);
	return value === undefined ? form : answered(form, place, textOf(place.question, value)).form;
};

/** The form without an answer to a question. */
export const leftOut = (form: Form, {question, path}: Place): Form => ({
	...form,
	draft: setAt(form.draft, path, question.kind === 'yes-no' ? false : parseField({path}, '')),
});
