import type {Row} from '../rows.ts';
import {keepInView} from '../rows.ts';
import {shorten} from '../text.ts';
import type {Glyphs} from '../theme.ts';

/** Rows of a list with one entry in focus; digits choose the first nine. Scrolls with the focus. */
export const menuRows = (
	labels: readonly string[],
	focus: number,
	width: number,
	height: number,
	glyphs: Glyphs,
): readonly Row[] => {
	const top = keepInView(focus, labels.length, height);
	return labels.slice(top, top + height).map((label, offset) => {
		const index = top + offset;
		const digit = index < 9 ? `${index + 1} ` : '  ';
		return [
			{text: index === focus ? `${glyphs.pointer} ` : '  ', role: 'key'},
			{text: digit, role: 'dim'},
			{text: shorten(label, width - 4, glyphs.more), role: index === focus ? 'title' : 'plain'},
		];
	});
};

/** Buttons side by side; the one in focus is inverse and has brackets, for terminals without colour. */
export const buttonRow = (labels: readonly string[], focus: number, width: number): Row => {
	const narrow = labels.reduce((sum, label) => sum + label.length + 5, 0) > width;
	return labels.flatMap((label, index) => [
		{
			text: index === focus ? `[${label}]` : narrow ? label : ` ${label} `,
			role: index === focus ? 'focus' : 'plain',
		} as const,
		{text: narrow ? ' ' : '  '},
	]);
};
