import {createFinder} from './redact/finder.ts';
import {mask} from './redact/mask.ts';
import type {Range} from './redact/url-logins.ts';

export {isOrdinary} from './redact/finder.ts';
export {mask} from './redact/mask.ts';

/** Bytes of the largest secret that is read: a key of a service account has 2.4 KB, a token of a cloud registry 2.8 KB. */
export const mostSecretBytes = 4096;

/** Values deeper than this are not looked through; nothing of this program is. */
const deepest = 64;

export type Redactor = {
	/** From now on the value appears in no output, in any of its encodings, and no telling part of it. */
	readonly register: (secret: string) => void;
	/** The text with each secret masked, and each password within a URL. Takes a time that grows with the text only, and gives the mask when it fails. */
	readonly redact: (text: string) => string;
	/** The same for every text inside a value, but for words of this program's own; the value itself is not changed. */
	readonly redactDeep: <T>(value: T) => T;
};

/** Keys whose values are words of this program, on which listeners depend; a secret that equals one must not change them. */
const vocabulary: ReadonlySet<string> = new Set(
	'type step id mode phase kind level unit state decision choices outcome action area who code fingerprint runId'.split(
		' ',
	),
);

const maskRanges = (text: string, ranges: readonly Range[]): string => {
	const pieces: string[] = [];
	let [kept, masked] = [0, 0];
	for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
		if (from > masked || masked === 0) pieces.push(text.slice(kept, from), mask);
		masked = Math.max(masked, to);
		kept = masked;
	}
	return `${pieces.join('')}${text.slice(kept)}`;
};

/** Makes the one redactor of a run. Every writer passes its text through it. */
export const createRedactor = (): Redactor => {
	const finder = createFinder();
	const known = new Set<string>();
	const redact = (text: string): string => {
		try {
			const ranges = finder.find(text);
			return ranges.length === 0 ? text : maskRanges(text, ranges);
		} catch {
			// A text that could not be searched may hold anything.
			return mask;
		}
	};
	const deep = (value: unknown, depth: number): unknown => {
		if (typeof value === 'string') return redact(value);
		if (value === null || typeof value !== 'object') return value;
		if (depth > deepest) return mask;
		if (Array.isArray(value)) return value.map((one) => deep(one, depth + 1));
		return Object.fromEntries(
			Object.entries(value).map(([key, inner]) =>
				vocabulary.has(key) ? [key, inner] : [redact(key), deep(inner, depth + 1)],
			),
		);
	};
	return {
		register: (secret) => {
			if (secret.length === 0 || known.has(secret)) return;
			known.add(secret);
			finder.add(secret);
		},
		redact,
		redactDeep: <T>(value: T): T => deep(value, 0) as T,
	};
};
