import {badRequest} from '../objects/errors.ts';
import {childShape, type Shape} from '../objects/shapes.ts';
import {copy, type Dict, isDict, list, same} from '../objects/values.ts';

const setOrder = '$setElementOrder/';
const deleteFrom = '$deleteFromPrimitiveList/';

/** Directives only say how to merge; nothing of them may stay in the result. */
const strip = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.filter((item) => !(isDict(item) && item.$patch === 'delete')).map(strip);
	if (!isDict(value)) return copy(value);
	const result: Dict = {};
	for (const [key, inner] of Object.entries(value))
		if (!key.startsWith('$') && inner !== null) result[key] = strip(inner);
	return result;
};

const ordered = (items: readonly unknown[], order: readonly unknown[], idOf: (item: unknown) => unknown): unknown[] => {
	const wanted = order.map(idOf);
	const rank = (item: unknown): number => wanted.findIndex((id) => same(id, idOf(item)));
	const listed = items.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
	// Items that the patch does not know keep their place; the listed ones fill the remaining places in their new order.
	return items.map((item) => (rank(item) >= 0 ? listed.shift() : item));
};

/**
 * The order of a merged list: what the patch names in its order, the rest in the order it had; of two items that were there
 * before, the former comes first (apimachinery, strategicpatch `mergeSortedSlice`).
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

const mergeKeyed = (current: readonly unknown[], patch: readonly unknown[], key: string, shape: Shape): unknown[] => {
	if (patch.some((item) => isDict(item) && item.$patch === 'replace')) {
		return patch.filter((item) => !(isDict(item) && item.$patch === 'replace')).map(strip);
	}
	let result = [...current];
	const named: unknown[] = [];
	for (const item of patch) {
		if (!isDict(item)) throw badRequest(`map: patch list item is not an object where merge key ${key} is needed`);
		if (item[key] === undefined)
			throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
		const index = result.findIndex((candidate) => isDict(candidate) && same(candidate[key], item[key]));
		if (item.$patch !== 'delete') named.push(item[key]);
		if (item.$patch === 'delete') result = result.filter((_, position) => position !== index);
		else if (index < 0) result.push(strip(item));
		else result[index] = mergeDict(result[index] as Dict, item, shape.items ?? {});
	}
	return inOrder(result, current, named, key);
};

const mergeDict = (current: Dict, patch: Dict, shape: Shape): Dict => {
	if (patch.$patch === 'replace') return strip(patch) as Dict;
	if (patch.$patch === 'delete') return {};
	const result: Dict = {...current};
	const retain = patch.$retainKeys;
	if (Array.isArray(retain)) for (const key of Object.keys(result)) if (!retain.includes(key)) delete result[key];

	for (const [key, value] of Object.entries(patch)) {
		if (key.startsWith('$')) continue;
		const inner = childShape(shape, key);
		const before = result[key];
		if (value === null) delete result[key];
		else if (isDict(value) && isDict(before)) result[key] = mergeDict(before, value, inner);
		else if (Array.isArray(value) && Array.isArray(before) && inner.patchKey) {
			result[key] = mergeKeyed(before, value, inner.patchKey, inner);
		} else if (Array.isArray(value) && Array.isArray(before) && inner.set) {
			result[key] = [...before, ...value.filter((item) => !before.includes(item))];
		} else result[key] = strip(value);
	}

	for (const [directive, value] of Object.entries(patch)) {
		if (directive.startsWith(deleteFrom)) {
			const key = directive.slice(deleteFrom.length);
			result[key] = list(result[key]).filter((item) => !list(value).includes(item));
		}
		if (directive.startsWith(setOrder)) {
			const key = directive.slice(setOrder.length);
			const patchKey = childShape(shape, key).patchKey;
			const idOf = (item: unknown): unknown => (patchKey && isDict(item) ? item[patchKey] : item);
			if (Array.isArray(result[key])) result[key] = ordered(list(result[key]), list(value), idOf);
		}
	}
	return result;
};

/**
 * Apply a strategic merge patch: lists with a merge key join item by item; `$patch: delete|replace`, `$retainKeys`,
 * `$setElementOrder/…` and `$deleteFromPrimitiveList/…` are obeyed (Kubernetes docs, "sig-api-machinery/strategic-merge-patch").
 * Throws a 400 for an item without its merge key.
 */
export const applyStrategicPatch = (target: unknown, patch: unknown, shape: Shape): unknown => {
	if (!isDict(patch)) throw badRequest('error decoding patch: a strategic merge patch must be an object');
	return mergeDict(isDict(target) ? target : {}, patch, shape);
};
