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

/** Cells for the number of buttons that are not seen, on either side: `+12 `. */
const moreCells = 4;

/** Which buttons are drawn, from the first up to before the end: the one in focus, those before it, then those after it, as many as fit. */
const seenButtons = (
	labels: readonly string[],
	focus: number,
	width: number,
): {readonly first: number; readonly end: number} => {
	const of = (index: number): number => cells(labels[index] ?? '') + 1;
	let room = width - of(focus) - 2 - 2 * moreCells;
	let [first, end] = [focus, focus + 1];
	while (first > 0 && room >= of(first - 1)) {
		first -= 1;
		room -= of(first);
	}
	while (end < labels.length && room >= of(end)) {
		room -= of(end);
		end += 1;
	}
	return {first, end};
};

/** Is there room for all buttons? Beside each label stand two cells for its brackets; between two buttons one is enough. */
export const buttonsFit = (labels: readonly string[], width: number): boolean =>
	labels.reduce((sum, label) => sum + cells(label) + 1, 2) <= width;

/** How many more there are on one side. */
const moreButtons = (count: number): Row => (count === 0 ? [] : [{text: `+${count} `, role: 'dim'}]);

/**
 * Buttons side by side; the one in focus is always seen, inverse and in brackets, for terminals without colour. Where not all fit, it is
 * said on either side how many more there are.
 */
export const buttonRow = (labels: readonly string[], focus: number, width: number): Row => {
	const air = labels.reduce((sum, label) => sum + cells(label) + 5, 0) > width ? '' : ' ';
	const {first, end} = buttonsFit(labels, width) ? {first: 0, end: labels.length} : seenButtons(labels, focus, width);
	const drawn = labels.slice(first, end).flatMap((label, offset): Row => {
		const isFocused = first + offset === focus;
		return [
			isFocused ? {text: `[${label}]`, role: 'focus'} : {text: `${air}${label}${air}`, role: 'plain'},
			{text: `${air} `},
		];
	});
	return [...moreButtons(first), ...drawn, ...moreButtons(labels.length - end)];
};
