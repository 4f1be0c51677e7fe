import {childShape, type Shape} from '../objects/shapes.ts';
import {type Dict, isDict} from '../objects/values.ts';
import {emptySet, type FieldSet, isEmptySet, itemStep, members} from './fields.ts';

const mergeMaps = (live: Dict, applied: Dict, shape: Shape): Dict => {
	const result: Dict = {...live};
	for (const [key, value] of Object.entries(applied))
		if (value !== null && value !== undefined) result[key] = mergeApplied(live[key], value, childShape(shape, key));
	return result;
};

/** Undefined when the lists do not join: they have no keys, or an item lacks its key. */
const mergeLists = (live: unknown, applied: unknown, shape: Shape): unknown[] | undefined => {
	if (!Array.isArray(live) || !Array.isArray(applied)) return undefined;
	const [left, right] = [members(live, shape), members(applied, shape)];
	if (!left || !right) return undefined;
	// The applied order wins; items that only others know keep their place at the front or behind.
	const others = [...left.keys()].filter((key) => !right.has(key));
	const keys = others.length === 0 ? [...right.keys()] : [...new Set([...left.keys(), ...right.keys()])];
	return keys.map((key) => {
		const [before, after] = [left.get(key), right.get(key)];
		return before && after ? mergeApplied(before.value, after.value, after.shape) : (after ?? before)?.value;
	});
};

/** Lay an applied value over a live one: granular maps and keyed lists join, everything else is replaced. */
export const mergeApplied = (live: unknown, applied: unknown, shape: Shape): unknown => {
	if (live === undefined || live === null) return applied;
	if (isDict(live) && isDict(applied) && !shape.atomic) return mergeMaps(live, applied, shape);
	return mergeLists(live, applied, shape) ?? applied;
};

/** Whose a value and what is below it are: the manager's at its last apply, at this one, and other managers'. */
export type Claims = {readonly last: FieldSet; readonly next: FieldSet; readonly others: FieldSet};

/** The claims to one member; undefined when the manager did not own it, so that it has nothing to give up. */
const claimsBelow = ({last, next, others}: Claims, step: string): Claims | undefined => {
	const owned = last.children.get(step);
	return (
		owned && {last: owned, next: next.children.get(step) ?? emptySet(), others: others.children.get(step) ?? emptySet()}
	);
};

/** A member that the manager owned: undefined when nobody wants it any more. */
const pruneMember = (value: unknown, claims: Claims, shape: Shape): unknown => {
	if (isEmptySet(claims.next) && isEmptySet(claims.others)) return undefined;
	return claims.last.children.size === 0 ? value : prune(value, claims, shape);
};

const pruneMap = (value: Dict, claims: Claims, shape: Shape): Dict => {
	const result: Dict = {...value};
	for (const step of claims.last.children.keys()) {
		const key = step.slice('f:'.length);
		const below = claimsBelow(claims, step);
		if (!below || !step.startsWith('f:') || !(key in result)) continue;
		const kept = pruneMember(result[key], below, childShape(shape, key));
		if (kept === undefined) delete result[key];
		else result[key] = kept;
	}
	return result;
};

const pruneList = (items: readonly unknown[], claims: Claims, shape: Shape): unknown[] => {
	const inner: Shape = shape.set ? {} : (shape.items ?? {});
	return items.flatMap((item) => {
		const step = itemStep(item, shape);
		const below = step === undefined ? undefined : claimsBelow(claims, step);
		if (!below) return [item];
		const kept = pruneMember(item, below, inner);
		return kept === undefined ? [] : [kept];
	});
};

/**
 * Remove what the manager owned last time and does not apply any more, unless somebody else owns it or something below.
 */
export const prune = (value: unknown, claims: Claims, shape: Shape): unknown => {
	if (isDict(value)) return pruneMap(value, claims, shape);
	return Array.isArray(value) ? pruneList(value, claims, shape) : value;
};
