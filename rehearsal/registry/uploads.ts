import {RegistryError, sendCreated, sendEmpty} from './answers.ts';
import type {Call, Handler} from './call.ts';
import {receive} from './intake.ts';
import {isOverLimit, refuseOverQuota, sendTooLarge} from './limits.ts';
import type {Route} from './routes.ts';
import {isDigest} from './store/index.ts';

type UploadRoute = Extract<Route, {readonly kind: 'upload'}>;

const locationOf = (repository: string, id: string): string => `/v2/${repository}/blobs/uploads/${id}`;

/** How far an upload is. */
const progress = ({repository, id}: UploadRoute, size: number) => ({
	location: locationOf(repository, id),
	range: `0-${Math.max(0, size - 1)}`,
	'docker-upload-uuid': id,
});

/** Bytes received so far; refuses (404) an upload that is not known. */
const sizeOf = async ({registry}: Call, {repository, id}: UploadRoute): Promise<number> => {
	const size = await registry.store.uploads.size(repository, id);
	if (size === undefined) throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
	return size;
};

/** Links a blob of another repository into this one, if it is there. */
const mount = async ({registry, query, response}: Call, repository: string): Promise<boolean> => {
	const {blobs} = registry.store;
	const digest = query.get('mount') ?? '';
	if (!isDigest(digest) || (await blobs.size(query.get('from') ?? '', digest)) === undefined) return false;
	await blobs.link(repository, digest);
	registry.counters.mounts++;
	sendCreated(response, `/v2/${repository}/blobs/${digest}`, digest);
	return true;
};

export const beginUpload: Handler<'begin'> = async (call, {repository}) => {
	if (await mount(call, repository)) return;
	const {counters, store} = call.registry;
	counters.uploads++;
	const id = await store.uploads.begin(repository);
	sendEmpty(call.response, 202, progress({kind: 'upload', repository, id}, 0));
};

export const readUpload: Handler<'upload'> = async (call, route) =>
	sendEmpty(call.response, 204, progress(route, await sizeOf(call, route)));

export const cancelUpload: Handler<'upload'> = async (call, route) => {
	await sizeOf(call, route);
	await call.registry.store.uploads.cancel(route.id);
	call.response.writeHead(204).end();
};

/** Does a piece begin elsewhere than the upload ends? A piece that does not say is taken as the next one. */
const isOutOfOrder = ({request}: Call, have: number): boolean => {
	const [, start] = /^(\d+)-\d+$/u.exec(String(request.headers['content-range'] ?? '')) ?? [];
	return start !== undefined && Number(start) !== have;
};

/**
 * Takes the body in. @returns bytes of the upload, or undefined when it was answered already or no answer is due: it
 * was refused, out of order, or the line broke
 */
const takeIn = async (call: Call, route: UploadRoute): Promise<number | undefined> => {
	const {registry, request, response, query} = call;
	const have = await sizeOf(call, route);
	const length = Number(request.headers['content-length'] ?? 0);
	if (isOverLimit(registry, length)) {
		sendTooLarge(response);
		return undefined;
	}
	await refuseOverQuota(registry, length);
	if (isOutOfOrder(call, have)) {
		sendEmpty(response, 416, progress(route, have));
		return undefined;
	}
	const digest = query.get('digest') ?? '';
	const cutAt = digest === '' ? undefined : registry.faults.cutUpload?.(route.repository, digest, length);
	const file = {path: registry.store.uploads.path(route.id), start: have};
	const received = await receive(request, file, registry, cutAt);
	return received === undefined ? undefined : have + received;
};

/** `PATCH`: one more piece. */
export const continueUpload: Handler<'upload'> = async (call, route) => {
	const size = await takeIn(call, route);
	if (size !== undefined) sendEmpty(call.response, 202, progress(route, size));
};

/** `PUT`: the last piece, or the whole. */
export const finishUpload: Handler<'upload'> = async (call, route) => {
	if ((await takeIn(call, route)) === undefined) return;
	const {store, counters} = call.registry;
	const {repository, id} = route;
	const digest = call.query.get('digest') ?? '';
	if (!isDigest(digest) || !(await store.uploads.commit(repository, id, digest))) {
		await store.uploads.cancel(id);
		throw new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
	}
	counters.completed++;
	sendCreated(call.response, `/v2/${repository}/blobs/${digest}`, digest);
};
