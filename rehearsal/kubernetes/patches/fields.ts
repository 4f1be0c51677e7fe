import {childShape, type Shape} from '../objects/shapes.ts';
import {type Dict, dict, isDict, stableJson} from '../objects/values.ts';

/**
 * A set of field paths in the layout of FieldsV1 (structured-merge-diff): steps are `f:NAME`, `k:{"key":…}` for items
 * of keyed lists and `v:VALUE` for items of sets. `member` says that the path itself is in the set.
 */
export type FieldSet = {member: boolean; readonly children: Map<string, FieldSet>};

export const emptySet = (): FieldSet => ({member: false, children: new Map()});

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0;

export const fromFieldsV1 = (fields: unknown): FieldSet => {
	const set = emptySet();
	for (const [key, value] of Object.entries(dict(fields))) {
		if (key === '.') {
			set.member = true;
			continue;
		}
		const child = fromFieldsV1(value);
		if (Object.keys(dict(value)).length === 0) child.member = true;
		set.children.set(key, child);
	}
	return set;
};

export const toFieldsV1 = (set: FieldSet): Dict => {
	const result: Dict = {};
	if (set.member && set.children.size > 0) result['.'] = {};
	for (const key of [...set.children.keys()].sort()) result[key] = toFieldsV1(set.children.get(key) ?? emptySet());
	return result;
};

const combine = (left: FieldSet, right: FieldSet, rule: (a: boolean, b: boolean) => boolean): FieldSet => {
	const result: FieldSet = {member: rule(left.member, right.member), children: new Map()};
	for (const key of new Set([...left.children.keys(), ...right.children.keys()])) {
		const child = combine(left.children.get(key) ?? emptySet(), right.children.get(key) ?? emptySet(), rule);
		if (!isEmptySet(child)) result.children.set(key, child);
	}
	return result;
};

export const union = (left: FieldSet, right: FieldSet): FieldSet => combine(left, right, (a, b) => a || b);
export const intersection = (left: FieldSet, right: FieldSet): FieldSet => combine(left, right, (a, b) => a && b);
export const difference = (left: FieldSet, right: FieldSet): FieldSet => combine(left, right, (a, b) => a && !b);

/** Remove whole branches, named by their first steps; used for fields that the server owns. */
export const without = (set: FieldSet, branches: readonly (readonly string[])[]): FieldSet => {
	const result: FieldSet = {member: set.member, children: new Map(set.children)};
	for (const [head, ...rest] of branches) {
		const child = head === undefined ? undefined : result.children.get(head);
		if (head === undefined || !child) continue;
		const kept = rest.length === 0 ? emptySet() : without(child, [rest]);
		if (isEmptySet(kept)) result.children.delete(head);
		else result.children.set(head, kept);
	}
	return result;
};

/** Every member path as the real server prints it: `.spec.containers[name="x"].image`. */
export const paths = (set: FieldSet, prefix = ''): string[] => {
	const own = set.member ? [prefix] : [];
	const inner = [...set.children.keys()]
		.sort()
		.flatMap((key) => paths(set.children.get(key) ?? emptySet(), prefix + print(key)));
	return [...own, ...inner];
};

const print = (key: string): string => {
	const kind = key.slice(0, 2);
	const rest = key.slice(2);
	if (kind === 'f:') return `.${rest}`;
	if (kind === 'v:') return `[=${rest}]`;
	const members = Object.entries(dict(JSON.parse(rest))).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
	return `[${members.join(',')}]`;
};

/** The step that names an item of a keyed list or set; undefined when a key is missing. */
export const itemStep = (item: unknown, shape: Shape): string | undefined => {
	if (shape.set) return `v:${JSON.stringify(item)}`;
	if (!shape.keys || !isDict(item)) return undefined;
	const key: Dict = {};
	for (const name of shape.keys) {
		const value = item[name] ?? shape.keyDefaults?.[name];
		if (value !== undefined) key[name] = value;
	}
	return Object.keys(key).length > 0 ? `k:${stableJson(key)}` : undefined;
};

const isGranularList = (value: unknown, shape: Shape): value is unknown[] =>
	Array.isArray(value) && !shape.atomic && (shape.keys !== undefined || shape.set === true);

const isGranularMap = (value: unknown, shape: Shape): value is Dict => isDict(value) && !shape.atomic;

/** The members of a granular map or list by step, with the shape of each; undefined for a leaf. */
export const members = (value: unknown, shape: Shape): Map<string, {value: unknown; shape: Shape}> | undefined => {
	if (isGranularList(value, shape)) {
		const result = new Map<string, {value: unknown; shape: Shape}>();
		for (const item of value) {
			const key = itemStep(item, shape);
			if (key === undefined) return undefined;
			result.set(key, {value: item, shape: shape.set ? {} : (shape.items ?? {})});
		}
		return result;
	}
	if (!isGranularMap(value, shape)) return undefined;
	return new Map(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.map(([key, inner]) => [`f:${key}`, {value: inner, shape: childShape(shape, key)}]),
	);
};

/** All fields of a value: its leaves, plus items of lists and empty containers themselves. */
export const fieldsOf = (value: unknown, shape: Shape): FieldSet => {
	const set = emptySet();
	const inner = members(value, shape);
	if (!inner || inner.size === 0) {
		set.member = true;
		return set;
	}
	for (const [key, member] of inner) {
		const child = fieldsOf(member.value, member.shape);
		if (key.startsWith('k:')) child.member = true;
		set.children.set(key, child);
	}
	return set;
};

export type Difference = {readonly added: FieldSet; readonly modified: FieldSet; readonly removed: FieldSet};
