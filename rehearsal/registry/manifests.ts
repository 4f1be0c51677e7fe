import {RegistryError, sendCreated, sendEmpty} from './answers.ts';
import type {Call, Handler} from './call.ts';
import {checkManifest, readBody} from './manifest-check.ts';
import type {Route} from './routes.ts';
import type {StoredManifest} from './store/manifests.ts';
import type {RegistryFaults} from './types.ts';

const largestBytes = 4 * 1024 * 1024;
const defaultType = 'application/vnd.oci.image.manifest.v1+json';

type ManifestRoute = Extract<Route, {readonly kind: 'manifest'}>;

const existing = async ({registry}: Call, {repository, reference}: ManifestRoute): Promise<StoredManifest> => {
	const found = await registry.store.manifests.find(repository, reference);
	if (!found) throw new RegistryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
	return found;
};

/** The bytes as a damaged disk would give them back, while that fault is on. */
const asRead = ({corruptManifest}: RegistryFaults, bytes: Buffer): Buffer => {
	if (!corruptManifest || corruptManifest.reads-- <= 0) return bytes;
	const damaged = Buffer.from(bytes);
	damaged[0] = 32;
	return damaged;
};

/** `GET` and `HEAD` of a manifest. */
export const readManifest: Handler<'manifest'> = async (call, route) => {
	const {mediaType, digest, bytes} = await existing(call, route);
	const isWhole = call.request.method === 'GET';
	call.response.writeHead(200, {
		'content-type': mediaType,
		'content-length': bytes.length,
		'docker-content-digest': digest,
	});
	call.response.end(isWhole ? asRead(call.registry.faults, bytes) : undefined);
};

export const putManifest: Handler<'manifest'> = async ({registry, request, response}, {repository, reference}) => {
	const {blobs, manifests} = registry.store;
	const bytes = await readBody(request, largestBytes);
	if (!bytes) throw new RegistryError(413, 'SIZE_INVALID', 'manifest is larger than 4 MiB');
	const refusal = await checkManifest(bytes, reference, (digest) => blobs.size(repository, digest));
	if (refusal) throw refusal;
	const digest = await manifests.put(repository, reference, request.headers['content-type'] ?? defaultType, bytes);
	registry.counters.manifests++;
	sendCreated(response, `/v2/${repository}/manifests/${digest}`, digest);
};

export const deleteManifest: Handler<'manifest'> = async (call, route) => {
	const {digest} = await existing(call, route);
	await call.registry.store.manifests.remove(route.repository, digest);
	sendEmpty(call.response, 202);
};
