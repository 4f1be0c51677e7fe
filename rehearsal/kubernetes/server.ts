import {randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Denial, User} from './api/access.ts';
import {aggregated, coreVersions, groupList, oneGroup, resourceList} from './api/discovery.ts';
import {sendJson, sendText} from './api/http.ts';
import {openApiDocument, openApiIndex} from './api/openapi.ts';
import {parseRequest} from './api/requests.ts';
import {type Api, serveResource} from './api/resources.ts';
import {createAuthority, issueServerCertificate, type KeyPair} from './certificates.ts';
import {startControllers} from './controllers/index.ts';
import type {Pace, RunPod} from './controllers/pods.ts';
import {writeKubeconfig} from './kubeconfig.ts';
import {ApiError} from './objects/errors.ts';
import {createLogs, type Logs} from './objects/logs.ts';
import {type Change, createStore, type Store, type StoreImage} from './objects/store.ts';
import {seed} from './seed.ts';
import {createOperations, type Operations} from './writes/operations.ts';

/** The whole cluster as plain JSON: objects, counters, the authority and the tokens, so that a kubeconfig stays good. */
export type Snapshot = {
	readonly schema: 1;
	readonly authority: KeyPair;
	readonly token: string;
	readonly tokens: Readonly<Record<string, string>>;
	readonly store: StoreImage;
};

export type KubernetesOptions = {
	/** TCP port on 127.0.0.1; 0 takes a free one. */
	readonly port?: number;
	/** `gitVersion` that `/version` answers. */
	readonly version?: string;
	readonly load?: Snapshot;
	/** Called after every write, when the snapshot has changed. */
	readonly onChange?: () => void;
	readonly now?: () => Date;
	readonly pace?: Partial<Pace>;
	readonly runPod: RunPod;
	/** The address that Ingresses and LoadBalancer Services get. */
	readonly ingressAddress: string;
	readonly deny?: readonly Denial[];
};

export type KubernetesServer = {
	/** `https://127.0.0.1:PORT` */
	readonly url: string;
	readonly caPem: string;
	/** Text of a kubeconfig file for the cluster's administrator. */
	readonly kubeconfig: string;
	readonly store: Store;
	/** Writes with admission and bookkeeping, for the owner of the cluster. */
	readonly operations: Operations;
	readonly logs: Logs;
	/** Replace the verbs that are taken away from the kubeconfig's user. */
	readonly setDenied: (deny: readonly Denial[]) => void;
	/** Call back after each write to one kind (id such as `pods` or `deployments.apps`); answers a function that ends it. */
	readonly subscribe: (kind: string, callback: (change: Change) => void) => () => void;
	readonly snapshot: () => Snapshot;
	/** Stop containers, controllers, watches and the listener; resolves when the port is free. */
	readonly stop: () => Promise<void>;
};

const admin: User = {
	username: 'kubernetes-admin',
	groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'],
};

const equal = (left: string, right: string): boolean =>
	left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

const accountUser = (key: string): User => {
	const [namespace] = key.split('/');
	return {
		username: `system:serviceaccount:${key.replace('/', ':')}`,
		groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
	};
};

/**
 * Start a Kubernetes API server with its controllers on loopback, over TLS. Objects live in memory (see `snapshot`);
 * containers run wherever `runPod` says. Rejects when the port is taken.
 */
export const startKubernetes = async (options: KubernetesOptions): Promise<KubernetesServer> => {
	const now = options.now ?? (() => new Date());
	const version = options.version ?? 'v1.34.0';
	const authority = options.load?.authority ?? (await createAuthority());
	const token = options.load?.token ?? randomBytes(24).toString('base64url');
	const tokens = new Map(Object.entries(options.load?.tokens ?? {}));
	const pair = await issueServerCertificate(authority);
	const store = createStore(options.load?.store);
	const logs = createLogs();
	const operations = createOperations(store, now);
	const abort = new AbortController();
	let deny = options.deny ?? [];
	let port = 0;

	const authenticate = (request: IncomingMessage): User => {
		const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
		const account = tokens.get(given);
		const user = equal(given, token) ? admin : account ? accountUser(account) : undefined;
		if (!user) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
		const other = request.headers['impersonate-user'];
		if (typeof other !== 'string' || user !== admin) return user;
		const groups = [request.headers['impersonate-group'] ?? []]
			.flat()
			.flatMap((group) => group.split(',').map((one) => one.trim()));
		const account2 = /^system:serviceaccount:([^:]+):(.+)$/.exec(other);
		return account2
			? accountUser(`${account2[1]}/${account2[2]}`)
			: {username: other, groups: [...groups, 'system:authenticated']};
	};

	const api: Api = {
		operations,
		logs,
		deny: () => deny,
		issueToken: (namespace, account) => {
			const made = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${randomBytes(24).toString('base64url')}`;
			tokens.set(made, `${namespace}/${account}`);
			return made;
		},
		signal: abort.signal,
	};

	const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', `https://127.0.0.1:${port}`);
		if (
			['/healthz', '/livez', '/readyz'].some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`))
		) {
			sendText(response, 200, 'ok');
			return;
		}
		if (url.pathname === '/version') {
			sendJson(response, 200, versionInfo(version));
			return;
		}
		const user = authenticate(request);
		const wanted = parseRequest(request.method ?? 'GET', url);
		if (wanted) await serveResource(api, user, wanted, url, request, response);
		else serveMeta(url, request, response, version, `127.0.0.1:${port}`);
	};

	const server = createServer({cert: pair.certPem, key: pair.keyPem}, (request, response) => {
		serve(request, response).catch((error: unknown) => {
			const status =
				error instanceof ApiError
					? error.status
					: new ApiError(
							500,
							'InternalError',
							`Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
						).status;
			if (response.headersSent) response.destroy();
			else sendJson(response, status.code ?? 500, status);
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	port = (server.address() as AddressInfo).port;
	const url = `https://127.0.0.1:${port}`;

	if (options.onChange) store.subscribe(options.onChange);
	seed(store, now, version);
	const stopControllers = startControllers({
		operations,
		logs,
		runPod: options.runPod,
		pace: options.pace ?? {},
		ingressAddress: options.ingressAddress,
		caPem: authority.certPem,
	});

	return {
		url,
		caPem: authority.certPem,
		kubeconfig: writeKubeconfig('rehearsal', url, authority.certPem, 'kubernetes-admin', token),
		store,
		operations,
		logs,
		setDenied: (next) => {
			deny = next;
		},
		subscribe: (kind, callback) => store.subscribe((change) => (change.shelf === kind ? callback(change) : undefined)),
		snapshot: () => ({schema: 1, authority, token, tokens: Object.fromEntries(tokens), store: store.image()}),
		stop: async () => {
			abort.abort();
			await stopControllers();
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
};

const versionInfo = (version: string): Record<string, string> => {
	const [major = '1', minor = '34'] = version.replace(/^v/, '').split('.');
	return {
		major,
		minor,
		gitVersion: version,
		gitCommit: '0000000000000000000000000000000000000000',
		gitTreeState: 'clean',
		buildDate: '2025-08-27T10:19:36Z',
		goVersion: 'go1.24.5',
		compiler: 'gc',
		platform: 'linux/amd64',
	};
};

/** Discovery and schema documents. */
const serveMeta = (
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
	version: string,
	address: string,
): void => {
	const path = url.pathname.replace(/\/$/, '') || '/';
	const accept = request.headers.accept ?? '';
	if (
		(path === '/api' || path === '/apis') &&
		/v=v2(;|,|$)/u.test(accept) &&
		accept.includes('as=APIGroupDiscoveryList')
	) {
		response.setHeader('content-type', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
		const body = Buffer.from(JSON.stringify(aggregated(path)));
		response.writeHead(200, {'content-length': body.length});
		response.end(body);
		return;
	}
	const [first, second, third] = path.slice(1).split('/');
	const found =
		path === '/api'
			? coreVersions(address)
			: path === '/apis'
				? groupList()
				: path === '/openapi/v3'
					? openApiIndex()
					: first === 'openapi'
						? openApiPath(path, version)
						: first === 'api'
							? resourceList('', second ?? '')
							: first === 'apis' && third === undefined
								? oneGroup(second ?? '')
								: first === 'apis'
									? resourceList(second ?? '', third ?? '')
									: undefined;
	if (found) sendJson(response, 200, found);
	else sendText(response, 404, '404 page not found\n');
};

const openApiPath = (path: string, version: string): Record<string, unknown> | undefined => {
	const [, , root, first, second] = path.slice(1).split('/');
	return root === 'api'
		? openApiDocument('', first ?? '', version)
		: openApiDocument(first ?? '', second ?? '', version);
};
