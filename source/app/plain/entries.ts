import {type Draft, getAt, itemCount} from '../../answers/draft.ts';
import {missingQuestions, type Question, type Topic, topics} from '../../answers/questions.ts';

/** One thing to ask: a question, or whether a list shall have one more member. */
export type PlainEntry =
	| {
			readonly kind: 'question';
			readonly id: string;
			readonly topic: Topic;
			readonly question: Question;
			/** Dotted path of the answer, with the index of its list member. */
			readonly path: string;
	  }
	| {readonly kind: 'more'; readonly id: string; readonly topic: Topic; readonly list: string; readonly count: number};

/** Which questions are asked. */
export type PlainScope =
	| {readonly kind: 'all'}
	/** What has no valid answer, and what `paths` name beside. */
	| {readonly kind: 'missing'; readonly paths: readonly string[]}
	/** One topic with its advanced questions. */
	| {readonly kind: 'topic'; readonly id: string};

const questionsOf = (topic: Topic, item: number | undefined): readonly Extract<PlainEntry, {kind: 'question'}>[] =>
	topic.questions.map((question) => {
		const path = question.path.replace('*', String(item));
		return {kind: 'question', id: path, topic, question, path};
	});

const everything = (draft: Draft, topic: Topic): readonly PlainEntry[] => {
	const {repeat} = topic;
	if (repeat === undefined) return questionsOf(topic, undefined);
	const given = itemCount(draft, repeat);
	// An install without a workspace is none.
	const count = repeat === 'workspaces' ? Math.max(1, given) : given;
	return [
		...Array.from({length: count}, (_, item) => questionsOf(topic, item)).flat(),
		{kind: 'more', id: `${repeat}+${count}`, topic, list: repeat, count},
	];
};

/** Is `path` asked for by the name `one`? A group is named by what it holds only where nothing in it asks for that. */
const names = (all: ReadonlySet<string>, one: string, path: string): boolean =>
	one === path || path.startsWith(`${one}.`) || (one.startsWith(`${path}.`) && !all.has(one));

/** Paths of all that has no valid answer yet. */
export const missingPaths = (draft: Draft): readonly string[] => missingQuestions(draft).map(({path}) => path);

/** What is to be asked now, in order; changes with the answers. */
export const plainEntries = (draft: Draft, scope: PlainScope): readonly PlainEntry[] => {
	const entries = topics
		.filter(({id}) => scope.kind !== 'topic' || scope.id === id)
		.flatMap((topic) => everything(draft, topic));
	const all = new Set(entries.map(({id}) => id));
	return entries.filter((entry) => {
		if (entry.kind === 'more') return scope.kind !== 'missing';
		const {question, path} = entry;
		const given = getAt(draft, path) !== undefined;
		if (scope.kind === 'missing' && !scope.paths.some((one) => names(all, one, path))) return false;
		if (question.when?.(draft) === false && !(scope.kind === 'missing' && given)) return false;
		return scope.kind !== 'all' || question.advanced !== true || given;
	});
};
