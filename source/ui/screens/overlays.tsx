import {Box, Text} from 'ink';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {helpRows} from '../content/help.ts';
import {blank, paragraph, row} from '../rows.ts';
import {bodyColumns, bodyRows, smallest} from '../state/layout.ts';
import type {ScreenProps} from './props.ts';

/** The keys. */
export const Help = ({env, aside}: ScreenProps) => (
	<Frame {...env} title="Keys" aside={aside} hints={[['any key', 'back']]}>
		<Rows
			rows={helpRows(bodyColumns(env.columns), bodyRows(env.rows))}
			width={bodyColumns(env.columns)}
			height={bodyRows(env.rows)}
		/>
	</Frame>
);

const stopText = [
	'The write that is under way is finished, then the run stops.',
	'What is done stays done: started again, the tool goes on from there.',
	'A second Ctrl-C stops at once.',
];
const quitText = ['Nothing has been changed.', 'Answers are kept only if you save them on the review page.'];

/** The question that Ctrl-C asks. */
export const QuitQuestion = ({state, env, aside}: ScreenProps) => {
	const width = bodyColumns(env.columns);
	const under = state.started && env.run?.outcome === undefined;
	const rows = [
		blank,
		row(under ? 'Stop at a safe point? y/n' : 'Quit? y/n', 'warn'),
		blank,
		...(under ? stopText : quitText).flatMap((line) => paragraph(line, width)),
	];
	const hints = [
		['y', under ? 'stop' : 'quit'],
		['n', 'go on'],
		['Ctrl-C', 'at once'],
	] as const;
	return (
		<Frame {...env} title={under ? 'Stop?' : 'Quit?'} aside={aside} hints={hints}>
			<Rows rows={rows} width={width} height={bodyRows(env.rows)} />
		</Frame>
	);
};

/** All that fits into a window that is too small. */
export const TooSmall = ({state, env}: Pick<ScreenProps, 'state' | 'env'>) => (
	<Box width={env.columns} height={env.rows} overflow="hidden">
		<Text wrap="wrap">
			{`zenml-airgap needs ${smallest.columns}x${smallest.rows}; this window is ${env.columns}x${env.rows}. Enlarge it, or use --plain.${state.quitting ? ' Stop? y/n' : ''}`}
		</Text>
	</Box>
);
