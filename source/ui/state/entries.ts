import type {Draft} from '../../answers/draft.ts';
import type {Question, Topic} from '../../answers/questions.ts';
import type {Form} from '../form.ts';
import type {Scope, Spot} from './types.ts';

/** One row of a topic: a question, a member of its list, or what can be done with the list. */
export type Entry =
	| {readonly kind: 'question'; readonly question: Question; readonly path: string}
	| {readonly kind: 'item'; readonly index: number; readonly title: string}
	| {readonly kind: 'add'}
	| {readonly kind: 'next'};

/** What the questionnaire looks like now. */
export type Asked = {
	readonly form: Form;
	readonly draft: Draft;
	readonly scope: Scope;
	readonly advanced: boolean;
};

/** The index of the list entry that a path belongs to; undefined for paths outside of the list. */
const itemOf = (path: string, list: string): number | undefined => {
	const [first = ''] = path.startsWith(`${list}.`) ? path.slice(list.length + 1).split('.') : [];
	return /^\d+$/u.test(first) ? Number(first) : undefined;
};

const shown = ({draft, scope, advanced}: Asked, question: Question, path: string): boolean => {
	if (scope.kind === 'missing') return scope.paths.includes(path);
	if (question.when?.(draft) === false) return false;
	if (scope.kind === 'mend' && scope.paths.includes(path)) return true;
	return advanced || question.advanced !== true;
};

const questionsOf = (asked: Asked, {questions}: Topic, item = 0): readonly Entry[] =>
	questions
		.map((question) => ({kind: 'question', question, path: question.path.replace('*', String(item))}) as const)
		.filter(({question, path}) => shown(asked, question, path));

const titleOf = ({form, draft}: Asked, {questions}: Topic, item: number): string => {
	const path = questions[0]?.path.replace('*', String(item));
	const name = path === undefined ? '' : form.showField(form.getAt(draft, path));
	return name === '' ? '(no name yet)' : name;
};

/** Missing answers are asked for in one row, whichever members of the list they belong to. */
const lacking = (asked: Asked, topic: Topic, list: string): readonly Entry[] => {
	const paths = asked.scope.kind === 'missing' ? asked.scope.paths : [];
	const items = [...new Set(paths.map((path) => itemOf(path, list)).filter((item) => item !== undefined))];
	return items.flatMap((item) => questionsOf(asked, topic, item));
};

/** The rows of a topic, or of one member of its list. */
export const entriesOf = (asked: Asked, topicIndex: number, item?: number): readonly Entry[] => {
	const topic = asked.form.topics[topicIndex];
	if (!topic) return [];
	if (topic.repeat === undefined || item !== undefined) return questionsOf(asked, topic, item);
	if (asked.scope.kind === 'missing') return lacking(asked, topic, topic.repeat);
	const members = Array.from({length: asked.form.itemCount(asked.draft, topic.repeat)}, (_, index) => index);
	const items = members.map((index) => ({kind: 'item', index, title: titleOf(asked, topic, index)}) as const);
	return [...items, {kind: 'add'}, {kind: 'next'}];
};

/** The row in focus; undefined when the topic has none. */
export const entryAt = (asked: Asked, {topic, item, focus}: Spot): Entry | undefined =>
	entriesOf(asked, topic, item)[focus];

/** Does a topic ask for one of these paths, or for something below or above one of them? */
export const covers = ({questions, repeat}: Topic, paths: readonly string[]): boolean =>
	paths.some((path) => {
		const item = repeat === undefined ? undefined : itemOf(path, repeat);
		const general = item === undefined ? path : path.replace(`${repeat}.${item}`, `${repeat}.*`);
		return path === repeat || questions.some((one) => one.path === general || one.path.startsWith(`${general}.`));
	});

/** Indexes of the topics that have anything to ask in this scope. */
export const topicsIn = (asked: Asked): readonly number[] => {
	const {scope, form} = asked;
	return form.topics.flatMap((topic, index) => {
		if (scope.kind === 'change') return scope.topic === index ? [index] : [];
		if (scope.kind === 'mend') return covers(topic, scope.paths) ? [index] : [];
		return entriesOf(asked, index).length > 0 ? [index] : [];
	});
};

/** The place of the question for a path; undefined when no question asks for it. */
export const spotOf = (asked: Asked, path: string): Spot | undefined => {
	for (const [topic, {repeat}] of asked.form.topics.entries()) {
		if (repeat === path) return {topic, focus: Math.max(0, entriesOf(asked, topic).length - 2)};
		const found = repeat === undefined || asked.scope.kind === 'missing' ? undefined : itemOf(path, repeat);
		const item = found !== undefined && found < asked.form.itemCount(asked.draft, repeat ?? '') ? found : undefined;
		const entries = entriesOf(asked, topic, item);
		const at = (matches: (entry: string) => boolean): number =>
			entries.findIndex((entry) => entry.kind === 'question' && matches(entry.path));
		const exact = at((one) => one === path);
		const focus = exact >= 0 ? exact : at((one) => one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
		if (focus >= 0) return {topic, focus, ...(item === undefined ? {} : {item})};
	}
	return undefined;
};

/** Paths of all that has no valid answer yet, in order of the questions. */
export const missingPaths = (form: Form, draft: Draft): readonly string[] =>
	form.missingQuestions(draft).map(({path}) => path);
