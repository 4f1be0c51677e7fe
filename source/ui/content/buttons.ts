import type {Row} from '../terminal/rows.ts';
import {cells} from '../terminal/text.ts';

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
