import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {beforeAll, expect, test} from 'vitest';
import {type Authority, createAuthority} from '../../../rehearsal/authority/index.ts';
import type {KubeObject, Pod} from '../../../rehearsal/kubernetes/index.ts';
import {createStore} from '../../../rehearsal/kubernetes/objects/store.ts';
import {coloured, databaseTraceback, driverComplaint, storeOf} from '../../../rehearsal/product/database/index.ts';
import {parseImage, pullImage} from '../../../rehearsal/product/images.ts';
import {createPodNetwork, NameError, pythonReason} from '../../../rehearsal/product/network/pod-network.ts';
import {trustOf} from '../../../rehearsal/product/pod-view.ts';
import {runProbe} from '../../../rehearsal/product/probe.ts';
import {routeOf} from '../../../rehearsal/product/routing.ts';
import {issueToken, readToken} from '../../../rehearsal/product/tokens.ts';
import {answerWorkspace} from '../../../rehearsal/product/workspace.ts';

const {signal} = new AbortController();
let authority: Authority;
beforeAll(async () => {
	authority = await createAuthority({name: 'Pod CA'});
});

const object = (namespace: string, name: string, more: object): KubeObject =>
	({
		apiVersion: 'v1',
		kind: 'Any',
		metadata: {name, namespace, uid: name, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z'},
		...more,
	}) as KubeObject;

// The database of a server

const full = {
	host: 'db.example',
	port: 6432,
	user: 'me',
	database: 'zenml',
	password: 'p w',
	connectionTimeoutMillis: 5000,
};

test.each([
	['a URL', {ZENML_STORE_URL: 'postgresql+psycopg2://me:p%20w@db.example:6432/zenml'}, full],
	[
		'a URL and a password beside it',
		{ZENML_STORE_URL: 'postgres://me@db.example:6432/zenml', ZENML_STORE_PASSWORD: 'p w'},
		full,
	],
	[
		'the parts of the control plane',
		{
			ZENML_CLOUD_DATABASE_HOST: 'db.example',
			ZENML_CLOUD_DATABASE_PORT: '6432',
			ZENML_CLOUD_DATABASE_USER: 'me',
			ZENML_CLOUD_DATABASE_PASSWORD: 'p w',
			ZENML_CLOUD_DATABASE_DATABASE: 'zenml',
		},
		full,
	],
	[
		'no more than a host',
		{ZENML_CLOUD_DB_HOST: 'db.example'},
		{host: 'db.example', port: 5432, user: '', database: '', connectionTimeoutMillis: 5000},
	],
])('a server finds its database by %s', (_, environment, config) => {
	expect(storeOf(environment, {trust: []})?.config).toEqual(config);
});

test.each([
	['sslmode=verify-full', {ca: ['trusted']}],
	['sslmode=verify-ca', {ca: ['trusted']}],
	['sslmode=require', {rejectUnauthorized: false}],
	['', undefined],
])('TLS to PostgreSQL with %j', (query, ssl) => {
	const environment = {ZENML_STORE_URL: `postgresql://me@db.example/zenml?${query}`};
	expect(storeOf(environment, {trust: ['trusted']})?.config.ssl).toEqual(ssl);
});

const pem = '-----BEGIN CERTIFICATE-----';

test.each([
	['nothing', {}, undefined],
	['TLS alone', {ZENML_STORE_SSL: 'True'}, {rejectUnauthorized: false}],
	['a CA', {ZENML_STORE_SSL: 'True', ZENML_STORE_SSL_CA: pem}, {ca: [pem], checksName: false}],
	[
		'a file with a CA, and the name checked',
		{ZENML_STORE_SSL: 'True', ZENML_STORE_SSL_CA: '/dbcerts/ca.crt', ZENML_STORE_SSL_VERIFY_SERVER_CERT: 'True'},
		{ca: ['from a file'], checksName: true},
	],
	[
		'a certificate of its own',
		{ZENML_STORE_SSL: 'True', ZENML_STORE_SSL_CERT: '/dbcerts/ca.crt', ZENML_STORE_SSL_KEY: `${pem}key`},
		{rejectUnauthorized: false, cert: 'from a file', key: `${pem}key`},
	],
])('TLS to MySQL with %s is as PyMySQL does it', (_, environment, ssl) => {
	const files = new Map([['/dbcerts/ca.crt', 'from a file']]);
	const url = {ZENML_STORE_URL: 'mysql://me@db.example/zenml'};
	expect(storeOf({...url, ...environment}, {trust: ['trusted'], files})?.config.ssl).toEqual(ssl);
});

test('a server knows drivers that it does not have, and SQLite needs no target', () => {
	const of = (environment: Record<string, string>) => storeOf(environment, {trust: []});
	expect(of({ZENML_CLOUD_DATABASE_HOST: 'db', ZENML_CLOUD_DATABASE_TYPE: 'mysql'})).toMatchObject({
		driver: 'mysql',
		config: {port: 3306},
	});
	expect(of({DATABASE_URL: 'sqlite:////data/zenml.db'})).toBeUndefined();
	expect(of({})).toBeUndefined();
});

test.each([
	['postgresql', {code: 'ECONNREFUSED'}, 'connection to server at "db.example", port 5432 failed: Connection refused'],
	['postgresql', {code: '28P01', message: 'password wrong'}, 'port 5432 failed: FATAL:  password wrong'],
	['postgresql', {message: 'timeout expired'}, 'port 5432 failed: timeout expired'],
	['mysql', {errno: 1045, sqlMessage: 'Access denied'}, '(pymysql.err.OperationalError) (1045, "Access denied")'],
	['mysql', {code: 'ECONNREFUSED'}, `(2003, "Can't connect to MySQL server on 'db.example' ([Errno 111] Connection`],
	['mysql', {message: 'self-signed certificate'}, 'CERTIFICATE_VERIFY_FAILED'],
	['mysql', {message: 'no answer'}, "(2003, \"Can't connect to MySQL server on 'db.example' (no answer)\")"],
])('a traceback of %s words %j as the driver of Python does', (driver, error, words) => {
	const target = storeOf({DATABASE_URL: `${driver}://me@db.example/zenml`}, {trust: []});
	const lines = target ? databaseTraceback(target, error) : [];
	expect(lines.join('\n')).toContain(words);
	expect(lines.length).toBeGreaterThan(250);
});

test('the end of a password stands in the log of a server that cannot take its database, and no more of it', () => {
	const password = 'the beginning of a long password and its end';
	const environment = {ZENML_STORE_URL: 'postgresql://me@db.example/zenml', ZENML_STORE_PASSWORD: password};
	const target = storeOf(environment, {trust: []});
	const text = target ? driverComplaint(target).join('\n') : '';
	expect(text).toContain('Invalid SQL driver value `postgresql`');
	expect(text).toContain(`input_value={'type': 'sql', 'auth_mod...${password.slice(-22)}'}, input_type=dict`);
	expect(text).not.toContain(password.slice(0, 12));
});

test('lines of trouble are coloured without a terminal, unless the server is told otherwise', () => {
	expect(coloured({}, 'x')).toBe('\u001B[31mx\u001B[0m');
	expect(coloured({ZENML_LOGGING_COLORS_DISABLED: 'true'}, 'x')).toBe('x');
});

// Images

test.each([
	['busybox', {host: 'docker.io', repository: 'library/busybox', reference: 'latest'}],
	['team/app:2', {host: 'docker.io', repository: 'team/app', reference: '2'}],
	['localhost/app', {host: 'localhost', repository: 'app', reference: 'latest'}],
	['r.example:5000/a/b:1@sha256:ab', {host: 'r.example:5000', repository: 'a/b', reference: 'sha256:ab'}],
])('the image %s', (image, parts) => {
	expect(parseImage(image)).toEqual(parts);
});

/** A registry that answers every question with one status. */
const withRegistry = async <T>(status: number, work: (host: string) => Promise<T>): Promise<T> => {
	const server = createServer((request, response) => {
		const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:p:w').toString('base64')}`;
		response.writeHead(isKnown ? 200 : status, {'docker-content-digest': 'sha256:ab'}).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await work(`127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
};

const pullSecret = (auths: unknown): KubeObject =>
	object('default', 'pull', {
		data: {'.dockerconfigjson': Buffer.from(JSON.stringify({auths})).toString('base64')},
	});
const pulling = (registryHost: string, pullSecrets: readonly KubeObject[]) =>
	pullImage({image: `${registryHost}/app:1`, registryHost, pullSecrets, signal});

test('a node tries the logins that are meant for the host, in either form that docker writes', async () => {
	await withRegistry(401, async (host) => {
		const auth = Buffer.from('me:p:w').toString('base64');
		const wrong = pullSecret({[host]: {username: 'me', password: 'old'}});
		const elsewhere = pullSecret({'other.example': {auth}});
		expect(await pulling(host, [wrong, elsewhere, pullSecret({[`https://${host}/v1/`]: {auth}})])).toBe('sha256:ab');
		await expect(pulling(host, [elsewhere])).rejects.toThrow('no basic auth credentials');
		await expect(pulling(host, [wrong])).rejects.toThrow(
			/unexpected status from HEAD request to .*: 401 Unauthorized$/u,
		);
	});
});

test.each([
	[403, 'no basic auth credentials'],
	[404, 'app:1: not found'],
	[500, '/v2/app/manifests/1: 500'],
])('a registry that answers %i is told as containerd tells it', async (status, words) => {
	await withRegistry(status, async (host) => {
		await expect(pulling(host, [])).rejects.toThrow(words);
	});
});

test('a registry that does not answer is told with the reason', async () => {
	await expect(pulling('127.0.0.1:1', [])).rejects.toThrow('failed to do request: Head "http://127.0.0.1:1/v2/app');
});

// The network of pods

test('a pod asks no name server for an address, and one that is silent is no missing name', async () => {
	const network = createPodNetwork('127.0.0.1:1');
	expect(await network.resolve('10.1.2.3', signal)).toEqual(['10.1.2.3']);
	await expect(network.resolve('host.example', signal)).rejects.toMatchObject({code: 'ECONNREFUSED'});
});

test.each([
	[new NameError('host.example'), 'NameResolutionError: Failed to resolve'],
	[Object.assign(new Error('x'), {code: 'CERT_HAS_EXPIRED'}), 'certificate has expired'],
	[new Error('something else'), 'something else'],
])('the reason %s as Python words it', (error, words) => {
	expect(pythonReason(error)).toContain(words);
});

const network = (error?: unknown) => ({
	resolve: async () => [],
	request: async () => {
		throw error;
	},
});

test.each([
	['dns', new NameError('host.example')],
	['timeout', Object.assign(new Error('late'), {name: 'TimeoutError'})],
	['certificate', Object.assign(new Error('x'), {code: 'SELF_SIGNED_CERT_IN_CHAIN'})],
	['refused', Object.assign(new Error('x'), {code: 'ECONNREFUSED'})],
	['refused', Object.assign(new Error('x'), {code: 'EHOSTUNREACH'})],
	['other', new Error('x')],
])('a probe tells a failure of the kind %s', async (kind, error) => {
	const environment = {PROBE_KIND: 'https', PROBE_ARGS: '{"url": "https://host.example"}'};
	const {exitCode, result} = await runProbe({environment, network: network(error), signal});
	expect({exitCode, kind: result.kind}).toEqual({exitCode: 0, kind});
});

test('a probe of a name that is not known, of nothing, and of a kind that is not played', async () => {
	const probing = (environment: Record<string, string>) => runProbe({environment, network: network(), signal});
	expect(await probing({PROBE_KIND: 'database', PROBE_ARGS: '{"host": "host.example", "port": 1}'})).toMatchObject({
		exitCode: 0,
		result: {kind: 'dns'},
	});
	expect(await probing({PROBE_KIND: 'runner', RUNNER_CA: authority.caPem})).toEqual({exitCode: 0, result: {ok: true}});
	expect(await probing({PROBE_KIND: 'runner', RUNNER_CA: 'no PEM'})).toMatchObject({
		exitCode: 0,
		result: {error: expect.any(String)},
	});
	expect(await probing({PROBE_KIND: 'dns'})).toEqual({exitCode: 0, result: {}});
	expect(await probing({PROBE_KIND: 'udp'})).toEqual({
		exitCode: 2,
		result: {error: 'this rehearsal cannot run a probe of kind "udp"', kind: 'other'},
	});
});

// What a pod sees of the cluster

test('a pod trusts the CAs in the files that are mounted into it, and nothing else in them', async () => {
	const other = await createAuthority({name: 'Other CA'});
	const {cert} = await authority.issue({hosts: ['leaf.example']});
	const store = createStore();
	const encoded = (text: string) => Buffer.from(text).toString('base64');
	store.put('secrets', object('default', 'own', {data: {'ca.crt': encoded(authority.caPem), leaf: encoded(cert)}}));
	store.put('configmaps', object('default', 'more', {data: {'other.crt': other.caPem, broken: 'no PEM'}}));
	const mount = (volumeMounts: object[], volumes: object[]) =>
		trustOf(store, object('default', 'p', {spec: {containers: [{volumeMounts}], volumes}}) as Pod);
	const secret = {name: 'v', secret: {secretName: 'own'}};
	expect(mount([{name: 'v', mountPath: '/ca'}], [secret])).toEqual([authority.caPem.trim()]);
	expect(mount([{name: 'v', mountPath: '/ca', subPath: 'ca.crt'}], [secret])).toEqual([authority.caPem.trim()]);
	expect(mount([{name: 'v', mountPath: '/ca', subPath: 'leaf'}], [secret])).toEqual([]);
	const items = [
		{key: 'other.crt', path: 'o.crt'},
		{key: 'none', path: 'n'},
	];
	const projected = {name: 'v', projected: {sources: [{configMap: {name: 'more', items}}, {secret: {name: 'none'}}]}};
	expect(mount([{name: 'v', mountPath: '/ca'}], [projected])).toEqual([other.caPem.trim()]);
	expect(mount([{name: 'absent', mountPath: '/ca'}], [secret])).toEqual([]);
});

test('an exact path and a path of a numbered port lead to a pod; without a ready one the answer is 503', () => {
	const store = createStore();
	store.put('ingressclasses.networking.k8s.io', object('', 'nginx', {}));
	const backend = {service: {name: 's', port: {number: 80}}};
	const paths = [{path: '/only', pathType: 'Exact', backend}];
	const annotations = {'kubernetes.io/ingress.class': 'nginx'};
	const {metadata, ...ingress} = object('default', 'i', {spec: {rules: [{http: {paths}}, {host: '*.example'}]}});
	store.put('ingresses.networking.k8s.io', {...ingress, metadata: {...metadata, annotations}});
	expect(routeOf(store, 'any.example', '/only')).toEqual({status: 503});
	expect(routeOf(store, 'any.example', '/only/more')).toEqual({status: 404});
	store.put('services', object('default', 's', {spec: {selector: {}, ports: [{port: 80}]}}));
	store.put('pods', object('default', 'p', {status: {conditions: [{type: 'Ready', status: 'True'}]}}));
	expect(routeOf(store, 'any.example', '/only')).toMatchObject({pod: {metadata: {name: 'p'}}});
});

test('a token that is old or changed speaks for nobody', () => {
	const claims = {kind: 'account', sub: 'me', exp: 100} as const;
	const token = issueToken(claims, 'key');
	expect(readToken(token, 'key', 99_000)).toEqual(claims);
	expect(readToken(token, 'key', 100_000)).toBeUndefined();
	expect(readToken(token, 'other key', 99_000)).toBeUndefined();
});

test('a workspace server answers health and pages to everybody and its API to nobody', () => {
	const asking = (path: string) =>
		answerWorkspace({method: 'GET', path, query: new URLSearchParams(), headers: {}, body: ''}, {}, '1.0');
	expect(asking('/ready')).toEqual({status: 200, json: 'OK'});
	expect(asking('/api/v1/users').status).toBe(401);
	expect(asking('/anything').html).toContain('ZenML Dashboard');
	expect(asking('/api/v1/info').json).toMatchObject({version: '1.0', deployment_type: 'kubernetes', id: null});
});
