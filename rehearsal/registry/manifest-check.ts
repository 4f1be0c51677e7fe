import type {IncomingMessage} from 'node:http';
import {isMap} from '../../source/base/text.ts';
import {RegistryError} from './answers.ts';
import {digestOf, isDigest} from './store/index.ts';

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

const invalid = (message: string): RegistryError => new RegistryError(400, 'MANIFEST_INVALID', message);

/** The descriptors of what a manifest needs, or why it is none. An index needs nothing of its own. */
const neededBy = (text: string): readonly unknown[] | RegistryError => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return invalid('manifest is not JSON');
	}
	if (!(value instanceof Object)) return invalid('manifest is not an object');
	const {config, layers, manifests} = value as Record<string, unknown>;
	if (Array.isArray(manifests)) return [];
	if (!(config instanceof Object) || !Array.isArray(layers)) return invalid('manifest has no config or no layers');
	return [config, ...layers];
};

type BlobSize = (digest: string) => Promise<number | undefined>;

const isThere = async (descriptor: unknown, blobSize: BlobSize): Promise<boolean> => {
	const {digest, size} = isMap(descriptor) ? descriptor : {};
	return typeof digest === 'string' && size !== undefined && (await blobSize(digest)) === size;
};

/**
 * Whether a manifest may be stored: JSON, under its own digest, and no blob missing in this repository.
 * @param reference tag or digest; a tag is not checked here
 * @returns the refusal, if there is one
 */
export const checkManifest = async (
	bytes: Buffer,
	reference: string,
	blobSize: BlobSize,
): Promise<RegistryError | undefined> => {
	if (isDigest(reference) && reference !== digestOf(bytes))
		return new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
	const needed = neededBy(bytes.toString('utf8'));
	if (needed instanceof RegistryError) return needed;
	for (const descriptor of needed) {
		if (await isThere(descriptor, blobSize)) continue;
		const digest = isMap(descriptor) ? descriptor.digest : undefined;
		return new RegistryError(404, 'MANIFEST_BLOB_UNKNOWN', `blob unknown to registry: ${String(digest)}`);
	}
	return undefined;
};
