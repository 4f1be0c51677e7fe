import 'reflect-metadata';
import type {webcrypto} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import type {IncomingMessage, ServerResponse} from 'node:http';
import https from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as x509 from '@peculiar/x509';
import {afterEach, expect} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {Timing} from '../../source/cluster/requests.ts';

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const day = 86_400_000;

export type Pair = {readonly certificate: string; readonly key: string};

const pem = async (key: webcrypto.CryptoKey): Promise<string> =>
	x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

/** A CA with one certificate for 127.0.0.1 and localhost; `endsIn` days may be negative. */
export const makePki = async (endsIn = 1): Promise<{readonly ca: string; readonly server: Pair}> => {
	x509.cryptoProvider.set(crypto);
	const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const notBefore = new Date(Date.now() - 10 * day);
	const notAfter = new Date(Date.now() + endsIn * day);
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		name: 'CN=Test CA',
		keys: caKeys,
		notBefore,
		notAfter: new Date(Date.now() + day),
		signingAlgorithm: algorithm,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
			await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const leaf = await x509.X509CertificateGenerator.create({
		subject: 'CN=test',
		issuer: ca.subject,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
		signingAlgorithm: algorithm,
		notBefore,
		notAfter,
		extensions: [
			new x509.SubjectAlternativeNameExtension([
				{type: 'ip', value: '127.0.0.1'},
				{type: 'dns', value: 'localhost'},
			]),
			await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	return {ca: ca.toString('pem'), server: {certificate: leaf.toString('pem'), key: await pem(keys.privateKey)}};
};

export type Seen = {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingMessage['headers'];
	readonly body: unknown;
	readonly response: ServerResponse;
};

/** What to answer; a handler that writes to `response` itself returns 'handled'. */
export type Handler = (request: Seen) => Reply | 'handled' | undefined;

type Reply = {readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string>};

/** A Kubernetes Status, as the API server sends it. */
export const status = (code: number, reason: string, message: string, details?: unknown) => ({
	status: code,
	body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details},
});

export type TestServer = {
	readonly url: string;
	readonly port: number;
	readonly directory: string;
	readonly kubeconfig: string;
	readonly pki: Awaited<ReturnType<typeof makePki>>;
	/** `METHOD path?query` of all requests, in order. */
	readonly seen: readonly string[];
	/** Requests that no handler wanted; a test asserts that there are none. */
	readonly unexpected: readonly string[];
	readonly write: (name: string, content: unknown) => Promise<string>;
	readonly close: () => Promise<void>;
	/** While it says so, connections are broken off instead of answered. */
	dropNext: () => boolean;
};

/** A kubeconfig with one context. */
export const kubeconfigOf = (cluster: Record<string, unknown>, user: Record<string, unknown>) => ({
	apiVersion: 'v1',
	kind: 'Config',
	clusters: [{name: 'lab', cluster}],
	users: [{name: 'me', user}],
	contexts: [{name: 'lab', context: {cluster: 'lab', user: 'me'}}],
	'current-context': 'lab',
});

const read = async (request: IncomingMessage, response: ServerResponse): Promise<Seen> => {
	const url = new URL(request.url ?? '/', 'https://127.0.0.1');
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString();
	return {
		method: request.method ?? '',
		path: url.pathname,
		query: url.searchParams,
		headers: request.headers,
		body: text === '' ? undefined : JSON.parse(text),
		response,
	};
};

/** What answers where no handler wants to. */
const nobody: Reply = {status: 501, body: {}};

const send = (response: ServerResponse, {status: code = 200, body, headers}: Reply): void => {
	response.writeHead(code, {'content-type': 'application/json', ...headers});
	response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
};

/** An HTTPS server on 127.0.0.1 that answers 501 to whatever its handler does not want, and remembers it. */
export const startServer = async (handler: Handler): Promise<TestServer> => {
	const pki = await makePki();
	const directory = await mkdtemp(join(tmpdir(), 'cluster-test-'));
	const seen: string[] = [];
	const unexpected: string[] = [];
	const sockets = new Set<Socket>();
	const made = {dropNext: () => false};
	const server = https.createServer({cert: pki.server.certificate, key: pki.server.key}, async (request, response) => {
		const asked = await read(request, response);
		seen.push(`${asked.method} ${request.url}`);
		if (made.dropNext()) {
			response.socket?.destroy();
			return;
		}
		const answer = handler(asked);
		if (answer === 'handled') return;
		if (!answer) unexpected.push(`${asked.method} ${asked.path}`);
		send(response, answer ?? nobody);
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as AddressInfo;
	const url = `https://127.0.0.1:${port}`;
	const write = async (name: string, content: unknown): Promise<string> => {
		const file = join(directory, name);
		await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
		return file;
	};
	const caData = Buffer.from(pki.ca).toString('base64');
	const kubeconfig = await write(
		'config',
		kubeconfigOf({server: url, 'certificate-authority-data': caData}, {token: 'token-of-me'}),
	);
	const close = async (): Promise<void> => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
		await rm(directory, {recursive: true, force: true});
	};
	return Object.assign(made, {url, port, directory, kubeconfig, pki, seen, unexpected, write, close});
};

/** Discovery of the kinds that the tests use, and the version; to be put before a test's own handler. */
export const discovery: Handler = ({method, path}) => {
	if (method !== 'GET') return undefined;
	const of = (...entries: readonly (readonly [string, string, boolean])[]) => ({
		body: {kind: 'APIResourceList', resources: entries.map(([name, kind, namespaced]) => ({name, kind, namespaced}))},
	});
	if (path === '/version') return {body: {gitVersion: 'v1.34.0'}};
	if (path === '/api/v1')
		return of(
			['namespaces', 'Namespace', false],
			['pods', 'Pod', true],
			['pods/log', 'Pod', true],
			['secrets', 'Secret', true],
			['events', 'Event', true],
			['configmaps', 'ConfigMap', true],
		);
	if (path === '/apis/batch/v1') return of(['jobs', 'Job', true]);
	if (path === '/apis/apps/v1') return of(['deployments', 'Deployment', true]);
	if (path === '/apis/coordination.k8s.io/v1') return of(['leases', 'Lease', true]);
	return undefined;
};

type Refusal = {readonly status: number; readonly reason: string; readonly said: string; readonly details?: unknown};
type Answering = (request: Seen) => ReturnType<Handler> | Refusal;

const isRefusal = (answer: object): answer is Refusal => 'said' in answer;

/**
 * For a test file: starts servers with clients of theirs, which do not repeat requests, and ends them after each test.
 * A server answers discovery by itself unless it is `bare`; what its handler did not want fails the test.
 */
export const startCluster = () => {
	const servers: TestServer[] = [];
	afterEach(async () => {
		for (const server of servers.splice(0)) {
			await server.close();
			expect(server.unexpected).toEqual([]);
		}
	});
	return async (handler: Answering, {bare = false, timing = {}}: {bare?: boolean; timing?: Partial<Timing>} = {}) => {
		const server = await startServer((request) => {
			const answer = handler(request);
			if (answer === undefined) return bare ? undefined : discovery(request);
			if (answer === 'handled' || !isRefusal(answer)) return answer;
			return status(answer.status, answer.reason, answer.said, answer.details);
		});
		servers.push(server);
		const {kubeconfig} = server;
		const options = {kubeconfig, homeDirectory: '/', environment: {}, timing: {retryPausesMs: [], ...timing}};
		return {server, cluster: createCluster(options)};
	};
};
