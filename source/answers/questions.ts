import {validateField} from './draft.ts';
import {dayTwoTopics} from './questions/day-two.ts';
import {hooksTopic} from './questions/hooks.ts';
import {optionTopics} from './questions/options.ts';
import {siteTopics} from './questions/site.ts';
import type {Question, Topic} from './questions/types.ts';
import {zenmlTopics} from './questions/zenml.ts';
import {type Draft, getAt} from './tree.ts';

export type {Question, Topic} from './questions/types.ts';

/** The questionnaire, in the order in which it is asked. Every answer but `version` is in it exactly once. */
export const topics: readonly Topic[] = [...siteTopics, ...zenmlTopics, ...optionTopics, ...dayTwoTopics, hooksTopic];

/** A question without a valid answer, with the path of its answer: list indices filled in. */
export type OpenQuestion = {
	readonly topic: Topic;
	readonly question: Question;
	readonly path: string;
	readonly message: string;
};

const itemsOf = (draft: Draft, {repeat}: Topic): readonly (number | undefined)[] => {
	if (repeat === undefined) return [undefined];
	const list = getAt(draft, repeat);
	const count = Array.isArray(list) ? list.length : 0;
	// An install without a workspace is none: its questions are asked before the item is there.
	return Array.from({length: repeat === 'workspaces' ? Math.max(1, count) : count}, (_, index) => index);
};

/** What is wrong with the answer to a question; undefined where nothing is, or where it is not asked. */
const lacking = (
	draft: Draft,
	{question, topic}: Pick<OpenQuestion, 'question' | 'topic'>,
	item: number | undefined,
) => {
	const path = question.path.replace('*', String(item));
	const isGiven = getAt(draft, path) !== undefined;
	const isAsked = isGiven || question.when?.(draft, path) !== false;
	const message = isAsked ? validateField(draft, path) : undefined;
	if (message !== undefined) return {topic, question, path, message};
	// Of an item that is not there yet, everything that must be answered is missing.
	const isNewItem = topic.repeat !== undefined && getAt(draft, `${topic.repeat}.${item}`) === undefined;
	const isLeftOut = question.optional === true && !isGiven;
	return isNewItem && isAsked && !isLeftOut ? {topic, question, path, message: 'is missing'} : undefined;
};

/** The questions without a valid answer: required ones that are missing, and given ones that are wrong. */
export const missingQuestions = (draft: Draft): readonly OpenQuestion[] =>
	topics.flatMap((topic) =>
		itemsOf(draft, topic).flatMap((item) =>
			topic.questions.map((question) => lacking(draft, {question, topic}, item)).filter((open) => open !== undefined),
		),
	);
