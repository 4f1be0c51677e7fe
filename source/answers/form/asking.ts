import {isDeepStrictEqual} from 'node:util';
import {type Draft, defaultAt, getAt, itemCount} from '../draft.ts';
import {missingQuestions, type Question, type Topic, topics} from '../questions.ts';
import {type Form, openSecrets} from './form.ts';

/** A question and where its answer goes: list indices are filled in. */
export type QuestionAt = {readonly topic: Topic; readonly question: Question; readonly path: string};

/** Which questions are asked. */
export type Scope =
	| {readonly kind: 'all'}
	/** Only those whose paths are named. `first`: the one to begin with, where the questions come one by one. */
	| {readonly kind: 'missing'; readonly paths: readonly string[]; readonly first?: string | undefined}
	| {readonly kind: 'topic'; readonly id: string}
	/** The topics of the answers that a problem names; those answers are asked for whatever they are. */
	| {readonly kind: 'mend'; readonly paths: readonly string[]};

/** The questionnaire as it is now: what was answered decides what is asked. */
export type Questionnaire = {
	readonly draft: Draft;
	readonly scope: Scope;
	/** Which of the questions that few installs need are among them; `given`: those whose answers are not the defaults. */
	readonly advanced: 'none' | 'given' | 'all';
};

/** The members that the questions of a topic are asked for; `undefined` stands for a topic that is asked once. */
export const membersOf = (draft: Draft, {repeat}: Topic): readonly (number | undefined)[] => {
	if (repeat === undefined) return [undefined];
	const given = itemCount(draft, repeat);
	// An install without a workspace is none: the first is asked for before it is there.
	const count = repeat === 'workspaces' ? Math.max(1, given) : given;
	return Array.from({length: count}, (_, member) => member);
};

const questionsAt = (topic: Topic, member: number | undefined): readonly QuestionAt[] =>
	topic.questions.map((question) => ({topic, question, path: question.path.replace('*', String(member))}));

const isAsked = ({draft, scope, advanced}: Questionnaire, {question, path}: QuestionAt): boolean => {
	const isGiven = getAt(draft, path) !== undefined;
	const applies = question.when?.(draft, path) !== false;
	const isNamed = 'paths' in scope && scope.paths.includes(path);
	if (scope.kind === 'missing') return isNamed && (applies || isGiven);
	if (!applies) return false;
	if (isNamed || question.advanced !== true || advanced === 'all') return true;
	// An earlier run keeps all answers, and says of none that it is the default.
	return advanced === 'given' && isGiven && !isDeepStrictEqual(getAt(draft, path), defaultAt(path));
};

/** What is asked of one member of a topic's list, or of a topic that has none. */
export const questionsOf = (
	questionnaire: Questionnaire,
	topic: Topic,
	member: number | undefined,
): readonly QuestionAt[] => questionsAt(topic, member).filter((one) => isAsked(questionnaire, one));

/** What is asked in a topic, of all members of its list. */
export const questionsIn = (questionnaire: Questionnaire, topic: Topic): readonly QuestionAt[] =>
	membersOf(questionnaire.draft, topic).flatMap((member) => questionsOf(questionnaire, topic, member));

const isWithin = (path: string, group: string): boolean => path.startsWith(`${group}.`);

/** The index of the list member that a path lies in; undefined for paths outside of the list. */
export const memberAt = (path: string, list: string): number | undefined => {
	const [first = ''] = isWithin(path, list) ? path.slice(list.length + 1).split('.') : [];
	return /^\d+$/u.test(first) ? Number(first) : undefined;
};

/** Does a topic ask for one of these paths, for something in it, or for what it lies in? */
export const covers = ({questions, repeat}: Topic, paths: readonly string[]): boolean =>
	paths.some((path) => {
		const member = repeat === undefined ? undefined : memberAt(path, repeat);
		const general = member === undefined ? path : path.replace(`${repeat}.${member}`, `${repeat}.*`);
		return (
			path === repeat ||
			questions.some((one) => one.path === general || isWithin(one.path, general) || isWithin(general, one.path))
		);
	});

/** The topics that have anything to ask. */
export const topicsOf = (questionnaire: Questionnaire): readonly Topic[] => {
	const {scope} = questionnaire;
	return topics.filter((topic) => {
		if (scope.kind === 'topic') return topic.id === scope.id;
		if (scope.kind === 'mend') return covers(topic, scope.paths);
		// A list can be added to, even where none of its questions is asked.
		const canGrow = scope.kind === 'all' && topic.repeat !== undefined;
		return canGrow || questionsIn(questionnaire, topic).length > 0;
	});
};

/**
 * The paths of the questions that a list of names means, such as the answers that a problem names: a group means every question in
 * it; what lies in an answer means that answer, unless a question of its own asks for it.
 */
export const pathsNamed = (draft: Draft, names: readonly string[]): readonly string[] => {
	const all = topics.flatMap((topic) => membersOf(draft, topic).flatMap((member) => questionsAt(topic, member)));
	const paths = new Set(all.map(({path}) => path));
	return [...paths].filter((path) =>
		names.some((name) => name === path || isWithin(path, name) || (isWithin(name, path) && !paths.has(name))),
	);
};

/** Paths of all that has no valid answer yet, and of secrets that are to be typed again, in order of the questions. */
export const missingPaths = (form: Form): readonly string[] => [
	...new Set([...missingQuestions(form.draft).map(({path}) => path), ...openSecrets(form)]),
];

/** The scope of a first pass: where answers were given from outside only what is missing, else everything. */
export const firstScope = (form: Form, given: readonly string[]): Scope =>
	given.length > 0 ? {kind: 'missing', paths: missingPaths(form)} : {kind: 'all'};
