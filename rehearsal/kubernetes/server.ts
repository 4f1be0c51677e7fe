import {randomBytes} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer, type Server} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Denial} from './api/access.ts';
import {createAuthentication} from './api/authentication.ts';
import type {Api} from './api/call.ts';
import {type Identity, serveDocument, serveOpenDocument} from './api/documents/serve.ts';
import {sendError} from './api/http.ts';
import {parseRequest} from './api/requests.ts';
import {serveResource} from './api/resources.ts';
import {createAuthority, issueServerCertificate, type KeyPair} from './certificates.ts';
import {startControllers} from './controllers/index.ts';
import {serveUpgrades} from './exec/serve.ts';
import {type ExecPod, noProgram} from './exec/types.ts';
import {writeKubeconfig} from './kubeconfig.ts';
import type {Pace, RunPod} from './kubelet/types.ts';
import {type AddedApi, servedKinds} from './objects/kinds.ts';
import {createLogs, type Logs} from './objects/logs.ts';
import {type Change, createStore, type Store, type StoreImage} from './objects/store.ts';
import {seed} from './seed.ts';
import {createOperations} from './writes/operations.ts';
import type {Operations} from './writes/types.ts';

/**
 * The whole cluster as plain JSON: objects, counters, the authority and the tokens, so that a kubeconfig stays good.
 */
export type Snapshot = {
	readonly schema: 1;
	readonly authority: KeyPair;
	readonly token: string;
	readonly tokens: Readonly<Record<string, string>>;
	readonly store: StoreImage;
};

export type KubernetesOptions = {
	/** TCP port on 127.0.0.1; 0 takes a free one. */
	readonly port?: number | undefined;
	/** `gitVersion` that `/version` answers. */
	readonly version?: string | undefined;
	readonly load?: Snapshot | undefined;
	/** Called after every write, when the snapshot has changed. */
	readonly onChange?: (() => void) | undefined;
	readonly now?: (() => Date) | undefined;
	readonly pace?: Partial<Pace> | undefined;
	readonly runPod: RunPod;
	/** Runs the commands of `pods/exec`; without it no image holds any program. */
	readonly execPod?: ExecPod | undefined;
	/** The address that Ingresses and LoadBalancer Services get. */
	readonly ingressAddress: string;
	readonly deny?: readonly Denial[] | undefined;
	/** Kinds that somebody added to the cluster; by default none. */
	readonly added?: readonly AddedApi[] | undefined;
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
	/**
	 * Call back after each write to one kind (id such as `pods` or `deployments.apps`); answers a function that ends it.
	 */
	readonly subscribe: (kind: string, callback: (change: Change) => void) => () => void;
	readonly snapshot: () => Snapshot;
	/** Stop containers, controllers, watches and the listener; resolves when the port is free. */
	readonly stop: () => Promise<void>;
};

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers every request: what is open to all, then resources and documents for those who are logged in. */
const serveWith =
	(api: Api, identity: Identity): Serve =>
	async (request, response) => {
		const url = new URL(request.url ?? '/', `https://${identity.address}`);
		if (serveOpenDocument(url.pathname, response, identity)) return;
		const user = api.authentication.userOf(request.headers);
		const wanted = parseRequest(request.method ?? 'GET', url);
		if (wanted) await serveResource({api, user, wanted, query: url.searchParams, request, response});
		else serveDocument(url, request, response, identity);
	};

const listen = async (server: Server, port: number): Promise<string> => {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const close = (server: Server): Promise<void> =>
	new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});

/** What a cluster keeps between two starts. */
const memoryOf = async (load: Snapshot | undefined): Promise<Snapshot> =>
	load ?? {
		schema: 1,
		authority: await createAuthority(),
		token: randomBytes(24).toString('base64url'),
		tokens: {},
		store: {version: 1, objects: []},
	};

/** Listens over TLS with a certificate of the cluster's authority. */
const openServer = async (
	authority: KeyPair,
	{port = 0, upgrades}: {readonly port: number | undefined; readonly upgrades: ReturnType<typeof serveUpgrades>},
	serveAt: (address: string) => Serve,
) => {
	const {certPem, keyPem} = await issueServerCertificate(authority);
	let address = '127.0.0.1';
	const server = createServer({cert: certPem, key: keyPem}, (request, response) => {
		serveAt(address)(request, response).catch((error: unknown) => sendError(response, error));
	});
	server.on('upgrade', upgrades.upgrade);
	address = await listen(server, port);
	return {
		address,
		close: () => {
			upgrades.close();
			return close(server);
		},
	};
};

/**
 * Start a Kubernetes API server with its controllers on loopback, over TLS. Objects live in memory (see `snapshot`);
 * containers run wherever `runPod` says. Rejects when the port is taken.
 */
export const startKubernetes = async (options: KubernetesOptions): Promise<KubernetesServer> => {
	const {now = () => new Date(), version = 'v1.34.0', runPod, pace = {}, ingressAddress} = options;
	const {added = []} = options;
	const memory = await memoryOf(options.load);
	const {authority, token} = memory;
	const {certPem: caPem} = authority;
	const authentication = createAuthentication(token, memory.tokens);
	const store = createStore(memory.store);
	const operations = createOperations(store, now);
	const logs = createLogs();
	const abort = new AbortController();
	let denied = options.deny ?? [];
	const rights = {store, deny: () => denied};
	const api: Api = {operations, logs, rights, authentication, added, signal: abort.signal};
	const execPod: ExecPod = options.execPod ?? ((_pod, {command: [program = '']}) => Promise.reject(noProgram(program)));
	const upgrades = serveUpgrades(api, version, execPod);
	const server = await openServer(authority, {port: options.port, upgrades}, (address) =>
		serveWith(api, {version, address, kinds: servedKinds(added)}),
	);
	if (options.onChange) store.subscribe(options.onChange);
	seed(store, now, version);
	const stopControllers = startControllers({operations, logs, runPod, pace, ingressAddress, caPem});
	const url = `https://${server.address}`;
	return {
		url,
		caPem,
		kubeconfig: writeKubeconfig({name: 'rehearsal', url, caPem, user: 'kubernetes-admin', token}),
		store,
		operations,
		logs,
		setDenied: (next) => {
			denied = next;
		},
		subscribe: (kind, callback) =>
			store.subscribe((change) => {
				if (change.kind === kind) callback(change);
			}),
		snapshot: () => ({...memory, tokens: authentication.tokens(), store: store.image()}),
		stop: async () => {
			abort.abort();
			await stopControllers();
			await server.close();
		},
	};
};
