import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {envOf} from '../content/extent.ts';
import {menuRows} from '../content/menu.ts';
import {markedRows} from '../content/search/search.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, row} from '../terminal/rows.ts';
import {shortenMiddle} from '../terminal/text.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** What can be copied of the page below, one of which is chosen. Commands of a page begin alike and differ in their ends. */
export const CopyPage = ({state, scene, search, aside, focus}: ScreenProps & {readonly focus: number}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	const labels = envOf(scene)
		.copies(state)
		.map(({label}) => shortenMiddle(label, width - 4, marks.more));
	const rows = [
		row('What is to be copied?'),
		blank,
		...markedRows(menuRows(labels, focus, {width, height: height - 2, marks}), search.query),
	];
	const hints = [
		['Enter', 'copy'],
		[marks.arrows, 'move'],
		['Esc', 'back'],
	] as const;
	return (
		<Frame {...scene} search={search} title="Copy" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows} width={width} height={height} />
		</Frame>
	);
};
