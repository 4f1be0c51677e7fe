import type {IncomingMessage, ServerResponse} from 'node:http';
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

/** A body as a value: JSON, or YAML where the content type says so (server-side apply). Refuses (415) CBOR. */
export const decodeBody = (body: Buffer, contentType: string): unknown => {
	if (body.length === 0) return undefined;
	if (contentType.includes('protobuf')) return decodeProtobuf(body);
	if (contentType.includes('cbor')) {
		const why =
			'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml';
		throw new ApiError(415, 'UnsupportedMediaType', why);
	}
	const text = body.toString('utf8');
	try {
		return contentType.includes('yaml') ? parseYaml(text) : JSON.parse(text);
	} catch (error) {
		throw badRequest(`error decoding body: ${error instanceof Error ? error.message : String(error)}`);
	}
};

/** Answer with JSON. Warnings become `Warning` headers (RFC 7234, code 299), which Helm prints. */
export const sendJson = (
	response: ServerResponse,
	code: number,
	value: unknown,
	warnings: readonly string[] = [],
): void => {
	const body = Buffer.from(JSON.stringify(value));
	const quote = (text: string): string => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
	if (warnings.length > 0) response.setHeader('warning', warnings.map(quote));
	response.writeHead(code, {
		'content-type': 'application/json',
		'content-length': body.length,
		'cache-control': 'no-cache, private',
	});
	response.end(body);
};

export const sendText = (response: ServerResponse, code: number, text: string): void => {
	response.writeHead(code, {'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text)});
	response.end(text);
};

/** What form of object the client wants, from its Accept header. */
export type Dress = 'object' | 'table' | 'metadata';

export const dressOf = (accept: string): Dress => {
	for (const part of accept.split(',')) {
		if (part.includes('protobuf') || part.includes('cbor')) continue;
		if (part.includes('as=Table') && !part.includes('v=v1beta1')) return 'table';
		if (part.includes('as=PartialObjectMetadata')) return 'metadata';
		if (part.includes('json') || part.includes('*/*')) return 'object';
	}
	return 'object';
};
