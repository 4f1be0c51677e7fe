import {RegistryError, sendJson} from './answers.ts';
import {readBlob} from './blobs.ts';
import type {Call, Handler} from './call.ts';
import {deleteManifest, putManifest, readManifest} from './manifests.ts';
import type {Route} from './routes.ts';
import {beginUpload, cancelUpload, continueUpload, finishUpload, readUpload} from './uploads.ts';

const root: Handler<'root'> = ({response}) => sendJson(response, {});

const catalog: Handler<'catalog'> = async ({registry, response}) =>
	sendJson(response, {repositories: await registry.store.manifests.repositories()});

const tags: Handler<'tags'> = async ({registry, response}, {repository}) => {
	const found = await registry.store.manifests.tags(repository);
	if (found.length === 0) throw new RegistryError(404, 'NAME_UNKNOWN', 'repository name not known to registry');
	sendJson(response, {name: repository, tags: found});
};

/** What is done for each kind of route, by method. */
const handlers: {readonly [Kind in Route['kind']]: Readonly<Record<string, Handler<Kind>>>} = {
	root: {GET: root, HEAD: root},
	catalog: {GET: catalog},
	tags: {GET: tags},
	manifest: {GET: readManifest, HEAD: readManifest, PUT: putManifest, DELETE: deleteManifest},
	blob: {GET: readBlob, HEAD: readBlob},
	begin: {POST: beginUpload},
	upload: {GET: readUpload, PATCH: continueUpload, PUT: finishUpload, DELETE: cancelUpload},
};

/** Answers a request that may be answered; refuses (405) a method that its path does not have. */
export const serve = async (call: Call, route: Route): Promise<void> => {
	// The table has for each kind a handler of that kind, which the compiler cannot follow through an index.
	const byMethod = handlers[route.kind] as Readonly<Record<string, (call: Call, route: Route) => void | Promise<void>>>;
	const handle = byMethod[call.request.method ?? 'GET'];
	if (!handle) throw new RegistryError(405, 'UNSUPPORTED', 'the operation is unsupported');
	await handle(call, route);
};
