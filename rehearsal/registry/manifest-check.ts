import {createHash} from 'node:crypto';
import type {IncomingMessage} from 'node:http';

/** Reads a request's body whole. @returns undefined when it is longer than `limit` bytes */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const chunk of request) {
		size += (chunk as Buffer).length;
		if (size <= limit) parts.push(chunk as Buffer);
	}
	return size > limit ? undefined : Buffer.concat(parts);
};

type Refusal = {readonly status: number; readonly code: string; readonly message: string};

/**
 * Whether a manifest may be stored: JSON, under its own digest, and no blob missing in this repository.
 * @param reference tag or digest; a tag is not checked here
 */
export const checkManifest = async (
	bytes: Buffer,
	reference: string,
	blobSize: (digest: string) => Promise<number | undefined>,
): Promise<Refusal | undefined> => {
	const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
	if (reference.startsWith('sha256:') && reference !== digest) {
		return {status: 400, code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content'};
	}
	const invalid = (message: string): Refusal => ({status: 400, code: 'MANIFEST_INVALID', message});
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString('utf8'));
	} catch {
		return invalid('manifest is not JSON');
	}
	if (!(value instanceof Object)) return invalid('manifest is not an object');
	const {config, layers, manifests} = value as Record<string, unknown>;
	if (Array.isArray(manifests)) return undefined;
	if (!(config instanceof Object) || !Array.isArray(layers)) return invalid('manifest has no config or no layers');
	for (const descriptor of [config, ...layers]) {
		const {digest: of, size} = descriptor as Record<string, unknown>;
		const have = typeof of === 'string' ? await blobSize(of) : undefined;
		if (have === undefined || have !== size) {
			return {status: 404, code: 'MANIFEST_BLOB_UNKNOWN', message: `blob unknown to registry: ${String(of)}`};
		}
	}
	return undefined;
};
