import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {ruleRow} from '../content/frame.ts';
import {menuRows} from '../content/menu.ts';
import {changeLabels, openedText, openingsHead} from '../content/review-parts/changes.ts';
import {markedRows, seenRows} from '../content/search/search.ts';
import {openings} from '../state/review-parts/details.ts';
import type {Details} from '../state/screen.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, position, row} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';

/** The changes that open, one of which is in focus. */
const ChangeList = ({state, scene, search, aside, focus}: ScreenProps & {readonly focus: number}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	const all = openings(state);
	const rows = [
		row(openingsHead(state)),
		blank,
		...markedRows(menuRows(changeLabels(all, width), focus, {width, height: height - 2, marks}), search.query),
	];
	const hints = [
		['Enter', 'open'],
		[marks.arrows, 'choose'],
		['/', 'search'],
		['Esc', 'back'],
		['?', 'help'],
	] as const;
	return (
		<Frame {...scene} search={search} title="Review: changes" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={rows} width={width} height={height} />
		</Frame>
	);
};

/** One change in full. */
const OpenChange = ({
	state,
	scene,
	search,
	aside,
	focus,
	top,
}: ScreenProps & {readonly focus: number; readonly top: number}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = openedText(state, scene, focus);
	const count = openings(state).length;
	const where = [`change ${focus + 1} of ${count}`, position(text, top)].filter((part) => part !== '').join('; ');
	const hints = [
		[marks.arrows, 'scroll'],
		['/', 'search'],
		['Enter', 'next change'],
		['Esc', 'list'],
		['?', 'help'],
	] as const;
	return (
		<Frame
			{...scene}
			search={search}
			title="Review: what will change"
			aside={aside}
			hints={hints}
			notice={state.notice}
		>
			<Rows rows={seenRows(text, top, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(where, width, marks)]} width={width} height={1} />
		</Frame>
	);
};

/** The changes of the plan, and each of them in full. */
export const ReviewDetails = ({details, ...props}: ScreenProps & {readonly details: Details}) =>
	details.top === undefined ? (
		<ChangeList {...props} focus={details.focus} />
	) : (
		<OpenChange {...props} focus={details.focus} top={details.top} />
	);
