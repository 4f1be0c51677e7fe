import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {request as httpsRequest} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Connection, createConnection} from 'mysql2/promise';
import pg from 'pg';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import type {Outcome} from '../../../rehearsal/kubernetes/index.ts';
import {createStore, type Store} from '../../../rehearsal/kubernetes/objects/store.ts';
import type {Container, KubeObject, Pod} from '../../../rehearsal/kubernetes/objects/types.ts';
import {startPlayedMysql} from '../../../rehearsal/mysql/played/server.ts';
import {startPostgres} from '../../../rehearsal/postgres/index.ts';
import {createProduct, startFront} from '../../../rehearsal/product/index.ts';
import {createPodNetwork, type PodNetwork} from '../../../rehearsal/product/network/pod-network.ts';
import type {HttpsPort} from '../../../source/network/types.ts';

export const hosts = {controlPlane: 'zenml-pro.test.internal', workspace: 'zenml-workspace.test.internal'} as const;
const login = {username: 'puller', password: 'pull-it'};

const metadata = (namespace: string, name: string, more: Record<string, unknown> = {}) => ({
	name,
	namespace,
	uid: `${namespace}-${name}`,
	resourceVersion: '',
	creationTimestamp: '2026-01-01T00:00:00Z',
	...more,
});

const encode = (data: Record<string, string>): Record<string, string> =>
	Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

/** A registry that knows some images and one login. */
const startImages = async (known: ReadonlySet<string>): Promise<Server> => {
	const server = createServer((request, response) => {
		const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
		const found = /^\/v2\/(.+)\/manifests\/(.+)$/u.exec(request.url ?? '');
		const status = known.has(`${found?.[1]}:${found?.[2]}`) ? 200 : 404;
		response.writeHead(request.headers.authorization === expected ? status : 401).end();
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return server;
};

/** An HttpsPort that asks the network in the plainest way. */
export const https: HttpsPort = {
	request: ({method, url, address, ca, headers, body, signal}) =>
		new Promise((done, reject) => {
			const target = new URL(url);
			const sent = httpsRequest(
				{
					host: address ?? target.hostname,
					port: target.port,
					path: target.pathname + target.search,
					method,
					servername: target.hostname,
					ca,
					signal,
					agent: false,
					headers: {host: target.host, ...headers, ...(body ? {'content-length': Buffer.byteLength(body)} : {})},
				},
				(response) => {
					const chunks: Buffer[] = [];
					response.on('data', (chunk: Buffer) => chunks.push(chunk));
					response.on('end', () =>
						done({
							status: response.statusCode ?? 0,
							headers: {'content-type': response.headers['content-type'] ?? ''},
							body: Buffer.concat(chunks).toString(),
						}),
					);
				},
			);
			sent.on('error', reject);
			sent.end(body);
		}),
};

type Spec = {
	readonly namespace: string;
	readonly name: string;
	readonly image: string;
	readonly env: Record<string, string>;
	readonly job?: boolean;
	readonly pullSecret?: boolean;
	readonly annotations?: Record<string, string>;
	readonly ca?: boolean;
	readonly command?: readonly string[];
};

const knownImages = [
	'zenml/zenml-pro-api:0.13.18',
	'zenml/zenml-pro-dashboard:0.13.18',
	'zenml/zenml-pro-server:0.95.1',
];

/** A PostgreSQL in a folder of its own, with its administrator. */
const openDatabase = async (folder: string) => {
	const adminPassword = 'admin-of-databases';
	const postgres = await startPostgres({
		dataDirectory: join(folder, 'postgres'),
		adminPassword,
		log: join(folder, 'postgres.log'),
	});
	const {port} = postgres;
	const sql = async (database: string, statement: string): Promise<readonly Record<string, unknown>[]> => {
		const client = new pg.Client({host: '127.0.0.1', port, user: 'postgres', password: adminPassword, database});
		await client.connect();
		try {
			return (await client.query(statement)).rows;
		} finally {
			await client.end();
		}
	};
	return {port, sql, stop: postgres.stop};
};

const mysqlPassword = 'admin of mysql';

/** A played MySQL with TLS, and its administrator. */
const openMysql = async (tls: {readonly cert: string; readonly key: string; readonly ca: string}) => {
	const {port, stop} = await startPlayedMysql({adminPassword: mysqlPassword, tls});
	const mysql = async (...statements: readonly string[]): Promise<void> => {
		const login = {host: '127.0.0.1', port, user: 'root', password: mysqlPassword};
		const connection: Connection = await createConnection(login);
		for (const statement of statements) await connection.query(statement);
		await connection.end();
	};
	return {port, mysql, stop};
};

/** The network of the pods, in which just these names are known. */
const networkOf = (names: ReadonlyMap<string, string>): PodNetwork => {
	const plain = createPodNetwork('127.0.0.1:9');
	return {
		resolve: async (host) => (names.has(host) ? [names.get(host) ?? ''] : []),
		request: async (options) => {
			const {hostname} = new URL(options.url);
			const address = names.get(hostname);
			if (!address) throw Object.assign(new Error(`Failed to resolve '${hostname}'`), {code: 'ENOTFOUND'});
			return plain.request({...options, address});
		},
	};
};

type Plain = Omit<KubeObject, 'metadata'> & {readonly metadata: ReturnType<typeof metadata>};

const ingress = (namespace: string, host: string, paths: readonly (readonly [path: string, service: string])[]) => ({
	apiVersion: 'networking.k8s.io/v1',
	kind: 'Ingress',
	metadata: metadata(namespace, host),
	spec: {
		ingressClassName: 'nginx',
		tls: [{hosts: [host], secretName: 'zenml-tls'}],
		rules: [
			{
				host,
				http: {
					paths: paths.map(([path, name]) => ({
						path,
						pathType: 'Prefix',
						backend: {service: {name, port: {name: 'http'}}},
					})),
				},
			},
		],
	},
});

/** What is put into the cluster beside the pods. */
const objectsIn = (store: Store) => {
	const put = (shelf: string, object: Plain): void => {
		store.put(shelf, object as KubeObject);
	};
	store.put('ingressclasses.networking.k8s.io', {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'IngressClass',
		metadata: {...metadata('', 'nginx'), namespace: undefined} as never,
	});
	return {
		secret: (namespace: string, name: string, data: Record<string, string>): void =>
			put('secrets', {apiVersion: 'v1', kind: 'Secret', metadata: metadata(namespace, name), data: encode(data)}),
		expose: (...[namespace, host, paths]: Parameters<typeof ingress>): void => {
			for (const [, name] of paths)
				put('services', {
					apiVersion: 'v1',
					kind: 'Service',
					metadata: metadata(namespace, name),
					spec: {selector: {app: name}, ports: [{name: 'http', port: 80}]},
				});
			put('ingresses.networking.k8s.io', ingress(namespace, host, paths));
		},
	};
};

const podOf = ({namespace, name, image, job, annotations, ca, command}: Spec, registryHost: string): Pod => {
	const container = {
		name,
		...(command && {command: [...command]}),
		image: image.includes('/') ? image : `${registryHost}/zenml/${image}`,
		...(ca ? {volumeMounts: [{name: 'ca', mountPath: '/ca'}]} : {}),
	};
	const labels = {app: name, ...(job ? {'batch.kubernetes.io/job-name': name} : {})};
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: metadata(namespace, name, {labels, annotations}),
		spec: {containers: [container], ...(ca ? {volumes: [{name: 'ca', secret: {secretName: 'corp-ca'}}]} : {})},
	} as unknown as Pod;
};

/** Where pods run, and what they leave. */
type Node = {
	readonly product: ReturnType<typeof createProduct>;
	readonly store: Store;
	readonly registryHost: string;
	readonly logs: Map<string, string[]>;
	readonly signal: AbortSignal;
};

/** Starts a pod's container; a server that gets ready is put into the store as ready. */
const runPod = async ({product, store, registryHost, logs, signal}: Node, spec: Spec): Promise<Outcome> => {
	const pod = podOf(spec, registryHost);
	const pullSecret = {data: encode({'.dockerconfigjson': JSON.stringify({auths: {[registryHost]: login}})})};
	const lines: string[] = [];
	logs.set(spec.name, lines);
	const outcome = await product.runPod(pod, {
		pulled: () => undefined,
		container: pod.spec.containers[0] as Container,
		isInit: false,
		attempt: 0,
		resumed: false,
		env: spec.env,
		pullSecrets: (spec.pullSecret ?? true) ? [pullSecret as unknown as KubeObject] : [],
		signal,
		log: (line) => lines.push(line),
	});
	const up = outcome === 'running' || 'running' in outcome;
	const conditions = [{type: 'Ready', status: up ? 'True' : 'False'}];
	store.put('pods', {...pod, status: {phase: 'Running', conditions}} as Pod);
	return outcome;
};

/** A real PostgreSQL, a real front over a store of objects, and pods that are started one by one. */
export const openStage = async () => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-product-'));
	await chmod(directory, 0o711);
	const database = await openDatabase(directory);
	const authority = await createAuthority({name: 'Test CA'});
	const pair = await authority.issue({hosts: Object.values(hosts), ips: ['127.0.0.1']});
	const {mysql, port: mysqlPort, stop: stopMysql} = await openMysql({...pair, ca: authority.caPem});
	const fake = await (await createAuthority({name: 'fake'})).issue({hosts: ['ingress.local']});
	const images = new Set(knownImages);
	const registry = await startImages(images);
	const registryHost = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
	const store = createStore();
	const names = new Map<string, string>();
	const product = createProduct({cluster: () => store, network: networkOf(names), registryHost, slowness: 0});
	const logs = new Map<string, string[]>();
	const front = await startFront({
		port: 0,
		cluster: store,
		fallback: fake,
		answer: product.answer,
		log: () => undefined,
	});
	const stop = new AbortController();
	const {secret, expose} = objectsIn(store);
	for (const namespace of ['zenml-pro', 'zenml-workspace']) {
		secret(namespace, 'zenml-tls', {'tls.crt': pair.cert, 'tls.key': pair.key});
		secret(namespace, 'corp-ca', {'ca.crt': authority.caPem});
	}
	return {
		caPem: authority.caPem,
		frontPort: front.port,
		databasePort: database.port,
		mysqlPort,
		mysql,
		images,
		logs,
		names,
		run: (spec: Spec) => runPod({product, store, registryHost, logs, signal: stop.signal}, spec),
		expose,
		sql: database.sql,
		store,
		endpoint: (host: string) => ({host, port: front.port, address: '127.0.0.1', ca: authority.caPem}),
		close: async () => {
			stop.abort();
			await front.stop();
			await new Promise((done) => registry.close(done));
			await database.stop();
			await stopMysql();
			await rm(directory, {recursive: true, force: true});
		},
	};
};

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Environment of the control plane's API pods and of its migration, as the sample chart sets it. */
export const controlPlaneEnv = (stage: Stage, password = 'pw-pro'): Record<string, string> => ({
	ZENML_CLOUD_ADMIN_USERNAME: 'admin',
	ZENML_CLOUD_ADMIN_PASSWORD: 'admin-password',
	ZENML_CLOUD_DATABASE_TYPE: 'postgres',
	ZENML_CLOUD_DATABASE_HOST: '127.0.0.1',
	ZENML_CLOUD_DATABASE_PORT: String(stage.databasePort),
	ZENML_CLOUD_DATABASE_USERNAME: 'zenml_pro_user',
	ZENML_CLOUD_DATABASE_PASSWORD: password,
	ZENML_CLOUD_DATABASE_NAME: 'zenml_pro',
});

/** Privileges that the product needs on a database. */
const nine = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES';

/** The database of a workspace, with an account that must come over TLS. */
const makeWorkspaceDatabase = ({mysql}: Stage): Promise<void> =>
	mysql(
		'CREATE DATABASE `zenml_workspace`',
		"CREATE USER 'zenml_workspace_user'@'%' IDENTIFIED BY 'pw-workspace' REQUIRE SSL",
		`GRANT ${nine} ON \`zenml\\_workspace\`.* TO 'zenml_workspace_user'@'%'`,
	);

/** Makes both databases and brings the control plane up. */
export const raiseControlPlane = async (stage: Stage): Promise<void> => {
	await stage.sql('postgres', "create role zenml_pro_user login password 'pw-pro'");
	await stage.sql('postgres', 'create database zenml_pro owner zenml_pro_user');
	await makeWorkspaceDatabase(stage);
	const base = {namespace: 'zenml-pro', env: controlPlaneEnv(stage)};
	await stage.run({...base, name: 'migration', image: 'zenml-pro-api:0.13.18', job: true});
	await stage.run({...base, name: 'zenml-pro', image: 'zenml-pro-api:0.13.18'});
	await stage.run({...base, name: 'zenml-pro-dashboard', image: 'zenml-pro-dashboard:0.13.18'});
	stage.expose('zenml-pro', hosts.controlPlane, [
		['/api', 'zenml-pro'],
		['/', 'zenml-pro-dashboard'],
	]);
};
