import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import {parse as parseYaml} from 'yaml';
import {ApiError, badRequest} from '../objects/errors.ts';
import {decodeProtobuf} from './protobuf.ts';

const maxBody = 3 * 1024 * 1024;

/** Read a request's body; refuses (413) more than 3 MiB, the limit of the real server. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > maxBody)
			throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBody}`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
};

const refuseCbor = (): never => {
	const why =
		'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml';
	throw new ApiError(415, 'UnsupportedMediaType', why);
};

/** Readers of bodies, by a word of the content type; what has none is read as JSON. */
const readers: readonly (readonly [string, (body: Buffer) => unknown])[] = [
	['protobuf', decodeProtobuf],
	['cbor', refuseCbor],
	['yaml', (body) => parseYaml(body.toString('utf8'))],
	['', (body) => JSON.parse(body.toString('utf8'))],
];

/** A body as a value: JSON, or YAML where the content type says so (server-side apply). Refuses (415) CBOR. */
export const decodeBody = (body: Buffer, contentType: string): unknown => {
	if (body.length === 0) return undefined;
	const [, read] = readers.find(([word]) => contentType.includes(word)) ?? [];
	try {
		return read?.(body);
	} catch (error) {
		if (error instanceof ApiError) throw error;
		throw badRequest(`error decoding body: ${error instanceof Error ? error.message : String(error)}`);
	}
};

/** Warnings as `Warning` headers (RFC 7234, code 299), which Helm prints. */
export const warningHeaders = (warnings: readonly string[]): OutgoingHttpHeaders => {
	const quote = (text: string): string => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
	return warnings.length > 0 ? {warning: warnings.map(quote).join(', ')} : {};
};

/** Answer with JSON. */
export const sendJson = (
	response: ServerResponse,
	code: number,
	value: unknown,
	headers: OutgoingHttpHeaders = {},
): void => {
	const body = Buffer.from(JSON.stringify(value));
	response.writeHead(code, {
		'content-type': 'application/json',
		'content-length': body.length,
		'cache-control': 'no-cache, private',
		...headers,
	});
	response.end(body);
};

export const sendText = (response: ServerResponse, code: number, text: string): void => {
	response.writeHead(code, {'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text)});
	response.end(text);
};

/** Answer with what went wrong: the Status of an ApiError, and 500 for everything else. */
export const sendError = (response: ServerResponse, error: unknown): void => {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	const words = error instanceof Error ? error.message : String(error);
	const {status} =
		error instanceof ApiError ? error : new ApiError(500, 'InternalError', `Internal error occurred: ${words}`);
	sendJson(response, status.code ?? 500, status);
};
