import type {OutgoingHttpHeaders, ServerResponse} from 'node:http';

/** A refusal in the words of the OCI distribution specification 1.1, "Error Codes". */
export class RegistryError extends Error {
	readonly status: number;
	readonly code: string;
	readonly headers: OutgoingHttpHeaders;
	constructor(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}) {
		super(message);
		this.name = 'RegistryError';
		this.status = status;
		this.code = code;
		this.headers = headers;
	}
}

/** Answers with JSON. */
export const sendJson = (
	response: ServerResponse,
	value: unknown,
	status = 200,
	headers: OutgoingHttpHeaders = {},
): void => {
	const body = JSON.stringify(value);
	response.writeHead(status, {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(body),
		...headers,
	});
	response.end(body);
};

/** Answers without a body. */
export const sendEmpty = (response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void => {
	response.writeHead(status, {'content-length': 0, ...headers}).end();
};

/** Answers that something was stored, and where it lies. */
export const sendCreated = (response: ServerResponse, location: string, digest: string): void =>
	sendEmpty(response, 201, {location, 'docker-content-digest': digest});

/** Answers with a refusal; what is none is told as an unknown error. */
export const sendError = (response: ServerResponse, error: unknown): void => {
	const {status, code, message, headers} =
		error instanceof RegistryError
			? error
			: new RegistryError(500, 'UNKNOWN', error instanceof Error ? error.message : 'unknown error');
	sendJson(response, {errors: [{code, message, detail: null}]}, status, headers);
};
