import {Box, Text} from 'ink';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {helpRows} from '../content/help.ts';
import {isUnderWay} from '../state/reduce.ts';
import type {Scene, UiState} from '../state/types.ts';
import {bodyColumns, bodyRows, smallest} from '../terminal/layout.ts';
import {blank, paragraph, row} from '../terminal/rows.ts';
import type {ScreenProps} from './props.ts';

/** The keys. */
export const Help = ({scene, aside}: ScreenProps) => {
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	return (
		<Frame {...scene} title="Keys" aside={aside} hints={[['any key', 'back']]}>
			<Rows rows={helpRows(width, height)} width={width} height={height} />
		</Frame>
	);
};

/** What Ctrl-C asks before anything was started, and while the run is under way. */
const questions = {
	quit: {
		title: 'Quit?',
		question: 'Quit? y/n',
		yes: 'quit',
		text: ['Nothing has been changed.', 'Answers are kept only if you save them on the review page.'],
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
		<Frame {...scene} title={title} aside={aside} hints={hints}>
			<Rows rows={rows} width={width} height={bodyRows(scene.rows)} />
		</Frame>
	);
};

/** All that fits into a window that is too small. */
export const TooSmall = ({
	state,
	scene: {columns, rows},
}: {
	readonly state: Pick<UiState, 'quitting'>;
	readonly scene: Pick<Scene, 'columns' | 'rows'>;
}) => (
	<Box width={columns} height={rows} overflow="hidden">
		<Text wrap="wrap">
			{`zenml-airgap needs ${smallest.columns}x${smallest.rows}; this window is ${columns}x${rows}. Enlarge it, or use --plain.${state.quitting ? ' Stop? y/n' : ''}`}
		</Text>
	</Box>
);
