import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow} from '../content/frame.ts';
import {endTitles} from '../content/run/ended.ts';
import {seenRows} from '../content/search/search.ts';
import {summaryText} from '../content/summary.ts';
import {bodyColumns} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {position} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** How it ended and what is next. */
export const Summary = ({state, scene, search, aside}: ScreenProps) => {
	const marks = glyphs(useLook());
	const text = summaryText(state, scene, marks);
	const title = endTitles[scene.run?.outcome ?? 'done'];
	const width = bodyColumns(scene.columns);
	const top = state.run.summaryTop;
	const isLonger = text.rows.length > text.height;
	const scrolls: readonly Hint[] = isLonger
		? [
				[marks.arrows, 'scroll'],
				['/', 'search'],
			]
		: [];
	const hints: readonly Hint[] = [
		['q', 'leave; this is printed again then'],
		['y', 'copy'],
		['t', 'papers'],
		...scrolls,
		['?', 'help'],
	];
	return (
		<Frame {...scene} search={search} title={title} aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, top, search)} width={width} height={text.height} />
			{isLonger && <Rows rows={[ruleRow(position(text, top), width, marks)]} width={width} height={1} />}
		</Frame>
	);
};
