import {keepInView, type Pane, type Row} from '../terminal/rows.ts';
import {cells, shorten} from '../terminal/text.ts';

/**
 * A list with one entry in focus, as high as its pane; digits name the first nine. It scrolls with the focus.
 *
 * It only draws. A list that listens to the keyboard by itself, as ink-select-input does, would be a second place that holds the
 * focus: over a slow line several keys arrive in one read, before React has drawn again, and such a list starts each move from the
 * entry that was drawn last, so that "down, down, Enter" chooses the wrong one. Here every key goes through the reducer first.
 */
export const menuRows = (labels: readonly string[], focus: number, {width, height, marks}: Pane): readonly Row[] => {
	const top = keepInView(focus, labels.length, height);
	return labels.slice(top, top + height).map((label, offset): Row => {
		const index = top + offset;
		const isFocused = index === focus;
		return [
			{text: isFocused ? `${marks.pointer} ` : '  ', role: 'key'},
			{text: index < 9 ? `${index + 1} ` : '  ', role: 'dim'},
			{text: shorten(label, width - 4, marks.more), role: isFocused ? 'title' : 'plain'},
		];
	});
};

/** The first button to be drawn so that the one in focus is seen. */
const firstSeen = (labels: readonly string[], focus: number, width: number): number => {
	let room = width - cells(labels[focus] ?? '') - 4;
	let first = focus;
	while (first > 0 && room >= cells(labels[first - 1] ?? '') + 1) {
		first -= 1;
		room -= cells(labels[first] ?? '') + 1;
	}
	return first;
};

/** Is there room for all buttons? Beside each label stand two cells for its brackets; between two buttons one is enough. */
export const buttonsFit = (labels: readonly string[], width: number): boolean =>
	labels.reduce((sum, label) => sum + cells(label) + 1, 2) <= width;

/** Buttons side by side; the one in focus is always seen, inverse and in brackets, for terminals without colour. */
export const buttonRow = (labels: readonly string[], focus: number, width: number): Row => {
	const isNarrow = labels.reduce((sum, label) => sum + cells(label) + 5, 0) > width;
	const first = isNarrow ? firstSeen(labels, focus, width) : 0;
	const air = isNarrow ? '' : ' ';
	return labels.slice(first).flatMap((label, offset) => {
		const isFocused = first + offset === focus;
		return [
			isFocused
				? ({text: `[${label}]`, role: 'focus'} as const)
				: ({text: `${air}${label}${air}`, role: 'plain'} as const),
			{text: `${air} `},
		];
	});
};
