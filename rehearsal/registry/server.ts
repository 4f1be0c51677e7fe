import {once} from 'node:events';
import http, {type IncomingMessage, type ServerResponse} from 'node:http';
import https from 'node:https';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {RegistryError, sendError, sendJson} from './answers.ts';
import type {Registry} from './call.ts';
import {playFaults} from './faults.ts';
import {serve} from './handlers.ts';
import {createPace} from './intake.ts';
import {createLogin, type Login} from './login.ts';
import {checkManifest} from './manifest-check.ts';
import {accessOf, type Route, routeOf} from './routes.ts';
import {openStore, type Store} from './store/index.ts';
import type {RegistryCounters, RegistryOptions, RehearsalRegistry} from './types.ts';

const apiVersion = {'docker-distribution-api-version': 'registry/2.0'};

const noCounts = (): RegistryCounters => ({
	requests: 0,
	uploads: 0,
	completed: 0,
	mounts: 0,
	receivedBytes: 0,
	manifests: 0,
	unauthorized: 0,
	tokens: 0,
});

/** A registry and who may come in. */
type House = {readonly registry: Registry; readonly login: Login; readonly origin: () => string};

/** Harbor answers 401 for a project that it does not have. */
const isInProject = ({projects}: Registry['faults'], route: Route): boolean =>
	projects === undefined || !('repository' in route) || projects.includes(route.repository.split('/')[0] ?? '');

const sellToken = ({registry, login}: House, request: IncomingMessage, url: URL): unknown => {
	const token = login.token(request, url.searchParams);
	if (!token) throw new RegistryError(401, 'UNAUTHORIZED', 'wrong user name or password');
	registry.counters.tokens++;
	return token;
};

/** Refuses (401) a request without the login that it needs. */
const authorize = ({registry, login, origin}: House, request: IncomingMessage, route: Route, url: URL): void => {
	const access = accessOf(route, request.method ?? 'GET', url.searchParams);
	if (isInProject(registry.faults, route) && login.allows(request, access)) return;
	registry.counters.unauthorized++;
	const challenge = login.needed ? {'www-authenticate': login.challenge(origin(), access)} : {};
	throw new RegistryError(401, 'UNAUTHORIZED', 'authentication required', {...apiVersion, ...challenge});
};

const answer = async (house: House, request: IncomingMessage, response: ServerResponse): Promise<void> => {
	const {registry, login, origin} = house;
	registry.counters.requests++;
	if (registry.faults.delayMs) await sleep(registry.faults.delayMs);
	const url = new URL(request.url ?? '/', origin());
	if (playFaults(registry.faults, request, url.pathname)) return;
	if (url.pathname === '/token' && login.sellsTokens) return sendJson(response, sellToken(house, request, url));
	const route = routeOf(url.pathname);
	if (!route) throw new RegistryError(404, 'NAME_INVALID', 'no such place in this registry');
	authorize(house, request, route, url);
	for (const [header, value] of Object.entries(apiVersion)) response.setHeader(header, value);
	await serve({registry, request, response, query: url.searchParams}, route);
};

/**
 * Listens for requests, and knows which are under way: work that outlives its connection still writes to the folder.
 */
const createListener = (house: House) => {
	const running = new Set<Promise<void>>();
	const listener = (request: IncomingMessage, response: ServerResponse): void => {
		const work = answer(house, request, response)
			.catch((error: unknown) => {
				if (response.headersSent || response.destroyed) request.socket.destroy();
				else sendError(response, error);
			})
			.finally(() => running.delete(work));
		running.add(work);
	};
	return {listener, settled: () => Promise.all(running)};
};

const isWhole = async ({manifests, blobs}: Store, repository: string, reference: string): Promise<boolean> => {
	const found = await manifests.find(repository, reference);
	if (!found) return false;
	return (await checkManifest(found.bytes, '', (digest) => blobs.size(repository, digest))) === undefined;
};

/**
 * An OCI distribution registry on 127.0.0.1, for rehearsals and tests: pull, push, mounts, chunked uploads that go on
 * after a restart, tags and catalogue, login, and faults on demand. It keeps nothing in memory that matters.
 */
export const startRegistry = async (options: RegistryOptions): Promise<RehearsalRegistry> => {
	const {dataDirectory, users = [], login = 'basic', faults = {}, pace = {}, tls, port = 0} = options;
	const store = await openStore(dataDirectory);
	const counters = noCounts();
	const registry: Registry = {store, faults, counters, wait: createPace(pace)};
	let host = '127.0.0.1';
	const origin = (): string => `${tls ? 'https' : 'http'}://${host}`;
	const {listener, settled} = createListener({registry, login: createLogin(users, login), origin});
	const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
	// Large layers over a slow line take longer than node's default of five minutes for a whole request.
	server.requestTimeout = 0;
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		host,
		faults,
		pace,
		counters,
		manifest: store.manifests.find,
		has: (repository, reference) => isWhole(store, repository, reference),
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
			await settled();
		},
	};
};
