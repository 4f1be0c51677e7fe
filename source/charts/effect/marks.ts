import type {Leaf} from './leaves.ts';

/** Below a million: the product's charts write larger numbers as 1e+06. */
const firstNumber = 730_001;

/** A value of the same kind that nothing else has: the trace of the leaf that gets it. A switch is turned over. */
export const markOf = ({value}: Leaf, index: number): Leaf['value'] => {
	if (typeof value === 'boolean') return !value;
	if (typeof value === 'number') return firstNumber + index;
	// A text of digits may be calculated with.
	return /^-?\d+$/u.test(value) ? String(firstNumber + index) : `qz${index.toString(36).padStart(3, '0')}zq`;
};

/** Values in Secrets are in base64. */
const decoded = (text: string): string =>
	[...text.matchAll(/[A-Za-z0-9+/]{6,}={0,2}/gu)]
		.map(([word]) => Buffer.from(word, 'base64').toString('latin1'))
		.join('\n');

/** Answers which marks stand in a text, in any case of letters, also behind base64. */
export const tracesIn = (rendered: string): ((mark: Leaf['value']) => boolean) => {
	const text = `${rendered}\n${decoded(rendered)}`.toLowerCase();
	const words = new Set([...text.matchAll(/qz[0-9a-z]+?zq/gu)].map(([word]) => word));
	const numbers = new Set([...text.matchAll(/(?<![0-9a-z])\d{6}(?![0-9a-z])/gu)].map(([digits]) => digits));
	return (mark) => typeof mark !== 'boolean' && (words.has(String(mark)) || numbers.has(String(mark)));
};

/** The part of a line before its value: `  checksum/secret:`. */
const keyOfLine = (line: string): string => /^\s*(- )?[^\s:]+:/u.exec(line)?.[0] ?? line;

/**
 * Takes out of a rendering what differs from one rendering to the next though its values are the same, such as keys that a chart makes.
 * @param first, second two renderings of the same values
 */
export const createQuiet = (first: string, second: string): ((rendered: string) => string) => {
	if (first === second) return (rendered) => rendered;
	const [left, right] = [first.split('\n'), second.split('\n')];
	const loud = new Set(left.filter((line, index) => line !== right[index]).map(keyOfLine));
	return (rendered) =>
		rendered
			.split('\n')
			.filter((line) => !loud.has(keyOfLine(line)))
			.join('\n');
};
