import {ApiError, type Cause, required} from '../objects/errors.ts';
import {dict, isDict} from '../objects/values.ts';
import type {DeleteOptions, PatchType, WriteOptions} from '../writes/types.ts';

const patchTypes = new Map<string, PatchType>([
	['application/json-patch+json', 'json'],
	['application/merge-patch+json', 'merge'],
	['application/strategic-merge-patch+json', 'strategic'],
	['application/apply-patch+yaml', 'apply'],
]);

/** Which patch a content type means; refuses (415) any other. */
export const patchTypeOf = (contentType: string): PatchType => {
	const type = patchTypes.get(contentType.split(';')[0]?.trim() ?? '');
	if (type) return type;
	throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
};

/** A 422 about the parameters of a request. */
const optionError = (kind: string, cause: Cause): ApiError => {
	const message = `${kind}.meta.k8s.io "" is invalid: ${cause.field}: ${cause.message}`;
	return new ApiError(422, 'Invalid', message, {group: 'meta.k8s.io', kind, causes: [cause]});
};

const notSupported = (field: string, value: unknown, values: readonly string[]): Cause => ({
	reason: 'FieldValueNotSupported',
	message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${values.map((one) => `"${one}"`).join(', ')}`,
	field,
});

type Policy = NonNullable<DeleteOptions['propagationPolicy']>;
const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

/** What becomes of dependents, as the client says it, in the old way too; undefined where it does not. */
const policyOf = (named: unknown, orphan: unknown): Policy | undefined => {
	if (named) {
		if (policies.includes(String(named))) return named as Policy;
		throw optionError('DeleteOptions', notSupported('propagationPolicy', named, policies));
	}
	if (typeof orphan !== 'boolean') return undefined;
	return orphan ? 'Orphan' : 'Background';
};

/** How to delete, from query and body; refuses (422) a policy that there is not. */
export const deleteOptions = (query: URLSearchParams, body: unknown, warn: (text: string) => void): DeleteOptions => {
	const sent = dict(body);
	const grace = sent.gracePeriodSeconds ?? query.get('gracePeriodSeconds');
	return {
		warn,
		propagationPolicy: policyOf(sent.propagationPolicy ?? query.get('propagationPolicy'), sent.orphanDependents),
		gracePeriodSeconds: grace === null || grace === undefined ? undefined : Number(grace),
		preconditions: isDict(sent.preconditions) ? (sent.preconditions as {uid?: string}) : undefined,
		dryRun: query.get('dryRun') === 'All' || (Array.isArray(sent.dryRun) && sent.dryRun.includes('All')),
	};
};

const refuseBadParameters = (query: URLSearchParams, isApply: boolean): void => {
	if (isApply && !query.get('fieldManager'))
		throw optionError('PatchOptions', required('fieldManager', 'is required for apply patch'));
	if (!isApply && query.has('force'))
		throw optionError('PatchOptions', {
			reason: 'FieldValueForbidden',
			message: 'Forbidden: may not be specified for non-apply patch',
			field: 'force',
		});
	const dryRun = query.get('dryRun');
	if (dryRun !== null && dryRun !== 'All')
		throw optionError('CreateOptions', notSupported('dryRun', [dryRun], ['All']));
};

const validations = ['Ignore', 'Strict', 'Warn'] as const;

/**
 * Who writes and how, from the query; refuses (422) what does not fit the kind of write. @param agent the client's name
 */
export const writeOptions = (
	query: URLSearchParams,
	{agent, isApply, subresource}: {readonly agent: string; readonly isApply: boolean; readonly subresource?: string},
	warn: (text: string) => void,
): WriteOptions => {
	refuseBadParameters(query, isApply);
	return {
		manager: query.get('fieldManager') || (agent.split('/')[0] ?? agent),
		dryRun: query.get('dryRun') === 'All',
		force: query.get('force') === 'true',
		fieldValidation: validations.find((one) => one === query.get('fieldValidation')),
		subresource,
		warn,
	};
};
