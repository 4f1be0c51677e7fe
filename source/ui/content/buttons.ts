import type {Row} from '../rows.ts';
import {cells} from '../text.ts';

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
	const narrow = labels.reduce((sum, label) => sum + cells(label) + 5, 0) > width;
	const first = narrow ? firstSeen(labels, focus, width) : 0;
	return labels.slice(first).flatMap((label, offset) => {
		const index = first + offset;
		return [
			{
				text: index === focus ? `[${label}]` : narrow ? label : ` ${label} `,
				role: index === focus ? 'focus' : 'plain',
			} as const,
			{text: narrow ? ' ' : '  '},
		];
	});
};
