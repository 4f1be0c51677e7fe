import type {Row} from '../rows.ts';

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
