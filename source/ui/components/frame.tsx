import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {RunState} from '../../engine/state.ts';
import {footRows, type Hint, headRow, ruleRow} from '../content/frame.ts';
import {overallText} from '../content/run/overall.ts';
import {noSearch, type SearchView, typingRow} from '../content/search/search.ts';
import type {Notice} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import type {Row, Scroll} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import {Rows} from './rows.tsx';

/** The window around a screen. */
export type FrameProps = {
	readonly columns: number;
	readonly rows: number;
	readonly title: string;
	/** At the right of the title: the version, or that this is a rehearsal. */
	readonly aside: string;
	/** The run, and the time, ms since the epoch: while it is under way the rule below the title says how far it is. */
	readonly run?: RunState | undefined;
	readonly now?: number;
	readonly hints: readonly Hint[];
	/** What is searched: the text that is typed stands in place of the keys, what was found before them. */
	readonly search?: SearchView;
	/** Stands in place of the keys, and of the last rows of the body where it is longer than one. */
	readonly notice?: Notice | undefined;
	readonly children: ReactNode;
};

/** The last rows: the text that is typed below any notice, else the notice, else the keys. */
const footOf = ({hints, search = noSearch, notice}: FrameProps, scroll: Scroll): readonly Row[] => {
	const {typing} = search;
	if (!typing) return footRows([...search.hints, ...hints], notice, scroll.width);
	const above = notice ? footRows([], notice, scroll.width) : [];
	return [...above, typingRow(typing.label, typing.line, scroll)];
};

/** Head, body and foot of every screen; exactly as large as the window, whatever is in it. */
export const Frame = (props: FrameProps) => {
	const {columns, rows, title, aside, run, now = 0, children} = props;
	const marks = glyphs(useLook());
	const width = bodyColumns(columns);
	const overall = run && run.outcome === undefined ? overallText(run, now) : '';
	const foot = footOf(props, {width, marks});
	return (
		<Box flexDirection="column" width={columns} height={rows} paddingX={1} overflow="hidden">
			<Rows rows={[headRow(title, aside, width, marks), ruleRow(overall, width, marks)]} width={width} height={2} />
			<Box flexDirection="column" height={bodyRows(rows) + 1 - foot.length} width={width} overflow="hidden">
				{children}
			</Box>
			<Rows rows={foot} width={width} height={foot.length} />
		</Box>
	);
};
