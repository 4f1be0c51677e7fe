import type {Context} from '../../base/context.ts';
import type {DocsOptions} from '../../explain/docs.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';

/** Cells of a row where there is no terminal that tells its own. */
const usualWidth = 80;

/** Rows of text that are wider are hard to read; narrower ones hold no table. */
const widest = 120;
const narrowest = 40;

const widthOf = ({stdout: {isTTY, columns}}: Context): number =>
	isTTY === true ? Math.max(narrowest, Math.min(widest, columns)) : usualWidth;

/** Shows the pages on the screen. Returns the exit code. @throws what `openDocs` throws */
const onScreen = async (context: Context, options: DocsOptions): Promise<number> => {
	const {quietTerminal, takeOver} = await import('../../screen/quiet.ts');
	const quiet = quietTerminal(context);
	try {
		const [{openDocs}, {runPager}] = await Promise.all([
			import('../../explain/docs.ts'),
			import('../../../ui/pager/index.tsx'),
		]);
		const {topics, open, rowsOf} = await openDocs(context, options);
		const {ascii, version, signal} = context;
		const background = await takeOver(context, quiet.handOver);
		const pages = {topics, open: open?.name, rowsOf: (name: string, width: number) => rowsOf(name, {width, ascii})};
		await runPager(pages, version, {...context, background});
		return signal.aborted ? 130 : 0;
	} finally {
		await quiet.end();
	}
};

/** @throws ProblemError `docs-unknown-topic`, `docs-answers-unused`; ProblemsError for answers that cannot be used */
const work: Work<DocsOptions & {readonly plain: boolean}> = async (context, {plain, ...options}) => {
	if (context.screen && !plain) return onScreen(context, options);
	const {openDocs} = await import('../../explain/docs.ts');
	const {open, textOf} = await openDocs(context, options);
	context.out(textOf(open, {width: widthOf(context), ascii: context.ascii}));
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
