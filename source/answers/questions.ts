import {validateField} from './draft.ts';
import {optionTopics} from './questions/options.ts';
import {siteTopics} from './questions/site.ts';
import type {Question, Topic} from './questions/types.ts';
import {zenmlTopics} from './questions/zenml.ts';
import {type Draft, getAt} from './tree.ts';

export type {Question, QuestionKind, Topic} from './questions/types.ts';

/** The questionnaire, in the order in which it is asked. Every answer but `version` is in it exactly once. */
export const topics: readonly Topic[] = [...siteTopics, ...zenmlTopics, ...optionTopics];

/** A question that has to be asked, with the path of its answer: list indices filled in. */
export type Asked = {
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

/** The questions without a valid answer: required ones that are missing, and given ones that are wrong. */
export const missingQuestions = (draft: Draft): readonly Asked[] =>
	topics.flatMap((topic) =>
		itemsOf(draft, topic).flatMap((item) =>
			topic.questions.flatMap((question) => {
				const path = question.path.replace('*', String(item));
				const optionalAndAbsent = question.optional === true && getAt(draft, path) === undefined;
				const hidden = question.when?.(draft) === false && getAt(draft, path) === undefined;
				const message = hidden ? undefined : validateField(draft, path);
				if (message !== undefined) return [{topic, question, path, message}];
				const newItem =
					item !== undefined && topic.repeat !== undefined && getAt(draft, `${topic.repeat}.${item}`) === undefined;
				return newItem && !optionalAndAbsent ? [{topic, question, path, message: 'is missing'}] : [];
			}),
		),
	);
