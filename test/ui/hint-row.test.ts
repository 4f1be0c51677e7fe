import {expect, test} from 'vitest';
import {type Hint, hintRow} from '../../source/ui/content/frame.ts';

const hints: readonly Hint[] = [
	['Enter', 'choose'],
	['y', 'copy'],
	['/', 'search'],
	['?', 'help'],
];
const textOf = (width: number): string =>
	hintRow(hints, width)
		.map(({text}) => text)
		.join('');

test.each([
	[80, 'Enter choose  y copy  / search  ? help'],
	[38, 'Enter choose  y copy  / search  ? help'],
	[37, 'Enter choose  y copy  ? help'],
	[27, 'Enter choose  ? help'],
	[19, '? help'],
	[5, ''],
])('in %i cells stand as many keys as fit, and the one that leads to all others is the last to go', (width, text) => {
	expect(textOf(width)).toBe(text);
});
