import {
	membersOf,
	type QuestionAt,
	type Questionnaire,
	questionsIn,
	type Scope,
	topicsOf,
} from '../../answers/form/asking.ts';
import type {Form} from '../../answers/form/form.ts';
import type {Topic} from '../../answers/questions.ts';

/** A question as an entry. */
export type QuestionEntry = QuestionAt & {readonly kind: 'question'; readonly id: string};

/** Whether a list shall have one more member. */
export type MoreEntry = {
	readonly kind: 'more';
	readonly id: string;
	readonly topic: Topic;
	readonly list: string;
	readonly count: number;
};

/** One thing to ask. */
export type PlainEntry = QuestionEntry | MoreEntry;

const entriesIn = (questionnaire: Questionnaire, topic: Topic): readonly PlainEntry[] => {
	const questions = questionsIn(questionnaire, topic).map(
		(one): QuestionEntry => ({kind: 'question', id: one.path, ...one}),
	);
	const list = topic.repeat;
	if (list === undefined || questionnaire.scope.kind === 'missing') return questions;
	const count = membersOf(questionnaire.draft, topic).length;
	return [...questions, {kind: 'more', id: `${list}+${count}`, topic, list, count}];
};

/**
 * What is to be asked now, in order; changes with the answers. Nobody can ask for advanced questions in between, so they belong to
 * a topic that was chosen, and elsewhere are asked where they were answered.
 */
export const plainEntries = ({draft}: Form, scope: Scope): readonly PlainEntry[] => {
	const questionnaire: Questionnaire = {draft, scope, advanced: scope.kind === 'topic' ? 'all' : 'given'};
	return topicsOf(questionnaire).flatMap((topic) => entriesIn(questionnaire, topic));
};
