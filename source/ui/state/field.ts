import {getAt} from '../../answers/draft.ts';
import {answered, optionsOf, proposalAt, type Taken, textOf} from '../../answers/form/answering.ts';
import type {QuestionAt} from '../../answers/form/asking.ts';
import {complaintAt, type Form} from '../../answers/form/form.ts';
import {clean} from '../terminal/text.ts';
import type {Entry} from './entries.ts';
import type {Key} from './keys.ts';
import {edit, lineOf} from './line.ts';
import type {Field} from './screen.ts';

/** What the row in focus needs for editing. Secrets start empty: what is there is a reference and shown beside. */
export const openField = (form: Form, entry: Entry | undefined): Field => {
	if (entry?.kind !== 'question') return {kind: 'none'};
	const {question, path} = entry;
	const text = textOf(question, proposalAt(form.draft, path));
	const options = optionsOf(question);
	// Whoever comes back to an answer with a mark reads why it has one; of one that is missing nothing is wrong yet.
	const message = getAt(form.draft, path) === undefined ? undefined : complaintAt(form, path);
	if (options.length > 0) return {kind: 'choice', index: Math.max(0, options.indexOf(text)), message};
	const masked = question.kind === 'secret';
	const line = lineOf(masked ? '' : text);
	const proposed = getAt(form.draft, path) === undefined && line.text !== '';
	return {kind: 'line', line, masked, proposed, touched: false, message};
};

/** The form with the field as the answer, and the secret that was typed. */
export const commit = (form: Form, entry: Entry | undefined, field: Field): Taken => {
	if (entry?.kind !== 'question' || field.kind === 'none') return {form};
	const text = field.kind === 'line' ? field.line.text : (optionsOf(entry.question)[field.index] ?? '');
	return answered(form, entry, text);
};

/** The field with its message: what is wrong with it as an answer, if anything. */
export const judged = (form: Form, entry: Entry | undefined, field: Field): Field => {
	if (entry?.kind !== 'question' || field.kind === 'none') return field;
	const taken = commit(form, entry, field);
	return {...field, message: taken.complaint ?? complaintAt(taken.form, entry.path)};
};

/** Why several lines are not taken: whoever pastes a certificate has to save it first. */
const tooManyLines = (kind: QuestionAt['question']['kind']): string =>
	kind === 'path'
		? 'is the path of a file, but several lines were pasted. Save them as a file and give its path.'
		: 'is one line, but several lines were pasted. Nothing of them was taken.';

/** The field after a key; undefined when the key does not edit it. */
export const editField = (form: Form, entry: Entry, field: Field, key: Key): Field | undefined => {
	if (field.kind !== 'line') return undefined;
	const text = key.text.replaceAll(/^[\r\n]+|[\r\n]+$/gu, '');
	if (key.id === 'paste' && /[\r\n]/u.test(text))
		return {...field, message: tooManyLines(entry.kind === 'question' ? entry.question.kind : 'text')};
	const isInsert = key.id === 'text' || key.id === 'paste';
	const line = edit(field.proposed && isInsert ? lineOf('') : field.line, {...key, text: clean(text)});
	if (line === undefined) return undefined;
	const next: Field = {...field, line, proposed: false};
	return line.text === field.line.text ? next : judged(form, entry, {...next, touched: true});
};
