import type {Draft} from '../../answers/draft.ts';
import type {Question} from '../../answers/questions.ts';
import type {Form} from '../form.ts';
import {clean} from '../text.ts';
import type {Entry} from './entries.ts';
import type {Key} from './keys.ts';
import {edit, lineOf} from './line.ts';
import type {Effect, Field} from './types.ts';

/** The words one can choose from. */
export const optionsOf = ({kind, choices}: Question): readonly string[] =>
	kind === 'yes-no' ? ['yes', 'no'] : (choices ?? []);

/** A value as one of the words; an optional group that is there counts as yes. */
export const asWord = (form: Form, value: ReturnType<Form['getAt']>): string =>
	typeof value === 'object' && value !== null ? 'yes' : form.showField(value);

/** What the row in focus needs for editing. Secrets start empty: what is there is a reference and shown beside. */
export const openField = (form: Form, draft: Draft, entry: Entry | undefined): Field => {
	if (entry?.kind !== 'question') return {kind: 'none'};
	const {question, path} = entry;
	const answer = form.getAt(draft, path);
	const value = answer ?? form.suggest(draft, path);
	if (question.kind === 'choice' || question.kind === 'yes-no')
		return {kind: 'choice', index: Math.max(0, optionsOf(question).indexOf(asWord(form, value)))};
	const masked = question.kind === 'secret';
	const line = lineOf(masked ? '' : form.showField(value));
	return {kind: 'line', line, masked, proposed: answer === undefined && line.text !== '', touched: false};
};

/** The draft as it is with the field as answer, and what the session has to keep aside. */
export type Committed = {readonly draft: Draft; readonly effects: readonly Effect[]};

/** Writes the field into the draft. A typed secret only leaves the word `prompt` behind. */
export const commit = (form: Form, draft: Draft, entry: Entry | undefined, field: Field): Committed => {
	if (entry?.kind !== 'question' || field.kind === 'none') return {draft, effects: []};
	const {question, path} = entry;
	if (field.kind === 'choice') {
		const word = optionsOf(question)[field.index] ?? '';
		const value = question.kind === 'yes-no' ? word === 'yes' : form.parseField({path}, word);
		return {draft: form.setUnlessDefault(draft, path, value), effects: []};
	}
	const {text} = field.line;
	if (field.masked && text === '') return {draft, effects: []};
	const value = form.parseField({path}, text);
	return {
		draft: form.setUnlessDefault(draft, path, value),
		effects: field.masked && value === 'prompt' ? [{type: 'keep-secret', path, value: text}] : [],
	};
};

/** The field with its message: what is wrong with it as an answer, if anything. */
export const judged = (form: Form, draft: Draft, entry: Entry | undefined, field: Field): Field => {
	if (entry?.kind !== 'question' || field.kind === 'none') return field;
	const message = form.validateField(commit(form, draft, entry, field).draft, entry.path);
	const {message: _old, ...rest} = field;
	return message === undefined ? rest : {...rest, message};
};

const tooManyLines = 'is one line, but several lines were pasted. Give the path of a file that holds them.';

/** The field after a key; undefined when the key does not edit it. */
export const editField = (
	form: Form,
	draft: Draft,
	entry: Entry | undefined,
	field: Field,
	key: Key,
): Field | undefined => {
	if (field.kind !== 'line') return undefined;
	const pasted = key.text.replaceAll(/^[\r\n]+|[\r\n]+$/gu, '');
	if (key.id === 'paste' && /[\r\n]/u.test(pasted)) return {...field, message: tooManyLines};
	const inserts = key.id === 'text' || key.id === 'paste';
	const line = edit(field.proposed && inserts ? lineOf('') : field.line, {...key, text: clean(pasted)});
	if (line === undefined) return undefined;
	const next: Field = {...field, line, proposed: false};
	return line.text === field.line.text ? next : judged(form, draft, entry, {...next, touched: true});
};
