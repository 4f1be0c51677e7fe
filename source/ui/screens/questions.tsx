import {Box} from 'ink';
import {topics} from '../../answers/questions.ts';
import {loginAt} from '../../answers/secret/login.ts';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow, wallRows, yesHints} from '../content/frame.ts';
import {focusRows} from '../content/question.ts';
import {markedRows} from '../content/search/search.ts';
import {entryRows, topicRows, topicTitle} from '../content/topic.ts';
import {inFocus} from '../state/questions.ts';
import type {On} from '../state/types.ts';
import {bodyColumns, bodyRows, topicColumns} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, type Pane, paragraph, type Row} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

type Asking = On<'questions'>;

/** Is a login asked for that can be tried? */
const hasLogin = (state: Asking): boolean => {
	const entry = inFocus(state);
	return entry?.kind === 'question' && loginAt(state.draft, entry.path) !== undefined;
};

const hintsOf = (state: Asking, arrows: string): readonly Hint[] => {
	const {screen, advanced} = state;
	const end = screen.scope.kind === 'mend' ? 'try again' : 'review';
	const common: readonly Hint[] = [
		['Enter', 'next'],
		['Esc', 'back'],
		...(hasLogin(state) ? ([['Ctrl-D', 'test login']] as const) : []),
		['Ctrl-R', end],
		['Ctrl-L', 'help'],
		['Ctrl-X', advanced ? 'fewer' : 'advanced'],
		['Ctrl-Y', 'more'],
		['Ctrl-F', 'search'],
		[`Tab ${arrows}`, 'move'],
	];
	return screen.field.kind === 'none' ? [['+', 'add'], ['d', 'remove'], ...common] : common;
};

/** In a lower window the rows are needed for the questions. */
const leastForIntro = 19;

/** The topic from top to bottom: what it is about, its questions, and all about the one in focus. */
const pageRows = (state: Asking, pane: Pane): readonly Row[] => {
	const {width, height, marks} = pane;
	const entry = inFocus(state);
	const intro = topics[state.screen.spot.topic]?.intro ?? '';
	const head = height >= leastForIntro ? [...paragraph(intro, width, 'dim'), blank] : [];
	const focus = focusRows(state, entry, pane);
	const room = Math.max(1, height - head.length - focus.length - 2);
	const title = entry?.kind === 'question' ? entry.question.label : '';
	return [...head, ...entryRows(state, {...pane, height: room}), ruleRow(title, width, marks, 'title'), ...focus];
};

/** One topic: its questions with their answers, and below everything about the one in focus. */
export const Questions = ({state, scene, search, aside}: ScreenProps<Asking>) => {
	const marks = glyphs(useLook());
	const side = topicColumns(scene.columns);
	const width = bodyColumns(scene.columns) - (side === 0 ? 0 : side + 2);
	const height = bodyRows(scene.rows);
	const hints = state.screen.removing ? yesHints('take it out', 'keep it') : hintsOf(state, marks.arrows);
	return (
		<Frame {...scene} search={search} title={topicTitle(state)} aside={aside} hints={hints} notice={state.notice}>
			<Box height={height}>
				{side > 0 && <Rows rows={topicRows(state, {width: side, marks})} width={side} height={height} />}
				{side > 0 && <Rows rows={wallRows(height, marks)} width={2} height={height} />}
				<Rows rows={markedRows(pageRows(state, {width, height, marks}), search.query)} width={width} height={height} />
			</Box>
		</Frame>
	);
};
