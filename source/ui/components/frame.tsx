import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Row} from '../rows.ts';
import {bodyColumns, bodyRows} from '../state/layout.ts';
import type {Notice} from '../state/types.ts';
import {cells, pad, shorten, shortenMiddle} from '../text.ts';
import {glyphs, useLook} from '../theme.ts';
import {Rows} from './rows.tsx';

/** A key and what it does, as named in the last row. */
export type Hint = readonly [key: string, does: string];

/** As many keys as fit; the first ones matter most. */
const hintRow = (hints: readonly Hint[], width: number): Row => {
	let room = width;
	return hints.flatMap(([key, does], index) => {
		const gap = index === 0 ? '' : '  ';
		room -= cells(gap) + cells(key) + 1 + cells(does);
		return room < 0 ? [] : [{text: gap + key, role: 'key'} as const, {text: ` ${does}`, role: 'dim'} as const];
	});
};

/** A rule across the window with words in it. */
export const ruleRow = (text: string, width: number, rule: string, role: 'title' | 'dim' = 'dim'): Row => {
	const shown = text === '' ? '' : ` ${shorten(text, width - 6)} `;
	return [
		{text: rule.repeat(2), role: 'dim'},
		{text: shown, role},
		{text: rule.repeat(Math.max(0, width - 2 - cells(shown))), role: 'dim'},
	];
};

/** Head, body and foot of every screen; exactly as large as the window, whatever is in it. */
export const Frame = ({
	columns,
	rows,
	title,
	aside,
	hints,
	notice,
	children,
}: {
	readonly columns: number;
	readonly rows: number;
	readonly title: string;
	/** At the right of the title: the version, or that this is a rehearsal. */
	readonly aside: string;
	readonly hints: readonly Hint[];
	/** Stands in place of the keys until the next key. */
	readonly notice?: Notice | undefined;
	readonly children: ReactNode;
}) => {
	const {rule, more} = glyphs(useLook());
	const width = bodyColumns(columns);
	const head: Row = [
		{text: `${pad(title, Math.max(0, width - cells(aside) - 1), more)} `, role: 'title'},
		{text: aside, role: 'dim'},
	];
	const foot = notice ? [{text: shortenMiddle(notice.text, width, more), role: notice.role}] : hintRow(hints, width);
	return (
		<Box flexDirection="column" width={columns} height={rows} paddingX={1} overflow="hidden">
			<Rows rows={[head, ruleRow('', width, rule)]} width={width} height={2} />
			<Box flexDirection="column" height={bodyRows(rows)} width={width} overflow="hidden">
				{children}
			</Box>
			<Rows rows={[foot]} width={width} height={1} />
		</Box>
	);
};
