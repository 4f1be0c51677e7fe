import type {Context} from '../../base/context.ts';
import type {Docs, DocsOptions} from '../../explain/docs.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';

/** Cells of a row where there is no terminal that tells its own. */
const usualWidth = 80;

/** Rows of text that are wider are hard to read; narrower ones hold no table. */
const widest = 120;
const narrowest = 40;

const widthOf = ({stdout: {isTTY, columns}}: Context): number =>
	isTTY === true ? Math.max(narrowest, Math.min(widest, columns)) : usualWidth;

const onScreen = async (context: Context, {topics, open, rowsOf}: Docs): Promise<void> => {
	const {runPager} = await import('../../../ui/pager/index.tsx');
	const {ascii, version} = context;
	await runPager({topics, open: open?.name, rowsOf: (name, width) => rowsOf(name, {width, ascii})}, version, context);
};

/** @throws ProblemError `docs-unknown-topic`, `docs-answers-unused`; ProblemsError for answers that cannot be used */
const work: Work<DocsOptions & {readonly plain: boolean}> = async (context, {plain, ...options}) => {
	const {openDocs} = await import('../../explain/docs.ts');
	const docs = await openDocs(context, options);
	const {screen, ascii, out} = context;
	if (screen && !plain) await onScreen(context, docs);
	else out(docs.textOf(docs.open, {width: widthOf(context), ascii}));
	return 0;
};

/** `docs`: the documents that the program carries, on the screen or as text. */
export const docs: AddCommand = ({program}, ask) => {
	const command = program
		.command('docs')
		.description('read the documents that this program carries: by topic, or all topics')
		.argument('[topic]', 'such as quick-start, runbook, answers, network')
		.option('--answers <file>', 'with the topic network: the names of this site in its table')
		.option('--plain', 'plain text instead of pages on the screen', false);
	withExamples(command, [
		'zenml-airgap docs runbook',
		'zenml-airgap docs network --answers answers.yaml --plain',
	]).action((topic: string | undefined, options: {readonly answers?: string; readonly plain: boolean}) =>
		ask(work, {...options, topic}),
	);
};
