import {ApiError, badRequest} from '../objects/errors.ts';
import {copy, isDict, same} from '../objects/values.ts';

type Operation = {readonly op: string; readonly path: string; readonly from?: string; readonly value?: unknown};

/**
 * The real server keeps the reason to itself (apiserver, NewGenericServerResponse); it stays here as the cause of the
 * error.
 */
const refuse = (why: string): ApiError => {
	const error = new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
	error.cause = why;
	return error;
};

/** The members that a pointer names one after the other (RFC 6901). */
const steps = (pointer: string): string[] => {
	if (pointer === '') return [];
	if (!pointer.startsWith('/')) throw badRequest(`error decoding patch: pointer "${pointer}" must start with "/"`);
	return pointer
		.slice(1)
		.split('/')
		.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const indexIn = (items: readonly unknown[], step: string, upTo: number): number => {
	const index = step === '-' ? items.length : Number(step);
	if (!Number.isInteger(index) || index < 0 || index > upTo) throw refuse(`invalid index referenced: ${step}`);
	return index;
};

const follow = (document: unknown, path: readonly string[]): unknown => {
	let value = document;
	for (const step of path) {
		if (Array.isArray(value)) value = value[indexIn(value, step, value.length - 1)];
		else if (isDict(value) && step in value) value = value[step];
		else throw refuse(`missing path: /${path.join('/')}`);
	}
	return value;
};

const read = (document: unknown, pointer: string): unknown => follow(document, steps(pointer));

/** What a pointer names: a member of an object or a list, or the document itself. */
type Place = {readonly parent: unknown; readonly last: string} | undefined;

const placeOf = (document: unknown, pointer: string): Place => {
	const path = steps(pointer);
	const last = path.pop();
	return last === undefined ? undefined : {parent: follow(document, path), last};
};

const missing = (action: string, pointer: string): ApiError =>
	refuse(`${action} operation does not apply: doc is missing key: ${pointer}: missing value`);

const add = (document: unknown, pointer: string, value: unknown): unknown => {
	const place = placeOf(document, pointer);
	if (!place) return value;
	const {parent, last} = place;
	if (Array.isArray(parent)) parent.splice(indexIn(parent, last, parent.length), 0, value);
	else if (isDict(parent)) parent[last] = value;
	else throw refuse(`missing path: ${pointer}`);
	return document;
};

const replace = (document: unknown, pointer: string, value: unknown): unknown => {
	const place = placeOf(document, pointer);
	if (!place) return value;
	const {parent, last} = place;
	if (Array.isArray(parent)) parent[indexIn(parent, last, parent.length - 1)] = value;
	else if (isDict(parent) && last in parent) parent[last] = value;
	else throw missing('replace', pointer);
	return document;
};

const remove = (document: unknown, pointer: string): unknown => {
	const place = placeOf(document, pointer);
	if (!place) return undefined;
	const {parent, last} = place;
	if (Array.isArray(parent)) parent.splice(indexIn(parent, last, parent.length - 1), 1);
	else if (isDict(parent) && last in parent) delete parent[last];
	else throw missing('remove', pointer);
	return document;
};

const operations: Readonly<Record<string, (document: unknown, operation: Operation) => unknown>> = {
	add: (document, {path, value}) => add(document, path, copy(value)),
	replace: (document, {path, value}) => replace(document, path, copy(value)),
	remove: (document, {path}) => remove(document, path),
	copy: (document, {path, from = ''}) => add(document, path, copy(read(document, from))),
	move: (document, {path, from = ''}) => {
		const moved = copy(read(document, from));
		return add(remove(document, from), path, moved);
	},
	test: (document, {path, value}) => {
		if (same(read(document, path), value)) return document;
		throw refuse(`testing value ${path} failed`);
	},
};

/**
 * Apply a JSON patch (RFC 6902) to a copy of `document`. Throws a 400 for a malformed patch, a 422 for one that does
 * not fit, a failed `test` included.
 */
export const applyJsonPatch = (document: unknown, patch: unknown): unknown => {
	if (!Array.isArray(patch))
		throw badRequest(
			'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
		);
	return (patch as readonly Operation[]).reduce<unknown>((before, operation) => {
		const apply = Object.hasOwn(operations, operation.op) ? operations[operation.op] : undefined;
		if (!apply) throw badRequest(`error decoding patch: unexpected kind: ${operation.op}`);
		return apply(before, operation);
	}, copy(document));
};

/** Apply a JSON merge patch (RFC 7386): objects merge, null removes, everything else replaces. */
export const applyMergePatch = (target: unknown, patch: unknown): unknown => {
	if (!isDict(patch)) return copy(patch);
	const result = {...(isDict(target) ? target : {})};
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete result[key];
		else result[key] = applyMergePatch(result[key], value);
	}
	return result;
};
