import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {explainedText} from '../content/explained.ts';
import {ruleRow} from '../content/frame.ts';
import {helpText} from '../content/help.ts';
import {smallRows} from '../content/run/small.ts';
import {seenRows} from '../content/search/search.ts';
import {isUnderWay} from '../state/page.ts';
import type {Explained, Scene, UiState} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, paragraph, position, row} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** The keys of the page that has them. */
export const Help = ({state, scene, search, aside}: ScreenProps) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = helpText(state, scene);
	const scrolls = text.rows.length > text.height ? ([[marks.arrows, 'scroll']] as const) : [];
	return (
		<Frame
			{...scene}
			search={search}
			title="Keys"
			aside={aside}
			hints={[...scrolls, ['/', 'search'], ['any other key', 'back']]}
			notice={state.notice}
		>
			<Rows rows={seenRows(text, state.helpTop, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(position(text, state.helpTop), width, marks)]} width={width} height={1} />
		</Frame>
	);
};

/** What a problem or an answer is, over the page that asked for it. */
export const ExplainedPage = ({
	state,
	scene,
	search,
	aside,
	explained,
}: ScreenProps & {readonly explained: Explained}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = explainedText(explained, scene);
	const hints = [
		['Esc', 'back'],
		[marks.arrows, 'scroll'],
		['/', 'search'],
		['y', 'copy'],
		['?', 'help'],
	] as const;
	return (
		<Frame
			{...scene}
			search={search}
			title={`What it is: ${explained.name}`}
			aside={aside}
			hints={hints}
			notice={state.notice}
		>
			<Rows rows={seenRows(text, explained.top, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(position(text, explained.top), width, marks)]} width={width} height={1} />
		</Frame>
	);
};

/** What Ctrl-C asks before anything was started, and while the run is under way. */
const questions = {
	quit: {
		title: 'Quit?',
		question: 'Quit? y/n',
		yes: 'quit',
		text: [
			'Nothing has been changed.',
			'Answers that were given are kept, but for typed secrets: the next start offers them.',
		],
	},
	stop: {
		title: 'Stop?',
		question: 'Stop at a safe point? y/n',
		yes: 'stop',
		text: [
			'The write that is under way is finished, then the run stops.',
			'What is done stays done: started again, the tool goes on from there.',
			'A second Ctrl-C stops at once.',
		],
	},
} as const;

/** The question that Ctrl-C asks. */
export const QuitQuestion = ({state, scene, aside}: ScreenProps) => {
	const width = bodyColumns(scene.columns);
	const {title, question, yes, text} = questions[isUnderWay(state, scene.run) ? 'stop' : 'quit'];
	const rows = [blank, row(question, 'warn'), blank, ...text.flatMap((line) => paragraph(line, width))];
	const hints = [
		['y', yes],
		['n', 'go on'],
		['Ctrl-C', 'at once'],
	] as const;
	return (
		<Frame {...scene} title={title} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows} width={width} height={bodyRows(scene.rows)} />
		</Frame>
	);
};

/** All that fits into a window that is too small: how far the run is, and whether it waits for somebody. */
export const TooSmall = ({
	state,
	scene,
}: {
	readonly state: Pick<UiState, 'quitting'>;
	readonly scene: Pick<Scene, 'columns' | 'rows'> & Partial<Scene>;
}) => {
	const {columns, rows} = scene;
	return <Rows rows={smallRows(state, scene, glyphs(useLook()))} width={columns} height={rows} />;
};
