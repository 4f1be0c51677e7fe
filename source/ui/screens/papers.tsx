import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {menuRows} from '../content/menu.ts';
import {papersLabels, papersText} from '../content/papers.ts';
import {markedRows, seenRows} from '../content/search/search.ts';
import type {PapersView} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, paragraph, position} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

type PapersProps = ScreenProps & {readonly view: PapersView};

const ChoicePage = ({state, scene, search, aside, view}: PapersProps) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	const head = paragraph(
		'What each team has to do, how it is checked and undone: a folder for each, in the state folder. Nothing else is changed. Which papers do you want?',
		width,
	);
	const menu = menuRows(papersLabels(view), view.focus, {width, height: height - head.length - 1, marks});
	const list = markedRows(menu, search.query);
	const hints = [
		['Enter', 'save'],
		[marks.arrows, 'choose'],
		['Esc', 'back'],
		['?', 'help'],
	] as const;
	return (
		<Frame {...scene} search={search} title="Papers for other teams" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={[...head, blank, ...list]} width={width} height={height} />
		</Frame>
	);
};

const madeHints = (arrows: string): readonly Hint[] => [
	['y', 'copy'],
	[arrows, 'scroll'],
	['/', 'search'],
	['Esc', 'list'],
	['Enter', 'close'],
	['?', 'help'],
];

const MadePage = ({state, scene, search, aside, view}: PapersProps) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = papersText(view, scene, marks);
	const isMade = view.written !== undefined || view.failed !== undefined;
	const hints = isMade ? madeHints(marks.arrows) : ([['Esc', 'leave it']] as const);
	return (
		<Frame {...scene} search={search} title="Papers for other teams" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, view.top, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(position(text, view.top), width, marks)]} width={width} height={1} />
		</Frame>
	);
};

/** Papers for other teams: which, and then where they lie. */
export const PapersPage = (props: PapersProps) =>
	props.view.chosen ? <MadePage {...props} /> : <ChoicePage {...props} />;
