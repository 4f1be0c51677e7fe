import {keepInView, type Pane, type Row} from '../terminal/rows.ts';
import {shorten} from '../terminal/text.ts';

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
