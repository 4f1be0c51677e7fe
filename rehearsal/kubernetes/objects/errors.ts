import type {KindInfo} from './kinds.ts';

/** One field-level cause inside a Status answer. */
export type Cause = {readonly reason: string; readonly message: string; readonly field?: string};

/** The `Status` answer of a Kubernetes API server (meta/v1 Status). */
export type Status = {
	readonly kind: 'Status';
	readonly apiVersion: 'v1';
	readonly metadata: Record<string, never>;
	readonly status: 'Failure' | 'Success';
	readonly message?: string;
	readonly reason?: string;
	readonly details?: Record<string, unknown>;
	/** Absent from a success. */
	readonly code?: number;
};

/** An error that is answered to the client as a `Status`; wording follows k8s.io/apimachinery/pkg/api/errors. */
export class ApiError extends Error {
	readonly status: Status;

	constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
		super(message);
		this.name = 'ApiError';
		this.status = {
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message,
			reason,
			...(details ? {details} : {}),
			code,
		};
	}
}

const details = (info: KindInfo, name: string): Record<string, unknown> => ({
	name,
	...(info.group ? {group: info.group} : {}),
	kind: info.plural,
});

/** `pods` or `deployments.apps`, as error messages name a resource. */
export const qualified = (info: KindInfo): string => (info.group ? `${info.plural}.${info.group}` : info.plural);

export const notFound = (info: KindInfo, name: string): ApiError =>
	new ApiError(404, 'NotFound', `${qualified(info)} "${name}" not found`, details(info, name));

export const alreadyExists = (info: KindInfo, name: string): ApiError =>
	new ApiError(409, 'AlreadyExists', `${qualified(info)} "${name}" already exists`, details(info, name));

export const conflict = (info: KindInfo, name: string, why: string): ApiError =>
	new ApiError(
		409,
		'Conflict',
		`Operation cannot be fulfilled on ${qualified(info)} "${name}": ${why}`,
		details(info, name),
	);

export const modified = (info: KindInfo, name: string): ApiError =>
	conflict(info, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const forbidden = (info: KindInfo, name: string, why: string, causes?: readonly Cause[]): ApiError =>
	new ApiError(403, 'Forbidden', `${qualified(info)}${name ? ` "${name}"` : ''} is forbidden: ${why}`, {
		...details(info, name),
		...(causes ? {causes} : {}),
	});

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

/** 422 with one message per cause; more than one is put in brackets, as the real server aggregates them. */
export const invalid = (info: KindInfo, name: string, causes: readonly Cause[]): ApiError => {
	const parts = causes.map((cause) => `${cause.field}: ${cause.message}`);
	const summary = parts.length === 1 ? parts[0] : `[${parts.join(', ')}]`;
	const kind = info.group ? `${info.kind}.${info.group}` : info.kind;
	return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${summary}`, {
		...(name ? {name} : {}),
		...(info.group ? {group: info.group} : {}),
		kind: info.kind,
		causes,
	});
};

export const required = (field: string, why = ''): Cause => ({
	reason: 'FieldValueRequired',
	message: `Required value${why ? `: ${why}` : ''}`,
	field,
});

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
	reason: 'FieldValueInvalid',
	message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
	field,
});

export const success = (info: KindInfo, name: string, uid: string): Status => ({
	kind: 'Status',
	apiVersion: 'v1',
	metadata: {},
	status: 'Success',
	details: {...details(info, name), uid},
});

/** 410 for a resourceVersion that has left the history window. */
export const expired = (wanted: number, oldest: number): ApiError =>
	new ApiError(410, 'Expired', `too old resource version: ${wanted} (${oldest})`);
