import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import http, {type IncomingMessage, type ServerResponse} from 'node:http';
import https from 'node:https';
import type {AddressInfo} from 'node:net';
import {pipeline} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {createPace, receive} from './intake.ts';
import {createLogin} from './login.ts';
import {checkManifest, readBody} from './manifest-check.ts';
import {accessOf, type Route, routeOf} from './routes.ts';
import {createStore} from './store.ts';
import type {RegistryCounters, RegistryOptions, RehearsalRegistry} from './types.ts';

/** Error JSON of the OCI distribution specification 1.1, "Error Codes". */
const refuse = (response: ServerResponse, status: number, code: string, message: string, headers = {}): void => {
	const body = JSON.stringify({errors: [{code, message, detail: null}]});
	response.writeHead(status, {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(body),
		...headers,
	});
	response.end(body);
};

const digestPattern = /^sha256:[0-9a-f]{64}$/u;

/**
 * An OCI distribution registry on 127.0.0.1, for rehearsals and tests: pull, push, mounts, chunked uploads that go on
 * after a restart, tags and catalogue, login, and faults on demand. It keeps nothing in memory that matters.
 */
export const startRegistry = async (options: RegistryOptions): Promise<RehearsalRegistry> => {
	const {dataDirectory, users = [], login: kind = 'basic', faults = {}, pace = {}} = options;
	const store = createStore(dataDirectory);
	await store.prepare();
	const login = createLogin(users, kind);
	const wait = createPace(pace);
	const counters: RegistryCounters = {
		requests: 0,
		uploads: 0,
		completed: 0,
		mounts: 0,
		receivedBytes: 0,
		manifests: 0,
		unauthorized: 0,
		tokens: 0,
	};
	let origin = '';
	const tools = {faults, counters, wait};

	const sendJson = (response: ServerResponse, value: unknown): void => {
		const body = JSON.stringify(value);
		response.writeHead(200, {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)});
		response.end(body);
	};

	const blobs = async (route: Route & {kind: 'blob'}, request: IncomingMessage, response: ServerResponse) => {
		const size = await store.blobSize(route.repository, route.digest);
		if (size === undefined) return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
		response.writeHead(200, {
			'content-type': 'application/octet-stream',
			'content-length': size,
			'docker-content-digest': route.digest,
		});
		if (request.method === 'HEAD') response.end();
		else await pipeline(createReadStream(store.blobPath(route.digest)), response);
	};

	const manifests = async (route: Route & {kind: 'manifest'}, request: IncomingMessage, response: ServerResponse) => {
		const {repository, reference} = route;
		if (request.method === 'PUT') {
			const bytes = await readBody(request, 4 * 1024 * 1024);
			if (!bytes) return refuse(response, 413, 'SIZE_INVALID', 'manifest is larger than 4 MiB');
			const problem = await checkManifest(bytes, reference, (digest) => store.blobSize(repository, digest));
			if (problem) return refuse(response, problem.status, problem.code, problem.message);
			const type = request.headers['content-type'] ?? 'application/vnd.oci.image.manifest.v1+json';
			const digest = await store.putManifest(repository, reference, type, bytes);
			counters.manifests++;
			const location = `/v2/${repository}/manifests/${digest}`;
			response.writeHead(201, {location, 'docker-content-digest': digest, 'content-length': 0}).end();
			return;
		}
		const found = await store.manifest(repository, reference);
		if (!found) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
		if (request.method === 'DELETE') {
			await store.deleteManifest(repository, found.digest);
			response.writeHead(202, {'content-length': 0}).end();
			return;
		}
		const bytes = Buffer.from(found.bytes);
		if (request.method === 'GET' && faults.corruptManifest && faults.corruptManifest.reads-- > 0) bytes[0] = 32;
		response.writeHead(200, {
			'content-type': found.mediaType,
			'content-length': bytes.length,
			'docker-content-digest': found.digest,
		});
		response.end(request.method === 'HEAD' ? undefined : bytes);
	};

	const beginUpload = async (repository: string, url: URL, response: ServerResponse) => {
		const digest = url.searchParams.get('mount') ?? '';
		const from = url.searchParams.get('from') ?? '';
		if (digestPattern.test(digest) && (await store.blobSize(from, digest)) !== undefined) {
			await store.link(repository, digest);
			counters.mounts++;
			const location = `/v2/${repository}/blobs/${digest}`;
			response.writeHead(201, {location, 'docker-content-digest': digest, 'content-length': 0}).end();
			return;
		}
		counters.uploads++;
		const id = await store.beginUpload(repository);
		const location = `/v2/${repository}/blobs/uploads/${id}`;
		response.writeHead(202, {location, range: '0-0', 'docker-upload-uuid': id, 'content-length': 0}).end();
	};

	const uploads = async (
		route: Route & {kind: 'upload'},
		request: IncomingMessage,
		response: ServerResponse,
		url: URL,
	) => {
		const {repository, id} = route;
		const have = await store.uploadSize(repository, id);
		if (have === undefined) return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
		const location = `/v2/${repository}/blobs/uploads/${id}`;
		const state = (size: number) => ({
			location,
			range: `0-${Math.max(0, size - 1)}`,
			'docker-upload-uuid': id,
			'content-length': 0,
		});
		if (request.method === 'GET') {
			response.writeHead(204, state(have)).end();
			return;
		}
		if (request.method === 'DELETE') {
			await store.cancelUpload(id);
			response.writeHead(204).end();
			return;
		}
		const length = Number(request.headers['content-length'] ?? 0);
		if (faults.maximumBodyBytes !== undefined && length > faults.maximumBodyBytes) {
			response.writeHead(413, {'content-type': 'text/html', connection: 'close'});
			response.end('<html><head><title>413 Request Entity Too Large</title></head></html>');
			return;
		}
		if (faults.quotaBytes !== undefined && (await store.bytes()) + length > faults.quotaBytes) {
			return refuse(
				response,
				403,
				'DENIED',
				'adding this artifact would exceed the configured upper limit of the project quota',
				{connection: 'close'},
			);
		}
		const start = /^(\d+)-\d+$/u.exec(String(request.headers['content-range'] ?? ''))?.[1];
		if (start !== undefined && Number(start) !== have) {
			response.writeHead(416, state(have)).end();
			return;
		}
		const digest = url.searchParams.get('digest') ?? '';
		const cutAt = digest === '' ? undefined : faults.cutUpload?.(repository, digest, length);
		const received = await receive(request, store.uploadPath(id), have, {...tools, cutAt});
		if (received < 0) return;
		if (request.method === 'PATCH') {
			response.writeHead(202, state(have + received)).end();
			return;
		}
		if (!digestPattern.test(digest) || !(await store.commit(repository, id, digest))) {
			await store.cancelUpload(id);
			return refuse(response, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
		}
		counters.completed++;
		const place = `/v2/${repository}/blobs/${digest}`;
		response.writeHead(201, {location: place, 'docker-content-digest': digest, 'content-length': 0}).end();
	};

	const faulty = (request: IncomingMessage, response: ServerResponse, path: string): boolean => {
		const {drop, status} = faults;
		if (drop && drop.requests > 0 && (drop.method === undefined || drop.method === request.method)) {
			drop.requests--;
			request.socket.destroy();
			return true;
		}
		if (!status || status.requests <= 0) return false;
		if (status.method !== undefined && status.method !== request.method) return false;
		if (status.path !== undefined && !path.includes(status.path)) return false;
		status.requests--;
		refuse(response, status.code, status.error ?? 'UNKNOWN', status.message ?? 'a rehearsed fault', status.headers);
		return true;
	};

	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		counters.requests++;
		if (faults.delayMs) await sleep(faults.delayMs);
		const url = new URL(request.url ?? '/', origin);
		if (faulty(request, response, url.pathname)) return;
		if (url.pathname === '/token' && kind === 'bearer') {
			const token = login.token(request, url);
			if (!token) return refuse(response, 401, 'UNAUTHORIZED', 'wrong user name or password');
			counters.tokens++;
			return sendJson(response, token);
		}
		const route = routeOf(url.pathname);
		if (!route) return refuse(response, 404, 'NAME_INVALID', 'no such place in this registry');
		const access = accessOf(route, request.method ?? 'GET', url);
		const project = 'repository' in route ? route.repository.split('/')[0] : undefined;
		const absent = project !== undefined && faults.projects !== undefined && !faults.projects.includes(project);
		if (absent || !login.allows(request, access)) {
			counters.unauthorized++;
			const challenge = login.challenge(origin, access);
			return refuse(response, 401, 'UNAUTHORIZED', 'authentication required', {
				'docker-distribution-api-version': 'registry/2.0',
				...(login.needed ? {'www-authenticate': challenge} : {}),
			});
		}
		response.setHeader('docker-distribution-api-version', 'registry/2.0');
		if (route.kind === 'root') return sendJson(response, {});
		if (route.kind === 'catalog') return sendJson(response, {repositories: await store.repositories()});
		if (route.kind === 'tags') {
			const tags = await store.tags(route.repository);
			if (tags.length === 0) return refuse(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
			return sendJson(response, {name: route.repository, tags});
		}
		if (route.kind === 'manifest') return manifests(route, request, response);
		if (route.kind === 'blob') return blobs(route, request, response);
		if (route.kind === 'begin' && request.method === 'POST') return beginUpload(route.repository, url, response);
		if (route.kind === 'upload') return uploads(route, request, response, url);
		refuse(response, 405, 'UNSUPPORTED', 'the operation is unsupported');
	};

	const running = new Set<Promise<void>>();
	const listener = (request: IncomingMessage, response: ServerResponse): void => {
		const work = handle(request, response)
			.catch((error: unknown) => {
				if (response.headersSent || response.destroyed) request.socket.destroy();
				else refuse(response, 500, 'UNKNOWN', error instanceof Error ? error.message : 'unknown error');
			})
			.finally(() => running.delete(work));
		running.add(work);
	};
	const server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
	// Large layers over a slow line take longer than node's default of five minutes for a whole request.
	server.requestTimeout = 0;
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	origin = `${options.tls ? 'https' : 'http'}://${host}`;
	return {
		host,
		faults,
		pace,
		counters,
		manifest: store.manifest,
		has: async (repository, reference) => {
			const found = await store.manifest(repository, reference);
			return (
				found !== undefined &&
				(await checkManifest(found.bytes, '', (digest) => store.blobSize(repository, digest))) === undefined
			);
		},
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
			// Work that outlives its connection still writes to the data folder.
			await Promise.all(running);
		},
	};
};
