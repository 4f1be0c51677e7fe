import {isMap} from '../../base/text.ts';
import type {Field, Group, Node} from '../fields.ts';
import {rootGroup} from '../fields.ts';
import type {Path, RuledAnswers} from '../rules/rules.ts';
import {type DraftValue, formatPath} from '../tree.ts';

/** Nothing was written, or a `null` that only means the same. */
const isNothing = (value: unknown, node: Node | undefined): boolean =>
	value === undefined || (value === null && node !== undefined && !(node.kind === 'field' && node.nullable));

/**
 * Draft values made ready for the schema: a key without a value counts as not given, and groups that must be there are
 * added empty, so that the schema names each missing answer rather than the group. What has the wrong shape stays.
 */
export const normalize = (value: unknown, node: Node = rootGroup): unknown => {
	if (node.kind === 'list') return Array.isArray(value) ? value.map((item) => normalize(item ?? {}, node.item)) : value;
	if (node.kind === 'field' || !isMap(value)) return value;
	const known = new Map(node.children);
	const given = Object.entries(value).flatMap(([key, entry]) => {
		const below = known.get(key);
		if (isNothing(entry, below)) return [];
		return [[key, below === undefined ? entry : normalize(entry, below)] as const];
	});
	const names = new Set(given.map(([key]) => key));
	const added = node.children.flatMap(([key, below]) =>
		below.kind === 'group' && !below.optional && !names.has(key) ? [[key, normalize({}, below)] as const] : [],
	);
	return Object.fromEntries([...given, ...added]);
};

/** What stands for a field without a value: its default, nothing where that will do, else a text that no other answer has. */
const standIn = (field: Field, path: Path): unknown => {
	if ('default' in field) return field.default;
	return field.required ? unlike(path) : undefined;
};

/** A text that no other answer has. */
const unlike = (path: Path): string => `\u0000${formatPath(path)}`;

/** True for a text that stands for an answer that is missing or wrong; no answer may hold a NUL. */
const isStandIn = (value: unknown): boolean => typeof value === 'string' && value.includes('\u0000');

/** Answers of which some stand for others, without these: as if they were optional and not given. */
export const withoutStandIns = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(withoutStandIns);
	if (!isMap(value)) return isStandIn(value) ? undefined : value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutStandIns(inner)]));
};

/**
 * Answers that are complete enough for the rules between answers, whatever is missing or wrong in the draft. A value
 * that `usable` turns down and one that is missing are replaced by a text that no other answer has.
 */
export const complete = (value: unknown, usable: (path: Path) => boolean): RuledAnswers => {
	const fillField = (field: Field, given: unknown, path: Path): unknown => {
		if (isNothing(given, field)) return standIn(field, path);
		return usable(path) ? given : unlike(path);
	};
	const fillGroup = (group: Group, given: unknown, path: Path): object => {
		const entries = isMap(given) ? given : {};
		return Object.fromEntries(group.children.map(([key, below]) => [key, fill(below, entries[key], [...path, key])]));
	};
	const fill = (node: Node, given: unknown, path: Path): unknown => {
		if (node.kind === 'field') return fillField(node, given, path);
		if (node.kind === 'group') return node.optional && !isMap(given) ? undefined : fillGroup(node, given, path);
		return Array.isArray(given) ? given.map((item, index) => fill(node.item, item, [...path, index])) : [];
	};
	return fillGroup(rootGroup, value, []) as RuledAnswers;
};

const hasShape = (value: unknown, depth: number): boolean =>
	depth === 0
		? typeof value === 'string'
		: isMap(value) && Object.values(value).every((entry) => hasShape(entry, depth - 1));

const isUsable = (field: Field, value: unknown): boolean => {
	if (value === null) return field.nullable;
	if (field.type === 'secret') return field.schema.safeParse(value).success;
	if (field.type === 'map') return hasShape(value, field.mapDepth);
	if (field.type === 'number' || field.choices.some((choice) => typeof choice === 'number'))
		return typeof value === 'number';
	return typeof value === (field.type === 'yes-no' ? 'boolean' : 'string');
};

/**
 * The part of written values that a form can show: known keys, values of the right type, secrets only as references.
 * `undefined` where nothing is left.
 */
export const usablePart = (value: unknown, node: Node = rootGroup): DraftValue | undefined => {
	if (node.kind === 'field') return isUsable(node, value) ? (value as DraftValue) : undefined;
	if (node.kind === 'list')
		return Array.isArray(value) ? value.map((item) => usablePart(item, node.item) ?? {}) : undefined;
	if (!isMap(value)) return undefined;
	return Object.fromEntries(
		node.children.flatMap(([key, below]) => {
			const part = Object.hasOwn(value, key) ? usablePart(value[key], below) : undefined;
			return part === undefined ? [] : [[key, part] as const];
		}),
	);
};
