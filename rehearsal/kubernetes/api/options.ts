import type {IncomingMessage} from 'node:http';
import {ApiError, type Cause, required} from '../objects/errors.ts';
import {dict, isDict} from '../objects/values.ts';
import type {PatchType, WriteOptions} from '../writes/operations.ts';
import type {DeleteOptions} from '../writes/removal.ts';

const patchTypes: Readonly<Record<string, PatchType>> = {
	'application/json-patch+json': 'json',
	'application/merge-patch+json': 'merge',
	'application/strategic-merge-patch+json': 'strategic',
	'application/apply-patch+yaml': 'apply',
};

/** Which patch a content type means; refuses (415) any other. */
export const patchTypeOf = (contentType: string): PatchType => {
	const type = patchTypes[contentType.split(';')[0]?.trim() ?? ''];
	if (type) return type;
	throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
};

const optionDetails = (kind: string, cause: Cause) => ({group: 'meta.k8s.io', kind, causes: [cause]});
const optionError = (kind: string, cause: Cause): ApiError =>
	new ApiError(
		422,
		'Invalid',
		`${kind}.meta.k8s.io "" is invalid: ${cause.field}: ${cause.message}`,
		optionDetails(kind, cause),
	);
const notSupported = (field: string, value: unknown, values: readonly string[]): Cause => ({
	reason: 'FieldValueNotSupported',
	message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${values.map((one) => `"${one}"`).join(', ')}`,
	field,
});
const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

/** How to delete, from query and body; refuses (422) a policy that there is not. */
export const deleteOptions = (query: URLSearchParams, body: unknown, warn: (text: string) => void): DeleteOptions => {
	const sent = dict(body);
	const policy = sent.propagationPolicy ?? query.get('propagationPolicy');
	const orphan = sent.orphanDependents;
	if (policy && !policies.includes(String(policy)))
		throw optionError('DeleteOptions', notSupported('propagationPolicy', policy, policies));
	const grace = sent.gracePeriodSeconds ?? query.get('gracePeriodSeconds');
	return {
		warn,
		...(policy ? {propagationPolicy: policy as 'Background' | 'Foreground' | 'Orphan'} : {}),
		...(typeof orphan === 'boolean' && !policy ? {propagationPolicy: orphan ? 'Orphan' : 'Background'} : {}),
		...(grace === null || grace === undefined ? {} : {gracePeriodSeconds: Number(grace)}),
		...(isDict(sent.preconditions) ? {preconditions: sent.preconditions as {uid?: string}} : {}),
		dryRun: query.get('dryRun') === 'All' || (Array.isArray(sent.dryRun) && sent.dryRun.includes('All')),
	};
};

/** Who writes and how, from the query; refuses (422) what does not fit the kind of write. */
export const writeOptions = (
	request: IncomingMessage,
	query: URLSearchParams,
	subresource: string,
	isApply: boolean,
	warn: (text: string) => void,
): WriteOptions => {
	const agent = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
	const manager = query.get('fieldManager');
	if (isApply && !manager) {
		throw new ApiError(
			422,
			'Invalid',
			'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
			optionDetails('PatchOptions', required('fieldManager', 'is required for apply patch')),
		);
	}
	if (!isApply && query.has('force')) {
		const why: Cause = {
			reason: 'FieldValueForbidden',
			message: 'Forbidden: may not be specified for non-apply patch',
			field: 'force',
		};
		throw optionError('PatchOptions', why);
	}
	const dryRun = query.get('dryRun');
	if (dryRun !== null && dryRun !== 'All')
		throw optionError('CreateOptions', notSupported('dryRun', [dryRun], ['All']));
	const validation = query.get('fieldValidation');
	return {
		manager: manager || agent,
		dryRun: query.get('dryRun') === 'All',
		force: query.get('force') === 'true',
		warn,
		...(subresource ? {subresource} : {}),
		...(validation === 'Ignore' || validation === 'Strict' || validation === 'Warn'
			? {fieldValidation: validation}
			: {}),
	};
};
