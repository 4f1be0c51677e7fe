import {topics} from '../../answers/questions.ts';
import {Frame} from '../components/frame.tsx';
import {Rows} from '../components/rows.tsx';
import {type Hint, ruleRow, yesHints} from '../content/frame.ts';
import {buttonRow, menuRows} from '../content/menu.ts';
import {planInShort} from '../content/plan.ts';
import {planPageText, reviewLabels, reviewText} from '../content/review.ts';
import {markedRows, seenRows} from '../content/search/search.ts';
import {focusOf, pagesToRead, reviewButtons, topOf} from '../state/review.ts';
import {topicsToMend} from '../state/review-parts/to-mend.ts';
import type {On} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import {blank, position, row} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import type {ScreenProps} from './props.ts';
import {ReviewDetails} from './review-details.tsx';

/** The topics, one of which is chosen to be changed. */
const Chooser = ({state, scene, search, aside, choosing}: ScreenProps & {readonly choosing: number}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const height = bodyRows(scene.rows);
	const toMend = topicsToMend(state);
	const titles = topics.map(({title}, index) => (toMend.has(index) ? `${title} ${marks.bad} to mend` : title));
	const rows = [
		row('Which topic do you want to change?'),
		blank,
		...markedRows(menuRows(titles, choosing, {width, height: height - 2, marks}), search.query),
	];
	const hints = [
		['Enter', 'open'],
		['Esc', 'back'],
	] as const;
	return (
		<Frame
			{...scene}
			search={search}
			title="Review: change an answer"
			aside={aside}
			hints={hints}
			notice={state.notice}
		>
			<Rows rows={rows} width={width} height={height} />
		</Frame>
	);
};

/** What is read before the start, page by page. */
const Reader = ({
	state,
	scene,
	search,
	aside,
	page,
	top,
}: ScreenProps & {readonly page: number; readonly top: number}) => {
	const marks = glyphs(useLook());
	const width = bodyColumns(scene.columns);
	const text = planPageText(state, scene, page);
	const tabs = pagesToRead(state).map(({title}, index) => `${index + 1} ${title}`);
	const hints = [
		[marks.sideways, 'page'],
		[marks.arrows, 'scroll'],
		['/', 'search'],
		['Esc', 'back'],
		['?', 'help'],
	] as const;
	return (
		<Frame {...scene} search={search} title="Before the start" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, top, search)} width={width} height={text.height} />
			<Rows
				rows={[ruleRow(position(text, top), width, marks), buttonRow(tabs, page, width)]}
				width={width}
				height={2}
			/>
		</Frame>
	);
};

/** All answers and the plan, scrolled, above the buttons. */
export const Review = (props: ScreenProps<On<'review'>>) => {
	const {state, scene, search, aside} = props;
	const marks = glyphs(useLook());
	const {choosing, reading, details} = state.screen;
	if (choosing !== undefined) return <Chooser {...props} choosing={choosing} />;
	if (reading !== undefined) return <Reader {...props} {...reading} />;
	if (details !== undefined) return <ReviewDetails {...props} details={details} />;
	const width = bodyColumns(scene.columns);
	const text = reviewText(state, scene, marks);
	const extent = {...text, total: text.rows.length};
	const top = topOf(state, extent);
	const where = [position(text, top), `plan: ${planInShort(state.plan)}`].filter((part) => part !== '').join('; ');
	const labels = reviewLabels(state, width);
	const focus = reviewButtons(state).indexOf(focusOf(state, extent));
	const hints: readonly Hint[] = state.screen.consenting
		? yesHints('start', 'not yet')
		: [
				['Enter', 'choose'],
				[marks.sideways, 'button'],
				['/', 'search'],
				['d', 'details'],
				['t', 'papers'],
				['?', 'help'],
				['Esc', 'questions'],
				[marks.arrows, 'scroll'],
				['End', 'plan'],
				['p', 'look again'],
			];
	return (
		<Frame {...scene} search={search} title="Review" aside={aside} hints={hints} notice={state.notice}>
			<Rows rows={seenRows(text, top, search)} width={width} height={text.height} />
			<Rows rows={[ruleRow(where, width, marks), buttonRow(labels, focus, width)]} width={width} height={2} />
		</Frame>
	);
};
