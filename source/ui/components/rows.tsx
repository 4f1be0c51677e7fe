import {Box, Text} from 'ink';
import {memo} from 'react';
import {asciiMarks} from '../../base/printable.ts';
import {glyphs} from '../terminal/marks.ts';
import {cutRow, type Row, sameRow} from '../terminal/rows.ts';
import {clean} from '../terminal/text.ts';
import {style, useLook} from '../terminal/theme.ts';

const Line = ({row}: {readonly row: Row}) => {
	const look = useLook();
	return (
		<Text wrap="truncate">
			{row.length === 0
				? ' '
				: row.map(({text, role = 'plain', bold}, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity beyond their place
						<Text key={index} {...style(role, look)} {...(bold && {bold})}>
							{look.ascii ? asciiMarks(clean(text), 'cell') : clean(text)}
						</Text>
					))}
		</Text>
	);
};

// Rows are built anew for each frame; only those that look different are laid out again.
const RowView = memo(Line, (before, after) => sameRow(before.row, after.row));

/** Rows as they are, one line each; what is wider than `width` is cut, what is more than `height` left out. */
export const Rows = ({
	rows,
	width,
	height,
}: {
	readonly rows: readonly Row[];
	readonly width: number;
	readonly height: number;
}) => {
	const {more} = glyphs(useLook());
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
			{rows.slice(0, height).map((row, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
				<RowView key={index} row={cutRow(row, width, more)} />
			))}
		</Box>
	);
};
