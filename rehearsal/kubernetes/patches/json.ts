import {ApiError, badRequest} from '../objects/errors.ts';
import {copy, isDict, same} from '../objects/values.ts';

type Operation = {readonly op: string; readonly path: string; readonly from?: string; readonly value?: unknown};

// The real server keeps the reason to itself (apiserver, NewGenericServerResponse); it stays here as the cause of the error.
const refuse = (message: string): ApiError =>
	Object.assign(new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}), {
		cause: message,
	});

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

const read = (document: unknown, pointer: string): unknown => {
	let value = document;
	for (const step of steps(pointer)) {
		if (Array.isArray(value)) value = value[indexIn(value, step, value.length - 1)];
		else if (isDict(value) && step in value) value = value[step];
		else throw refuse(`missing path: ${pointer}`);
	}
	return value;
};

const edit = (document: unknown, pointer: string, action: 'add' | 'replace' | 'remove', value?: unknown): unknown => {
	const path = steps(pointer);
	const last = path.pop();
	if (last === undefined) return value;
	const parent = read(document, path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''));
	if (Array.isArray(parent)) {
		const index = indexIn(parent, last, action === 'add' ? parent.length : parent.length - 1);
		if (action === 'add') parent.splice(index, 0, value);
		else if (action === 'replace') parent[index] = value;
		else parent.splice(index, 1);
		return document;
	}
	if (!isDict(parent)) throw refuse(`missing path: ${pointer}`);
	if (action !== 'add' && !(last in parent))
		throw refuse(`${action} operation does not apply: doc is missing key: ${pointer}: missing value`);
	if (action === 'remove') delete parent[last];
	else parent[last] = value;
	return document;
};

/**
 * Apply a JSON patch (RFC 6902) to a copy of `document`. Throws a 400 for a malformed patch, a 422 for one that does not
 * fit, a failed `test` included.
 */
export const applyJsonPatch = (document: unknown, patch: unknown): unknown => {
	if (!Array.isArray(patch))
		throw badRequest(
			'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
		);
	let result: unknown = copy(document);
	for (const {op, path, from, value} of patch as readonly Operation[]) {
		if (op === 'add' || op === 'replace') result = edit(result, path, op, copy(value));
		else if (op === 'remove') result = edit(result, path, 'remove');
		else if (op === 'copy') result = edit(result, path, 'add', copy(read(result, from ?? '')));
		else if (op === 'move') {
			const moved = copy(read(result, from ?? ''));
			result = edit(edit(result, from ?? '', 'remove'), path, 'add', moved);
		} else if (op === 'test') {
			if (!same(read(result, path), value)) throw refuse(`testing value ${path} failed`);
		} else throw badRequest(`error decoding patch: unexpected kind: ${op}`);
	}
	return result;
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
