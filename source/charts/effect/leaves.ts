import {isMap} from '../../base/text.ts';

/** A plain value at the end of a path through values. Nulls, empty maps and empty lists say nothing and are none. */
export type Leaf = {readonly path: readonly string[]; readonly value: string | number | boolean};

const isPlain = (value: unknown): value is Leaf['value'] => ['string', 'number', 'boolean'].includes(typeof value);

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => {
	if (Array.isArray(value)) return value.map((inner: unknown, index) => [String(index), inner] as const);
	return isMap(value) ? Object.entries(value) : [];
};

/** Every leaf of some values, items of lists included. */
export const leavesOf = (value: unknown, path: readonly string[] = []): readonly Leaf[] =>
	isPlain(value) ? [{path, value}] : entriesOf(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));

/** `zenml.certificates.secretRefs[0].name`; a key with a dot stands in quotes. */
export const nameOfPath = (path: readonly string[]): string =>
	path
		.map((key) => {
			if (/^\d+$/u.test(key)) return `[${key}]`;
			return key.includes('.') ? `["${key}"]` : `.${key}`;
		})
		.join('')
		.replace(/^\./u, '');

/** The same values with another leaf at a path; maps on the way that are not there are made. */
export const withLeaf = (values: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown => {
	if (key === undefined) return leaf;
	if (Array.isArray(values))
		return values.map((inner: unknown, index) => (String(index) === key ? withLeaf(inner, rest, leaf) : inner));
	const map = isMap(values) ? values : {};
	return {...map, [key]: withLeaf(map[key], rest, leaf)};
};
