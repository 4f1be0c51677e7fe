import {isMap} from '../base/text.ts';
import type {Path} from './rules/rule.ts';

/** One value of a draft: typed text, numbers, switches, lists and maps. A secret is only ever a reference. */
export type DraftValue =
	| string
	| number
	| boolean
	| null
	| readonly DraftValue[]
	| {readonly [key: string]: DraftValue};
/** Answers as far as they are given, shaped like the answer file. Never changed in place. */
export type Draft = {readonly [key: string]: DraftValue};
/** A path as a list or in its dotted form: `workspaces.0.host`. */
export type PathLike = string | Path;

/** A list from either form of a path; parts that are whole numbers become list indices. */
export const toPath = (path: PathLike): Path =>
	typeof path === 'string'
		? path.split('.').map((part) => (/^(0|[1-9]\d{0,8})$/u.test(part) ? Number(part) : part))
		: path;

/** The dotted form of a path. */
export const formatPath = (path: PathLike): string => (typeof path === 'string' ? path : path.join('.'));

/** A key as it may be shown: what looks like more than a name is cut off, since it may hold a value. */
export const shownKey = (key: string): string => /^[A-Za-z_][\w./-]{0,79}/u.exec(key)?.[0] ?? '…';

const child = (value: unknown, key: string | number): unknown => {
	if (Array.isArray(value)) return value[Number(key)];
	return isMap(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
};

/** What is at a path of any nested value; `undefined` where there is nothing. */
export const lookUp = (root: unknown, path: PathLike): unknown =>
	toPath(path).reduce((value: unknown, key) => child(value, key), root);

/** The value at a path of a draft; `undefined` where nothing was answered. */
export const getAt = (draft: Draft, path: PathLike): DraftValue | undefined =>
	lookUp(draft, path) as DraftValue | undefined;

const replaced = (value: DraftValue | undefined, [key, ...rest]: Path, next: DraftValue): DraftValue => {
	if (key === undefined) return next;
	if (typeof key === 'number') {
		const list: readonly DraftValue[] = Array.isArray(value) ? value : [];
		// A hole in a list would be read as a missing item; the list is filled up with empty ones.
		return Array.from({length: Math.max(list.length, key + 1)}, (_, index) =>
			index === key ? replaced(list[index], rest, next) : (list[index] ?? {}),
		);
	}
	return {...(isMap(value) ? value : {}), [key]: replaced(child(value, key) as DraftValue | undefined, rest, next)};
};

/** A draft with another value at a path; maps and lists on the way are made. `undefined` is the same as `removeAt`. */
export const setAt = (draft: Draft, path: PathLike, value: DraftValue | undefined): Draft =>
	value === undefined ? removeAt(draft, path) : (replaced(draft, toPath(path), value) as Draft);

const without = (value: DraftValue, [key, ...rest]: Path): DraftValue => {
	const inner = key === undefined ? undefined : (child(value, key) as DraftValue | undefined);
	if (key === undefined || inner === undefined) return value;
	if (Array.isArray(value))
		return rest.length === 0
			? value.filter((_, index) => index !== key)
			: value.map((item, index) => (index === key ? without(item, rest) : item));
	const entries = Object.entries(value as Draft);
	return Object.fromEntries(
		rest.length === 0
			? entries.filter(([name]) => name !== String(key))
			: entries.map(([name, item]) => [name, name === String(key) ? without(item, rest) : item]),
	);
};

/** A draft without the value at a path; an item of a list is taken out and the later ones move up. */
export const removeAt = (draft: Draft, path: PathLike): Draft => without(draft, toPath(path)) as Draft;
