import {itemCount} from '../../answers/draft.ts';
import {type Said, said} from '../../answers/form/answering.ts';
import {type QuestionAt, questionsOf} from '../../answers/form/asking.ts';
import type {Form} from '../../answers/form/form.ts';
import {type Topic, topics} from '../../answers/questions.ts';
import type {Role} from '../terminal/marks.ts';
import {blank, type Row, row, type Span} from '../terminal/rows.ts';
import {clean, pad, wrap} from '../terminal/text.ts';

const roles: Readonly<Record<Said['state'], Role>> = {
	given: 'plain',
	default: 'dim',
	'left out': 'dim',
	missing: 'bad',
	'to be typed again': 'bad',
};

/** An answer as it stands on the screen; how sure it is shows in its role. */
export const answerSpan = (form: Form, at: QuestionAt): Span & {readonly role: Role} => {
	const {text, state} = said(form, at);
	return {text: clean(text), role: roles[state]};
};

/** One answer, whole: what does not fit beside its label goes on below itself. */
const oneAnswer = (form: Form, at: QuestionAt, width: number, indent: number): readonly Row[] => {
	const left = Math.min(34, Math.floor(width * 0.45));
	const {text, role} = answerSpan(form, at);
	return wrap(text, width - left - 1).map((line, index) => [
		{text: ' '.repeat(indent)},
		{text: `${pad(index === 0 ? at.question.label : '', left - indent)} `, role: 'dim'},
		{text: line, role},
	]);
};

const rowsOf = (form: Form, topic: Topic, width: number): readonly Row[] => {
	const questionnaire = {draft: form.draft, scope: {kind: 'all'}, advanced: 'given'} as const;
	const answers = (member: number | undefined, indent: number): readonly Row[] =>
		questionsOf(questionnaire, topic, member).flatMap((at) => oneAnswer(form, at, width, indent));
	if (topic.repeat === undefined) return answers(undefined, 2);
	const members = Array.from({length: itemCount(form.draft, topic.repeat)}, (_, member) => member);
	return members.flatMap((member) => [row(`  ${member + 1}`, 'title'), ...answers(member, 4)]);
};

/** All answers by topic. Advanced ones are told only where they were answered. */
export const answerRows = (form: Form, width: number): readonly Row[] =>
	topics.flatMap((topic) => {
		const rows = rowsOf(form, topic, width);
		return rows.length > 0 ? [row(topic.title, 'title'), ...rows, blank] : [];
	});
