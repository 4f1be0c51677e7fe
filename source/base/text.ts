import {distance} from 'fastest-levenshtein';

/** A number with its noun: `1 file`, `2 files`; `many` where the plural is not the noun with an s. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Words to choose from, as a sentence has them: `yes or no`, `yes, no or details`. */
export const eitherOf = (words: readonly string[]): string =>
	words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** Text as one line: without control characters, invisible ones and such that turn the direction of text. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/**
 * The beginning of a long text, with a mark that it was cut: beside the mark the redactor knows the beginning of a secret, which
 * without one would look like any word. Every text of somebody else is cut by this.
 */
export const cutTo = (text: string, most: number): string =>
	text.length <= most ? text : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, '')}…`;

/** Messages that only name a thing stand before other sentences. */
export const sentence = (text: string): string => (/[.!?:]$/u.test(text) ? text : `${text}.`);

/** The first of many, and that there are more: `a, b, c, …`. */
export const firstOf = (texts: readonly string[], most: number, separator = ', '): string =>
	[...texts.slice(0, most), ...(texts.length > most ? ['…'] : [])].join(separator);

/** Order of texts by their code units, for `sort`: the same on every host, whatever its language. */
export const byText = (a: string, b: string): number => {
	if (a === b) return 0;
	return a < b ? -1 : 1;
};

/** True for an object of keys and values as JSON and YAML have it; an array is none. */
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	value !== null && typeof value === 'object' && !Array.isArray(value);

const keyOf = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/gu, '');

/** Two neighbouring letters that were exchanged: one slip of the fingers, and two steps of Levenshtein. */
const isExchange = (written: string, known: string): boolean => {
	const at = [...known].findIndex((letter, index) => letter !== written[index]);
	const exchanged = `${known.slice(0, at)}${known[at + 1] ?? ''}${known[at] ?? ''}${known.slice(at + 2)}`;
	return at >= 0 && written === exchanged;
};

/**
 * How many letters two words are apart; case and the spelling of word borders do not count. `undefined`: too far to mean
 * it, which is more than a third of the known word, and more than one letter; or less than half of what was written is right.
 */
export const farness = (written: string, known: string): number | undefined => {
	const [word, meant] = [keyOf(written), keyOf(known)];
	const steps = isExchange(word, meant) ? 1 : distance(word, meant);
	const isNear = steps <= Math.max(1, Math.floor(known.length / 3)) && steps * 2 <= word.length;
	return steps === 0 || isNear ? steps : undefined;
};

/** The nearest of some words, the nearest first, and those that are hardly farther; empty where none is near. */
export const nearestOf = (written: string, words: readonly string[], most: number): readonly string[] => {
	const near = words
		.flatMap((word) => {
			const steps = farness(written, word);
			return steps === undefined ? [] : [{word, steps}];
		})
		.sort((a, b) => a.steps - b.steps);
	const best = near[0]?.steps ?? 0;
	return near.flatMap(({word, steps}) => (steps <= best + 1 ? [word] : [])).slice(0, most);
};

/** The nearest of some words, for a message; `undefined` where none is near. */
export const nearest = (written: string, words: readonly string[]): string | undefined =>
	nearestOf(written, words, 1)[0];
