import type {Draft} from '../../answers/draft.ts';
import type {Question} from '../../answers/questions.ts';
import type {Form} from '../form.ts';
import {blank, type Row, row} from '../rows.ts';
import {entriesOf} from '../state/entries.ts';
import {asWord} from '../state/field.ts';
import {clean, pad, wrap} from '../text.ts';
import type {Role} from '../theme.ts';

/** An answer in words and how sure it is: given, a default, or lacking. Secrets are references and stay so. */
export type Said = {readonly text: string; readonly role: Role};

/** What a reference to a secret says to a reader. */
const secretWords = (value: string): string =>
	value === 'prompt' ? 'typed in, kept in memory' : value === 'generate' ? 'made by this tool' : `from ${value}`;

/** The answer at `path` for a reader; `untyped` are secrets that are still to be typed. */
export const said = (form: Form, draft: Draft, question: Question, path: string, untyped: readonly string[]): Said => {
	const given = form.getAt(draft, path);
	const value = given ?? form.defaultAt(path) ?? (question.kind === 'yes-no' ? false : undefined);
	if (value === undefined || value === null || value === '') {
		return question.optional ? {text: 'not set', role: 'dim'} : {text: 'missing', role: 'bad'};
	}
	if (untyped.includes(path) && value === 'prompt') return {text: 'to be typed again', role: 'bad'};
	const shown = question.kind === 'yes-no' ? asWord(form, value) : form.showField(value);
	const text = question.kind === 'secret' ? secretWords(shown) : shown;
	return {text: clean(text), role: given === undefined ? 'dim' : 'plain'};
};

/** One answer, whole: what does not fit beside its label goes on below itself. */
const oneAnswer = (question: Question, {text, role}: Said, width: number, indent: number): readonly Row[] => {
	const left = Math.min(34, Math.floor(width * 0.45));
	return wrap(text, width - left - 1).map((line, index) => [
		{text: ' '.repeat(indent)},
		{text: `${pad(index === 0 ? question.label : '', left - indent)} `, role: 'dim'},
		{text: line, role},
	]);
};

/** All answers by topic. Advanced ones are told only where they were answered. */
export const answerRows = (form: Form, draft: Draft, width: number, untyped: readonly string[]): readonly Row[] => {
	const asked = {form, draft, scope: {kind: 'all'}, advanced: true} as const;
	const rowsOf = (topic: number, item: number | undefined, indent: number): readonly Row[] =>
		entriesOf(asked, topic, item).flatMap((entry) =>
			entry.kind === 'question' && (!entry.question.advanced || form.getAt(draft, entry.path) !== undefined)
				? oneAnswer(entry.question, said(form, draft, entry.question, entry.path, untyped), width, indent)
				: [],
		);
	return form.topics.flatMap((topic, index) => {
		const count = topic.repeat === undefined ? 0 : form.itemCount(draft, topic.repeat);
		const items = Array.from({length: count}, (_, item) => [
			row(`  ${item + 1}`, 'title'),
			...rowsOf(index, item, 4),
		]).flat();
		const rows = topic.repeat === undefined ? rowsOf(index, undefined, 2) : items;
		return rows.length > 0 ? [row(topic.title, 'title'), ...rows, blank] : [];
	});
};
