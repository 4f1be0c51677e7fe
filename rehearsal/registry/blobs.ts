import {createReadStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import {RegistryError} from './answers.ts';
import type {Handler} from './call.ts';

/** `GET` and `HEAD` of a blob. */
export const readBlob: Handler<'blob'> = async ({registry, request, response}, {repository, digest}) => {
	const {blobs} = registry.store;
	const size = await blobs.size(repository, digest);
	if (size === undefined) throw new RegistryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
	response.writeHead(200, {
		'content-type': 'application/octet-stream',
		'content-length': size,
		'docker-content-digest': digest,
	});
	if (request.method === 'HEAD') response.end();
	else await pipeline(createReadStream(blobs.path(digest)), response);
};
