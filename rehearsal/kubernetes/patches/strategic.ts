import {badRequest} from '../objects/errors.ts';
import {childShape, type Shape} from '../objects/shapes.ts';
import {copy, type Dict, isDict, list, same} from '../objects/values.ts';

const setOrder = '$setElementOrder/';
const deleteFrom = '$deleteFromPrimitiveList/';

const isDirective = (item: unknown, directive: 'delete' | 'replace'): boolean =>
	isDict(item) && item.$patch === directive;

/** Directives only say how to merge; nothing of them may stay in the result. */
const strip = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.filter((item) => !isDirective(item, 'delete')).map(strip);
	if (!isDict(value)) return copy(value);
	const kept = Object.entries(value).filter(([key, inner]) => !key.startsWith('$') && inner !== null);
	return Object.fromEntries(kept.map(([key, inner]) => [key, strip(inner)]));
};

const ordered = (items: readonly unknown[], order: readonly unknown[], idOf: (item: unknown) => unknown): unknown[] => {
	const wanted = order.map(idOf);
	const rank = (item: unknown): number => wanted.findIndex((id) => same(id, idOf(item)));
	const listed = items.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
	// Items that the patch does not know keep their place; the listed ones fill the remaining places in their new order.
	return items.map((item) => (rank(item) >= 0 ? listed.shift() : item));
};

/**
 * The order of a merged list: what the patch names in its order, the rest in the order it had; of two items that were
 * there before, the former comes first (apimachinery, strategicpatch `mergeSortedSlice`).
 */
const inOrder = (
	items: readonly unknown[],
	before: readonly unknown[],
	named: readonly unknown[],
	key: string,
): unknown[] => {
	const idOf = (item: unknown): unknown => (isDict(item) ? item[key] : undefined);
	const rank = (item: unknown): number => before.findIndex((one) => same(idOf(one), idOf(item)));
	const left = named.flatMap((id) => items.filter((item) => same(idOf(item), id)));
	const right = items.filter((item) => !left.includes(item));
	const result: unknown[] = [];
	while (left.length > 0 || right.length > 0) {
		const [first, second] = [rank(left[0]), rank(right[0])];
		const takesRight = left.length === 0 || (right.length > 0 && first >= 0 && second >= 0 && first > second);
		result.push(takesRight ? right.shift() : left.shift());
	}
	return result;
};

const withKey = (item: unknown, key: string): Dict => {
	if (!isDict(item)) throw badRequest(`map: patch list item is not an object where merge key ${key} is needed`);
	if (item[key] === undefined)
		throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
	return item;
};

const mergeKeyed = (current: readonly unknown[], patch: readonly unknown[], key: string, shape: Shape): unknown[] => {
	if (patch.some((item) => isDirective(item, 'replace')))
		return patch.filter((item) => !isDirective(item, 'replace')).map(strip);
	const result = [...current];
	const items = patch.map((item) => withKey(item, key));
	for (const item of items) {
		const index = result.findIndex((candidate) => isDict(candidate) && same(candidate[key], item[key]));
		if (isDirective(item, 'delete')) {
			if (index >= 0) result.splice(index, 1);
		} else if (index < 0) result.push(strip(item));
		else result[index] = mergeMap(result[index] as Dict, item, shape.items ?? {});
	}
	const named = items.filter((item) => !isDirective(item, 'delete')).map((item) => item[key]);
	return inOrder(result, current, named, key);
};

/** What a member becomes that is there and is given a value. */
const mergeMember = (before: unknown, value: unknown, shape: Shape): unknown => {
	if (isDict(value) && isDict(before)) return mergeMap(before, value, shape);
	if (!Array.isArray(value) || !Array.isArray(before)) return strip(value);
	if (shape.patchKey) return mergeKeyed(before, value, shape.patchKey, shape);
	return shape.set ? [...before, ...value.filter((item) => !before.includes(item))] : strip(value);
};

/** `$deleteFromPrimitiveList/NAME` and `$setElementOrder/NAME`, which speak of a list beside them. */
const obeyListDirectives = (result: Dict, patch: Dict, shape: Shape): void => {
	for (const [directive, value] of Object.entries(patch)) {
		if (directive.startsWith(deleteFrom)) {
			const key = directive.slice(deleteFrom.length);
			result[key] = list(result[key]).filter((item) => !list(value).includes(item));
		}
		const key = directive.slice(setOrder.length);
		if (!directive.startsWith(setOrder) || !Array.isArray(result[key])) continue;
		const {patchKey} = childShape(shape, key);
		const idOf = (item: unknown): unknown => (patchKey && isDict(item) ? item[patchKey] : item);
		result[key] = ordered(list(result[key]), list(value), idOf);
	}
};

const mergeMap = (current: Dict, patch: Dict, shape: Shape): Dict => {
	if (isDirective(patch, 'replace')) return strip(patch) as Dict;
	if (isDirective(patch, 'delete')) return {};
	const {$retainKeys: retained} = patch;
	const result: Dict = Object.fromEntries(
		Object.entries(current).filter(([key]) => !Array.isArray(retained) || retained.includes(key)),
	);
	for (const [key, value] of Object.entries(patch)) {
		if (key.startsWith('$')) continue;
		if (value === null) delete result[key];
		else result[key] = mergeMember(result[key], value, childShape(shape, key));
	}
	obeyListDirectives(result, patch, shape);
	return result;
};

/**
 * Apply a strategic merge patch: lists with a merge key join item by item; `$patch: delete|replace`, `$retainKeys`,
 * `$setElementOrder/…` and `$deleteFromPrimitiveList/…` are obeyed (Kubernetes docs,
 * "sig-api-machinery/strategic-merge-patch"). Throws a 400 for an item without its merge key.
 */
export const applyStrategicPatch = (target: unknown, patch: unknown, shape: Shape): unknown => {
	if (!isDict(patch)) throw badRequest('error decoding patch: a strategic merge patch must be an object');
	return mergeMap(isDict(target) ? target : {}, patch, shape);
};
