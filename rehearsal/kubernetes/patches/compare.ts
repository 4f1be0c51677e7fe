import type {Shape} from '../objects/shapes.ts';
import {same} from '../objects/values.ts';
import {type Difference, emptySet, type FieldSet, members} from './fields.ts';

/** Like `fieldsOf`, but maps with free names are owned too, as an update owns them. */
const everything = (value: unknown, shape: Shape): FieldSet => {
	const inner = members(value, shape);
	if (!inner) return {member: true, children: new Map()};
	const set: FieldSet = {
		member: inner.size === 0 || shape.map === true || Array.isArray(value),
		children: new Map(),
	};
	for (const [key, member] of inner) {
		const child = everything(member.value, member.shape);
		if (key.startsWith('k:')) child.member = true;
		set.children.set(key, child);
	}
	return set;
};

type Triple = {added: FieldSet; modified: FieldSet; removed: FieldSet};

const attach = (target: FieldSet, key: string, child: FieldSet): void => {
	if (child.member || child.children.size > 0) target.children.set(key, child);
};

const walk = (before: unknown, after: unknown, shape: Shape): Triple => {
	const result: Triple = {added: emptySet(), modified: emptySet(), removed: emptySet()};
	if (same(before, after)) return result;
	if (before === undefined) return {...result, added: everything(after, shape)};
	if (after === undefined) return {...result, removed: everything(before, shape)};
	const left = members(before, shape);
	const right = members(after, shape);
	if (!left || !right) return {...result, modified: {member: true, children: new Map()}};
	for (const key of new Set([...left.keys(), ...right.keys()])) {
		const one = left.get(key);
		const other = right.get(key);
		const inner = walk(one?.value, other?.value, (other ?? one)?.shape ?? {});
		if (key.startsWith('k:') && !one) inner.added.member = true;
		if (key.startsWith('k:') && !other) inner.removed.member = true;
		attach(result.added, key, inner.added);
		attach(result.modified, key, inner.modified);
		attach(result.removed, key, inner.removed);
	}
	return result;
};

/** Which fields were added, changed or removed between two objects of one shape. */
export const compare = (before: unknown, after: unknown, shape: Shape): Difference => walk(before, after, shape);
