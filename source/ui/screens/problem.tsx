import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {ruleRow} from '../content/frame.ts';
import {menuRows} from '../content/menu.ts';
import {problemLabels, problemText} from '../content/problem.ts';
import {type ProblemPage, viewOf} from '../state/page.ts';
import {problemButtons} from '../state/page-keys.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {position, type Row, visible} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** What went wrong and what can be done about it. */
export const Problem = ({state, scene, aside, page}: ScreenProps & {readonly page: ProblemPage}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const {top, menu, confirming} = viewOf(state.run, page);
	const {title, choices} = page.step;
	const text = problemText(page, scene);
	const labels = problemButtons(choices).map((button) => problemLabels[button]);
	const question: readonly Row[] = [[{text: `Go on without "${title}"? y/n`, role: 'warn'}]];
	const rows = [
		ruleRow(position(text, top), width, marks),
		...(confirming ? question : menuRows(labels, menu, {width, height: labels.length, marks})),
	];
	const hints = [
		['Enter', 'choose'],
		[marks.arrows, 'move'],
		['PgUp PgDn', 'scroll'],
		['Esc', 'log and steps'],
		['?', 'help'],
	] as const;
	return (
		<Frame {...scene} title={`Problem: ${title}`} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={visible(text, top)} width={width} height={text.height} />
			<Rows rows={rows} width={width} height={bodyRows(scene.rows) - text.height} />
		</Frame>
	);
};
