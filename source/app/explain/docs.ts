import {pageRows, pageText} from '../../docs/render.ts';
import type {DocsRow, Layout} from '../../docs/row.ts';
import {docsTexts} from '../../docs/texts.ts';
import {type DocsTopic, topicNamed, topicOfFile, topicsNear, topicsOf, topicText} from '../../docs/topics.ts';
import type {Context} from '../base/context.ts';
import {appProblems} from '../base/problems.ts';

/** What of the pages is wanted. */
export type DocsOptions = {
	readonly topic?: string | undefined;
	/** An answer file, whose names the page about the network has. */
	readonly answers?: string | undefined;
};

/** The pages that this program carries. */
export type Docs = {
	readonly topics: readonly DocsTopic[];
	/** The topic that was asked for. */
	readonly open: DocsTopic | undefined;
	/** A topic as rows of a terminal. */
	readonly rowsOf: (name: string, layout: Pick<Layout, 'width' | 'ascii'>) => readonly DocsRow[];
	/** A topic as plain text, or the list of topics. */
	readonly textOf: (topic: DocsTopic | undefined, layout: Pick<Layout, 'width' | 'ascii'>) => string;
};

/** The topic whose table has the names of a site. */
const ofSite = 'network';

const named = (word: string, topics: readonly DocsTopic[]): DocsTopic => {
	const topic = topicNamed(word, topics);
	if (topic) return topic;
	const near = topicsNear(word.slice(0, 80), topics);
	const [first] = near;
	const given =
		first === undefined ? ({case: 'none near'} as const) : ({case: 'near ones', first, near: near.join(', ')} as const);
	throw appProblems.error('docs-unknown-topic', {...given, topic: word.slice(0, 80)});
};

const listText = (topics: readonly DocsTopic[]): string =>
	[
		'# Documents',
		'`zenml-airgap docs TOPIC` shows one; `zenml-airgap explain NAME` tells of one problem, answer or step.',
		['| topic | read it when |', '|---|---|', ...topics.map(({name, about}) => `| \`${name}\` | ${about} |`)].join(
			'\n',
		),
	].join('\n\n');

/** The page about the network of the site that an answer file describes. @throws ProblemsError where answers are missing or wrong */
const siteText = async (context: Context, page: string, file: string): Promise<string> => {
	const [{withSite}, {completeAnswers, givenAnswers}] = await Promise.all([
		import('../../docs/network.ts'),
		import('../answers/inputs.ts'),
	]);
	return withSite(page, completeAnswers(await givenAnswers(context, {answers: file, set: []}, [])), file);
};

/**
 * The pages, with the one that was asked for.
 * @throws ProblemError `docs-unknown-topic`, `docs-answers-unused`; ProblemsError area `usage` for answers that cannot be used
 */
export const openDocs = async (context: Context, {topic: word, answers}: DocsOptions): Promise<Docs> => {
	const texts = await docsTexts();
	const topics = topicsOf(texts);
	const open = word === undefined ? undefined : named(word, topics);
	if (answers !== undefined && open?.name !== ofSite)
		throw appProblems.error('docs-answers-unused', {topic: open?.name ?? 'of topics', file: answers});
	const site = answers === undefined ? undefined : await siteText(context, texts.get(`${ofSite}.md`) ?? '', answers);
	const markdownOf = (topic: DocsTopic): string =>
		topic.name === ofSite && site !== undefined ? site : topicText(topic, texts);
	const layoutOf = (layout: Pick<Layout, 'width' | 'ascii'>, wholeCode: boolean): Layout => ({
		...layout,
		wholeCode,
		topicOf: (file) => topicOfFile(file, topics),
	});
	return {
		topics,
		open,
		rowsOf: (name, layout) => {
			const topic = topics.find((one) => one.name === name);
			return topic ? pageRows(markdownOf(topic), layoutOf(layout, false)) : [];
		},
		textOf: (topic, layout) => pageText(topic ? markdownOf(topic) : listText(topics), layoutOf(layout, true)),
	};
};
