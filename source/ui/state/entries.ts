import {getAt, itemCount, showField} from '../../answers/draft.ts';
import {
	memberAt,
	type QuestionAt,
	type Questionnaire,
	questionsIn,
	questionsOf,
	topicsOf,
} from '../../answers/form/asking.ts';
import {type Topic, topics} from '../../answers/questions.ts';
import type {Spot} from './screen.ts';
import type {On} from './types.ts';

/** One row of a topic: a question, a member of its list, or what can be done with the list. */
export type Entry =
	| ({readonly kind: 'question'} & QuestionAt)
	| {readonly kind: 'item'; readonly index: number; readonly title: string}
	| {readonly kind: 'add'}
	| {readonly kind: 'next'};

/** The questionnaire as the operator sees it now. */
export const questionnaireOf = ({draft, screen, advanced}: On<'questions'>): Questionnaire => ({
	draft,
	scope: screen.scope,
	advanced: advanced ? 'all' : 'none',
});

const asEntry = (one: QuestionAt): Entry => ({kind: 'question', ...one});

/** A member of a list is called by the answer to its first question. */
const titleOf = ({draft}: Questionnaire, {questions}: Topic, item: number): string => {
	const path = questions[0]?.path.replace('*', String(item)) ?? '';
	return showField(getAt(draft, path)) || '(no name yet)';
};

const listOf = (questionnaire: Questionnaire, topic: Topic, list: string): readonly Entry[] => {
	const members = Array.from({length: itemCount(questionnaire.draft, list)}, (_, index) => index);
	const items = members.map((index) => ({kind: 'item', index, title: titleOf(questionnaire, topic, index)}) as const);
	return [...items, {kind: 'add'}, {kind: 'next'}];
};

/** The rows of a topic, or of one member of its list. */
export const entriesOf = (questionnaire: Questionnaire, index: number, item?: number): readonly Entry[] => {
	const topic = topics[index];
	if (!topic) return [];
	if (item !== undefined) return questionsOf(questionnaire, topic, item).map(asEntry);
	// Missing answers are asked for in one row, whichever members of the list they belong to.
	const isList = topic.repeat !== undefined && questionnaire.scope.kind !== 'missing';
	return isList ? listOf(questionnaire, topic, topic.repeat) : questionsIn(questionnaire, topic).map(asEntry);
};

/** The row in focus; undefined when the topic has none. */
export const entryAt = (questionnaire: Questionnaire, {topic, item, focus}: Spot): Entry | undefined =>
	entriesOf(questionnaire, topic, item)[focus];

/** Indexes of the topics that have anything to ask. */
export const topicsIn = (questionnaire: Questionnaire): readonly number[] =>
	topicsOf(questionnaire).map((topic) => topics.indexOf(topic));

/** The row of the question for a path, else of one for a part of it or for what it is a part of; -1 where there is none. */
const rowOf = (entries: readonly Entry[], path: string): number => {
	const find = (matches: (entry: string) => boolean): number =>
		entries.findIndex((entry) => entry.kind === 'question' && matches(entry.path));
	const exact = find((one) => one === path);
	return exact >= 0 ? exact : find((one) => one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
};

/** The list member that a path lies in, where it has a page of its own. */
const openedBy = ({scope, draft}: Questionnaire, topic: Topic, path: string): number | undefined => {
	const {repeat} = topic;
	if (repeat === undefined || scope.kind === 'missing') return undefined;
	const member = memberAt(path, repeat);
	return member !== undefined && member < itemCount(draft, repeat) ? member : undefined;
};

const spotIn = (questionnaire: Questionnaire, topic: Topic, path: string): Spot | undefined => {
	const index = topics.indexOf(topic);
	// The list itself is mended by adding to it.
	if (topic.repeat === path) return {topic: index, focus: Math.max(0, entriesOf(questionnaire, index).length - 2)};
	const item = openedBy(questionnaire, topic, path);
	const focus = rowOf(entriesOf(questionnaire, index, item), path);
	return focus < 0 ? undefined : {topic: index, item, focus};
};

/** The place of the question for a path; undefined when no question asks for it. */
export const spotOf = (questionnaire: Questionnaire, path: string): Spot | undefined => {
	for (const topic of topics) {
		const spot = spotIn(questionnaire, topic, path);
		if (spot) return spot;
	}
	return undefined;
};
