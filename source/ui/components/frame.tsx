import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {RunState} from '../../engine/state.ts';
import {type Hint, headRow, hintRow, ruleRow} from '../content/frame.ts';
import {overallText} from '../content/run/overall.ts';
import {noSearch, type SearchView, typingRow} from '../content/search/search.ts';
import type {Notice} from '../state/types.ts';
import {bodyColumns, bodyRows} from '../terminal/layout.ts';
import {glyphs} from '../terminal/marks.ts';
import type {Row, Scroll} from '../terminal/rows.ts';
import {useLook} from '../terminal/theme.ts';
import {noticeRows} from './notice.ts';
import {Rows} from './rows.tsx';

/** The window around a screen. */
export type FrameProps = {
	readonly columns: number;
	/** Those that the notice leaves. */
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
	/** Stands in rows of its own above the keys. */
	readonly notice?: Notice | undefined;
	readonly children: ReactNode;
};

/** The last row: the text that is typed, else the keys. */
const lastRow = ({hints, search = noSearch}: FrameProps, scroll: Scroll): Row => {
	const {typing} = search;
	if (typing) return typingRow(typing.label, typing.line, scroll);
	// While a search is on, its keys mean what it says.
	const others = hints.filter(([key]) => !search.hints.some(([taken]) => taken === key));
	return hintRow([...search.hints, ...others], scroll.width);
};

/** Head, body and foot of every screen; exactly as large as the window, whatever is in it. */
export const Frame = (props: FrameProps) => {
	const {columns, rows, title, aside, run, now = 0, children} = props;
	const marks = glyphs(useLook());
	const width = bodyColumns(columns);
	const overall = run && run.outcome === undefined ? overallText(run, now) : '';
	const foot = [...noticeRows(props.notice, width), lastRow(props, {width, marks})];
	return (
		<Box flexDirection="column" width={columns} height={rows + foot.length - 1} paddingX={1} overflow="hidden">
			<Rows rows={[headRow(title, aside, width, marks), ruleRow(overall, width, marks)]} width={width} height={2} />
			<Box flexDirection="column" height={bodyRows(rows)} width={width} overflow="hidden">
				{children}
			</Box>
			<Rows rows={foot} width={width} height={foot.length} />
		</Box>
	);
};
