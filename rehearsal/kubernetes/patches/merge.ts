import {childShape, type Shape} from '../objects/shapes.ts';
import {type Dict, isDict} from '../objects/values.ts';
import {emptySet, type FieldSet, isEmptySet, itemStep, members} from './fields.ts';

/** Lay an applied value over a live one: granular maps and keyed lists join, everything else is replaced. */
export const mergeApplied = (live: unknown, applied: unknown, shape: Shape): unknown => {
	if (live === undefined || live === null) return applied;
	if (isDict(live) && isDict(applied) && !shape.atomic) {
		const result: Dict = {...live};
		for (const [key, value] of Object.entries(applied)) {
			if (value !== null && value !== undefined) result[key] = mergeApplied(live[key], value, childShape(shape, key));
		}
		return result;
	}
	const left = Array.isArray(live) && Array.isArray(applied) ? members(live, shape) : undefined;
	const right = left ? members(applied, shape) : undefined;
	if (!left || !right) return applied;
	// The applied order wins; items that only others know keep their place at the front or behind.
	const others = [...left.keys()].filter((key) => !right.has(key));
	const keys = others.length === 0 ? [...right.keys()] : [...new Set([...left.keys(), ...right.keys()])];
	return keys.map((key) => {
		const before = left.get(key);
		const after = right.get(key);
		if (before && after) return mergeApplied(before.value, after.value, after.shape);
		return (after ?? before)?.value;
	});
};

/**
 * Remove what the manager owned last time and does not apply any more, unless somebody else owns it or something below.
 */
export const prune = (value: unknown, last: FieldSet, next: FieldSet, others: FieldSet, shape: Shape): unknown => {
	if (isDict(value)) {
		const result: Dict = {...value};
		for (const [step, owned] of last.children) {
			const key = step.slice(2);
			if (!step.startsWith('f:') || !(key in result)) continue;
			const kept = pruneMember(
				result[key],
				owned,
				next.children.get(step),
				others.children.get(step),
				childShape(shape, key),
			);
			if (kept === undefined) delete result[key];
			else result[key] = kept;
		}
		return result;
	}
	if (!Array.isArray(value)) return value;
	const inner: Shape = shape.set ? {} : (shape.items ?? {});
	return value.flatMap((item) => {
		const step = itemStep(item, shape);
		const owned = step === undefined ? undefined : last.children.get(step);
		if (step === undefined || !owned) return [item];
		const kept = pruneMember(item, owned, next.children.get(step), others.children.get(step), inner);
		return kept === undefined ? [] : [kept];
	});
};

const pruneMember = (
	value: unknown,
	owned: FieldSet,
	next: FieldSet | undefined,
	others: FieldSet | undefined,
	shape: Shape,
): unknown => {
	const isGone = !next || isEmptySet(next);
	if (isGone && (!others || isEmptySet(others))) return undefined;
	if (owned.children.size === 0) return value;
	return prune(value, owned, next ?? emptySet(), others ?? emptySet(), shape);
};
