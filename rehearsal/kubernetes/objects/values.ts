import {isMap} from '../../../source/base/text.ts';

/** A JSON object whose members are not known yet. */
export type Dict = Record<string, unknown>;

/** True for a JSON object: not null, not a list. */
export const isDict = (value: unknown): value is Dict => isMap(value);

/** The value when it is an object, else an empty one that is not connected to anything. */
export const dict = (value: unknown): Dict => (isDict(value) ? value : {});

/** The value when it is a list, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value when it is a string, else undefined. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A deep copy of a JSON value. */
export const copy = <T>(value: T): T => structuredClone(value);

/**
 * Equality of two JSON values; the order of object members does not count, an undefined member equals a missing one.
 */
export const same = (left: unknown, right: unknown): boolean => {
	if (left === right) return true;
	if (Array.isArray(left))
		return (
			Array.isArray(right) && left.length === right.length && left.every((item, index) => same(item, right[index]))
		);
	if (!isDict(left) || !isDict(right)) return false;
	return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
};

const sorted = (value: Dict): Dict =>
	Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));

/** JSON text with sorted members, so that equal values give equal text. */
export const stableJson = (value: unknown): string =>
	JSON.stringify(value, (_key, inner: unknown) => (isDict(inner) ? sorted(inner) : inner));

/** Set `target[key]` unless it has a value already. */
export const setDefault = (target: Dict, key: string, value: unknown): void => {
	if (target[key] === undefined || target[key] === null) target[key] = value;
};

/** The object at `target[key]`, made when it is not there. */
export const ensureDict = (target: Dict, key: string): Dict => {
	const found = target[key];
	if (isDict(found)) return found;
	const made: Dict = {};
	target[key] = made;
	return made;
};

/** An instant as Kubernetes writes it: RFC 3339, UTC, whole seconds. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Set each of `values` that `target` has no value for. */
export const setDefaults = (target: Dict, values: Dict): void => {
	for (const [key, value] of Object.entries(values)) setDefault(target, key, value);
};

/** Take members away that are null, in place: they mean "not there" in the Kubernetes API. */
export const dropNulls = (value: unknown): void => {
	if (Array.isArray(value)) for (const item of value) dropNulls(item);
	if (!isDict(value)) return;
	for (const key of Object.keys(value)) {
		if (value[key] === null) delete value[key];
		else dropNulls(value[key]);
	}
};

/** The value at a path of members, such as `spec.nodeName`, as text; empty when there is none. */
export const textAt = (object: unknown, path: string): string => {
	const value = path.split('.').reduce<unknown>((inner, step) => (isDict(inner) ? inner[step] : undefined), object);
	return value === undefined || value === null ? '' : String(value);
};

/** A copy of an object without some of its members. */
export const omit = <T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> =>
	Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
