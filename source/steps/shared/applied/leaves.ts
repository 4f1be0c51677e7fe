import {isMap} from '../../../base/text.ts';
import {fingerprintOf} from '../../../engine/fingerprint.ts';

/** Where a value stands in the values of a release. */
export type Path = readonly string[];

/** A value and where it stands; a list is one value. */
export type Leaf = {readonly path: Path; readonly value: unknown};

const isNothing = (value: unknown): boolean =>
	value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** Every value, lists whole; nulls, empty maps and empty lists count as absent, since Helm keeps no difference between them. */
export const leavesIn = (values: unknown, path: Path = []): readonly Leaf[] => {
	if (isNothing(values)) return [];
	if (!isMap(values)) return [{path, value: values}];
	return Object.entries(values).flatMap(([key, inner]) => leavesIn(inner, [...path, key]));
};

/** A path as one text, for maps and records. */
export const keyOf = (path: Path): string => JSON.stringify(path);

/** The values at their paths, each as `form` makes it. */
export const byPath = <T>(values: unknown, form: (value: unknown, path: Path) => T): ReadonlyMap<string, T> =>
	new Map(leavesIn(values).map(({path, value}) => [keyOf(path), form(value, path)]));

/** What lies at a path; undefined where nothing does. */
export const valueAt = (values: unknown, path: Path): unknown =>
	path.reduce<unknown>((inner, key) => (isMap(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), values);

/** The same values with another one at a path, or without one where `value` is undefined. */
export const withValue = (values: unknown, [key, ...rest]: Path, value: unknown): Readonly<Record<string, unknown>> => {
	const map = isMap(values) ? values : {};
	if (key === undefined) return map;
	if (rest.length > 0) return {...map, [key]: withValue(map[key], rest, value)};
	const {[key]: _old, ...others} = map;
	return value === undefined ? others : {...others, [key]: value};
};

/** Fingerprint of a value in one record: with its salt, so that equal values of two releases do not look alike. */
export const stampOf = (salt: string, value: unknown): string => fingerprintOf([salt, value]);
