import {
	type Draft,
	defaultAt,
	getAt,
	parseField,
	setAt,
	setUnlessDefault,
	showField,
	suggest,
	validateField,
} from '../../answers/draft.ts';
import type {Question} from '../../answers/questions.ts';
import type {PlainEntry} from './entries.ts';

/** A question with the path of its answer. */
export type QuestionEntry = Extract<PlainEntry, {kind: 'question'}>;

/** The words one can choose from. */
export const optionsOf = ({kind, choices}: Question): readonly string[] =>
	kind === 'yes-no' ? ['yes', 'no'] : (choices ?? []);

const wordOf = (value: ReturnType<typeof getAt>): string =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? 'yes' : showField(value);

const secretWords = (reference: string): string =>
	reference === 'prompt' ? 'typed' : reference === 'generate' ? 'made by this tool' : `from ${reference}`;

/** An answer in words: given, by default, or lacking. Secrets are told as where they come from. */
export const plainAnswer = (draft: Draft, question: Question, path: string): string => {
	const value = getAt(draft, path) ?? defaultAt(path) ?? (question.kind === 'yes-no' ? false : undefined);
	if (value === undefined || value === null || value === '') return question.optional ? 'not set' : 'missing';
	if (question.kind === 'secret') return secretWords(showField(value));
	return question.kind === 'yes-no' ? wordOf(value) : showField(value);
};

/** What Enter alone stands for; empty where it stands for nothing. */
export const proposalOf = (draft: Draft, {question, path}: QuestionEntry): string => {
	const value = getAt(draft, path) ?? suggest(draft, path);
	if (question.kind === 'yes-no') return wordOf(value ?? false);
	return question.kind === 'secret' && value !== undefined ? secretWords(showField(value)) : wordOf(value);
};

const chosenWord = (question: Question, typed: string): string | undefined => {
	const options = optionsOf(question);
	const word = typed.toLowerCase();
	if (question.kind === 'yes-no' && /^[yn]$/u.test(word)) return word === 'y' ? 'yes' : 'no';
	return (
		options.find((one) => one.toLowerCase() === word) ?? (/^\d$/u.test(word) ? options[Number(word) - 1] : undefined)
	);
};

/** The draft with a typed answer in it, and the secret that was typed; or what is wrong with it, as a half sentence. */
export const answered = (
	draft: Draft,
	{question, path}: QuestionEntry,
	typed: string,
): {readonly draft: Draft; readonly secret?: string} | string => {
	const text = typed.trim();
	const judged = (next: Draft, secret?: string) =>
		validateField(next, path) ?? {draft: next, ...(secret === undefined ? {} : {secret})};
	if (text === '-') return judged(setAt(draft, path, question.kind === 'yes-no' ? false : parseField({path}, '')));
	if (text === '') {
		const given = getAt(draft, path) !== undefined || question.kind === 'secret';
		const value = given ? undefined : suggest(draft, path);
		return judged(value === undefined ? draft : setUnlessDefault(draft, path, value));
	}
	if (question.kind === 'choice' || question.kind === 'yes-no') {
		const word = chosenWord(question, text);
		if (word === undefined) return `must be one of ${optionsOf(question).join(', ')}`;
		return judged(
			setUnlessDefault(draft, path, question.kind === 'yes-no' ? word === 'yes' : parseField({path}, word)),
		);
	}
	const value = parseField({path}, text);
	return question.kind === 'secret' && value === 'prompt'
		? judged(setAt(draft, path, 'prompt'), typed)
		: judged(setUnlessDefault(draft, path, value));
};
