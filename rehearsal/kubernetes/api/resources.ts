import type {IncomingMessage, ServerResponse} from 'node:http';
import {ApiError, badRequest, notFound, type Status} from '../objects/errors.ts';
import {apiVersionOf, isVirtual, type KindInfo, kindByPath} from '../objects/kinds.ts';
import {type Logs, readLog} from '../objects/logs.ts';
import type {KubeObject, Pod} from '../objects/types.ts';
import {dict} from '../objects/values.ts';
import type {Operations, WriteOptions} from '../writes/operations.ts';
import {attributesOf, type Denial, denied, isAllowed, review, type User} from './access.ts';
import {asItem, dressList, dressObject} from './dress.ts';
import {decodeBody, dressOf, readBody, sendJson} from './http.ts';
import {pageOf, predicateOf} from './lists.ts';
import {deleteOptions, patchTypeOf, writeOptions} from './options.ts';
import type {ResourceRequest} from './requests.ts';
import {scaleOf, writeScale} from './subresources.ts';
import {serveWatch} from './watch.ts';

/** What the request handlers share. */
export type Api = {
	readonly operations: Operations;
	readonly logs: Logs;
	readonly deny: () => readonly Denial[];
	/** Make a bearer token for a service account of this cluster. */
	readonly issueToken: (namespace: string, account: string) => string;
	readonly signal: AbortSignal;
};

/** Answer a request on a resource; throws an ApiError for every refusal. */
export const serveResource = async (
	api: Api,
	user: User,
	wanted: ResourceRequest,
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> => {
	const {operations} = api;
	const {store} = operations;
	const info = kindByPath(wanted.group, wanted.version, wanted.plural);
	const attributes = attributesOf(wanted);
	// Asking about oneself is open to every user that is logged in.
	const isSelf = wanted.plural.startsWith('selfsubject');
	if (!isSelf && !isAllowed(store, api.deny(), user, attributes)) throw denied(user, attributes);
	if (!info) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
	const {namespace, name, subresource} = wanted;
	const query = url.searchParams;
	const shelf = info.id;
	const now = operations.now();
	const warnings: string[] = [];
	const warn = (text: string): void => {
		if (!warnings.includes(text)) warnings.push(text);
	};
	const body = async (): Promise<unknown> => decodeBody(await readBody(request), request.headers['content-type'] ?? '');
	const options = {dress: dressOf(request.headers.accept ?? ''), whole: query.get('includeObject') === 'Object', now};
	const existing = (): KubeObject => {
		const found = store.get(shelf, namespace, name);
		if (!found) throw notFound(info, name);
		return found;
	};
	const answer = (code: number, object: KubeObject | Status): void => {
		const isStatus = object.kind === 'Status';
		sendJson(response, code, isStatus ? object : dressObject(info, object as KubeObject, options), warnings);
	};
	if (subresource && !info.subresources.includes(subresource)) {
		throw new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
	}
	if (!subresource && !info.verbs.includes(wanted.verb)) {
		throw new ApiError(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource`);
	}
	if (isVirtual(info)) {
		const asked = dict(await body());
		const answered = review(store, api.deny(), user, info.kind, {...asked, apiVersion: apiVersionOf(info)});
		sendJson(response, 201, {...answered, metadata: dict(asked.metadata)});
		return;
	}
	if (subresource) {
		await serveSubresource(api, info, wanted, url, request, response, {existing, body, warn, warnings, answer});
		return;
	}
	switch (wanted.verb) {
		case 'get':
			answer(200, existing());
			return;
		case 'list': {
			const version = query.get('resourceVersion') ?? '';
			if (version && !/^\d+$/u.test(version))
				throw badRequest(
					`invalid resource version: resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
				);
			const accepts = predicateOf(query, shelf, `/${info.version}, Kind=${info.kind}`, name);
			const page = pageOf(store.list(shelf, namespace || undefined).filter(accepts), query, store.version());
			sendJson(response, 200, dressList(info, page.items, page.metadata, options));
			return;
		}
		case 'watch':
			serveWatch(
				store,
				response,
				{
					shelf,
					namespace,
					accepts: predicateOf(query, shelf, info.kind, name),
					resourceVersion: query.get('resourceVersion') ?? '',
					bookmarks: query.get('allowWatchBookmarks') === 'true',
					sendInitialEvents: query.get('sendInitialEvents') === 'true',
					timeoutSeconds: Number(query.get('timeoutSeconds') ?? 1800),
					blank: {kind: info.kind, apiVersion: apiVersionOf(info)},
				},
				api.signal,
			);
			return;
		case 'create': {
			if (info.namespaced && !namespace)
				throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
			answer(201, operations.create(info, namespace, await body(), writeOptions(request, query, '', false, warn)));
			return;
		}
		case 'update':
			answer(
				200,
				operations.update(info, namespace, name, await body(), writeOptions(request, query, '', false, warn)),
			);
			return;
		case 'patch': {
			const type = patchTypeOf(request.headers['content-type'] ?? '');
			// An apply that makes the object needs the right to create it as well (apiserver, patch.go: withAuthorization).
			const creates = {...attributes, verb: 'create'};
			if (type === 'apply' && !store.get(shelf, namespace, name) && !isAllowed(store, api.deny(), user, creates))
				throw denied(user, creates);
			const {object, created} = operations.patch(
				info,
				namespace,
				name,
				type,
				await body(),
				writeOptions(request, query, '', type === 'apply', warn),
			);
			answer(created ? 201 : 200, object);
			return;
		}
		case 'delete':
			answer(200, operations.remove(info, namespace, name, deleteOptions(query, await body(), warn)));
			return;
		default: {
			const accepts = predicateOf(query, shelf, info.kind, '');
			const chosen = store.list(shelf, namespace || undefined).filter(accepts);
			const removal = deleteOptions(query, await body(), warn);
			for (const object of chosen)
				operations.remove(info, object.metadata.namespace ?? '', object.metadata.name, removal);
			const metadata = {resourceVersion: String(store.version())};
			sendJson(
				response,
				200,
				{
					kind: `${info.kind}List`,
					apiVersion: apiVersionOf(info),
					metadata,
					items: chosen.map((object) => asItem(object)),
				},
				warnings,
			);
		}
	}
};

type Tools = {
	readonly existing: () => KubeObject;
	readonly body: () => Promise<unknown>;
	readonly warn: (text: string) => void;
	readonly warnings: readonly string[];
	readonly answer: (code: number, object: KubeObject | Status) => void;
};

const serveSubresource = async (
	api: Api,
	info: KindInfo,
	{namespace, name, subresource, verb}: ResourceRequest,
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	tools: Tools,
): Promise<void> => {
	const {operations} = api;
	const query = url.searchParams;
	const live = tools.existing();
	const type = verb === 'patch' ? patchTypeOf(request.headers['content-type'] ?? '') : undefined;
	const options = (sub: string): WriteOptions => writeOptions(request, query, sub, type === 'apply', tools.warn);
	if (subresource === 'log') {
		const text = readLog(api.logs, live as Pod, query);
		response.writeHead(200, {'content-type': 'text/plain'}).end(text);
	} else if (subresource === 'token') {
		const token = api.issueToken(namespace, name);
		const hour = new Date(operations.now().getTime() + 3_600_000).toISOString();
		const sent = dict(await tools.body());
		sendJson(response, 201, {
			kind: 'TokenRequest',
			apiVersion: 'authentication.k8s.io/v1',
			metadata: {name, namespace},
			spec: sent.spec ?? {},
			status: {token, expirationTimestamp: hour},
		});
	} else if (subresource === 'scale') {
		if (verb === 'get') sendJson(response, 200, scaleOf(live));
		else if (type !== 'merge') throw badRequest(`the server only takes a merge patch of ${info.plural}/${subresource}`);
		else sendJson(response, 200, writeScale(operations, info, live, await tools.body(), options('')));
	} else if (verb === 'get') tools.answer(200, live);
	else if (type) {
		tools.answer(200, operations.patch(info, namespace, name, type, await tools.body(), options('status')).object);
	} else if (verb === 'update') {
		tools.answer(200, operations.update(info, namespace, name, await tools.body(), options('status')));
	} else throw badRequest(`the server does not allow ${verb} on ${info.plural}/${subresource}`);
};
