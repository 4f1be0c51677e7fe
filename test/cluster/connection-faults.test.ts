import https from 'node:https';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {connectionError} from '../../source/cluster/connection-errors.ts';
import {HttpFailure} from '../../source/http/failure.ts';
import {kubeconfigOf, makePki, startCluster} from './server.ts';
import {expectProblem, type Told} from './support/problem-of.ts';

const {signal} = new AbortController();
const answers = ['kubernetes.kubeconfig', 'kubernetes.context'];
const start = startCluster();
const fail = (code: string) => Object.assign(new Error('it failed'), {code});

const listeners: Server[] = [];
afterEach(async () => {
	for (const listener of listeners.splice(0)) await new Promise((resolve) => listener.close(resolve));
});

const listen = async (server: Server): Promise<number> => {
	listeners.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
};

type Row = Told & {readonly codes: readonly string[]};

const rows: readonly Row[] = [
	{
		codes: ['ECONNREFUSED'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		message: 'The cluster at https://s refuses the connection (asked to read pods).',
		cause: 'Nothing listens at that address and port, or a firewall rejects it.',
		fix: 'Check the server address in the kubeconfig, and that this host may reach it.',
	},
	{
		codes: ['ENOTFOUND', 'EAI_AGAIN'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		message: 'The cluster at https://s cannot be found (asked to read pods).',
		cause: 'The name server of this host does not know the host name.',
		fix: 'Check the server address in the kubeconfig, and the DNS of this host.',
	},
	{
		codes: ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		message: 'The cluster at https://s does not answer (asked to read pods).',
		cause: 'There is no way to that address, or a firewall drops the packets.',
		fix: 'Check route, VPN and firewall between this host and the cluster.',
	},
	{
		codes: ['ECONNRESET', 'EPIPE'],
		code: 'kubernetes-unreachable',
		who: 'network team',
		message: 'The cluster at https://s broke the connection off (asked to read pods).',
		cause: 'The server, or a load balancer or firewall in between, closed the connection.',
		fix: 'Try again; if it stays, look at the load balancer of the API server.',
	},
	{
		codes: ['EPROTO', 'HPE_INVALID_CONSTANT'],
		code: 'kubernetes-unreachable',
		who: 'operator',
		message: 'The cluster at https://s does not speak HTTPS as expected (asked to read pods).',
		cause: 'The port belongs to another service, or the server wants no TLS or another version of it.',
		fix: 'Check the server address in the kubeconfig.',
	},
	{
		codes: ['EMFILE'],
		code: 'kubernetes-unreachable',
		who: 'operator',
		message: 'The cluster at https://s cannot be reached (asked to read pods).',
		cause: 'The connection failed for the reason below.',
		fix: 'Check the server address in the kubeconfig, and the network of this host.',
	},
	{
		codes: ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		message: 'The cluster at https://s shows a certificate of an unknown CA (asked to read pods).',
		cause: 'The certificate-authority of the kubeconfig is not the one that signed the server certificate.',
		fix: 'Get a kubeconfig with the right certificate-authority-data; a proxy that opens TLS also has this effect.',
	},
	{
		codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		message: 'The cluster at https://s shows a certificate for other names (asked to read pods).',
		cause: 'The address in the kubeconfig is not among the names of the server certificate.',
		fix: 'Use one of the names in the certificate as server, or set tls-server-name in the kubeconfig.',
	},
	{
		codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
		code: 'kubernetes-untrusted',
		who: 'cluster admin',
		message: 'The cluster at https://s shows a certificate that is not valid now (asked to read pods).',
		cause: 'The server certificate has expired or begins later, or the clock of this host is wrong.',
		fix: 'Check the date of this host; then have the server certificate renewed.',
	},
	{
		codes: ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'],
		code: 'kubernetes-unauthorized',
		who: 'cluster admin',
		message: 'The cluster at https://s does not accept the client certificate.',
		cause: 'The server ended the TLS handshake because of the certificate of this kubeconfig.',
		fix: 'Get a new kubeconfig from the cluster admin.',
	},
	{
		codes: ['ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
		code: 'kubeconfig-invalid',
		who: 'operator',
		message:
			'The cluster at https://s cannot be asked: client key and certificate do not belong together (asked to read pods).',
		cause: 'client-key and client-certificate of the kubeconfig are not a pair.',
		fix: 'Get a new kubeconfig.',
	},
];

describe('a fault of the line', () => {
	const deed = {deed: 'read pods', server: 'https://s'};

	it.each(rows)('with the codes $codes becomes $code: $message', ({codes, ...told}) => {
		for (const code of codes) {
			const error = fail(code);
			const found = connectionError(error, deed);
			expect(found.problem).toEqual({
				...told,
				area: told.code === 'kubeconfig-invalid' ? 'usage' : 'cluster',
				answers,
				nextSteps: [],
				evidence: ['Error: it failed', `code ${code}`],
			});
			expect(found.cause).toBe(error);
		}
	});

	it('is found however deeply it is wrapped, and in each try of a connection to several addresses', () => {
		const wrapped = new Error('fetch failed', {cause: fail('ECONNREFUSED')});
		expect(connectionError(wrapped, deed).facts.case).toBe('refused');
		const tries = new AggregateError([fail('ETIMEDOUT'), new Error('no route')]);
		const found = connectionError(tries, deed);
		expect(found.facts.case).toBe('no answer');
		expect(found.problem.evidence).toEqual(['Error: it failed', 'Error: no route', 'code ETIMEDOUT']);
	});

	it('of which nothing is known is told in its own words', () => {
		expect(connectionError('odd', deed).problem).toMatchObject({evidence: ['odd'], code: 'kubernetes-unreachable'});
	});

	it('is named where the operating system has no code for it', () => {
		const silent = new HttpFailure('silence', {stage: 'answer', sentBytes: 0, waitedMs: 30_000});
		expect(connectionError(silent, deed).facts.case).toBe('no answer');
	});
});

const reach = async (server: string, user: Record<string, unknown> = {token: 'x'}, more = {}) => {
	const {server: files} = await start(() => undefined);
	const kubeconfig = await files.write('elsewhere', kubeconfigOf({server, ...more}, user));
	return createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing: {retryPausesMs: []}}).version(signal);
};

describe('a real line', () => {
	it('to another service than HTTPS says so', async () => {
		const ssh = createServer((socket) => {
			socket.resume();
			socket.end('SSH-2.0-OpenSSH\r\n');
		});
		const work = reach(`https://127.0.0.1:${await listen(ssh)}`);
		const found = await expectProblem(work, {code: 'kubernetes-unreachable'});
		expect(found.message).toContain('does not speak HTTPS');
	});

	it('to a port where nothing listens says so', async () => {
		const gone = createServer();
		const port = await listen(gone);
		await new Promise((resolve) => listeners.pop()?.close(resolve));
		const found = await expectProblem(reach(`https://127.0.0.1:${port}`), {code: 'kubernetes-unreachable'});
		expect(found.message).toContain('refuses the connection');
	});

	it('to a name that nobody knows says so', async () => {
		const found = await expectProblem(reach('https://no-such-host.invalid:6443'), {code: 'kubernetes-unreachable'});
		expect(found.message).toContain('cannot be found');
	});

	it('to a server whose CA is not that of the kubeconfig says so', async () => {
		const {server} = await start(() => undefined);
		const {ca} = await makePki();
		const trust = {'certificate-authority-data': Buffer.from(ca).toString('base64')};
		await expectProblem(reach(server.url, undefined, trust), {code: 'kubernetes-untrusted', area: 'cluster'});
	});

	it('to a server that has another name says so', async () => {
		const {server} = await start(() => undefined);
		const trust = {'certificate-authority-data': Buffer.from(server.pki.ca).toString('base64')};
		const work = reach(server.url, undefined, {...trust, 'tls-server-name': 'other.example.com'});
		const found = await expectProblem(work, {code: 'kubernetes-untrusted'});
		expect(found.message).toContain('for other names');
	});

	it('to a server that wants a client certificate says so', async () => {
		const {ca, server: pair} = await makePki();
		const strict = https.createServer({ca, cert: pair.certificate, key: pair.key, requestCert: true});
		const work = reach(`https://127.0.0.1:${await listen(strict)}`, {}, {'insecure-skip-tls-verify': true});
		await expectProblem(work, {code: 'kubernetes-unauthorized'});
	});
});

describe('a server', () => {
	it('that accepts the request and never answers is not waited for', async () => {
		const {cluster} = await start(() => 'handled', {timing: {requestMs: 200}});
		const found = await expectProblem(cluster.version(signal), {code: 'kubernetes-unreachable'});
		expect(found.message).toContain('does not answer');
	});

	it('that stops in the middle of an answer is not waited for', async () => {
		const {cluster} = await start(
			({response}) => {
				response.writeHead(200, {'content-length': '100'});
				response.write('{"gitVersion":');
				return 'handled';
			},
			{timing: {requestMs: 200}},
		);
		const found = await expectProblem(cluster.version(signal), {code: 'kubernetes-unreachable'});
		expect(found.evidence).toEqual(['HttpFailure: nothing moved within 0.2 s']);
	});

	it('that never stops answering is not heard out', async () => {
		const {cluster} = await start(
			({response}) => {
				response.writeHead(200);
				const flood = setInterval(() => response.write('x'.repeat(1000)), 1);
				response.once('close', () => clearInterval(flood));
				return 'handled';
			},
			{timing: {mostBytes: 5000}},
		);
		await expectProblem(cluster.version(signal), {
			code: 'kubernetes-answer-too-long',
			cause: 'Nothing that this program asks for is that long; something else than the API server may answer there.',
			fix: 'Check the server address in the kubeconfig, and what stands between this host and the cluster.',
			evidence: ['HttpFailure: the answer is longer than any that is expected'],
		});
	});

	it('that shows a login page is not taken for a cluster', async () => {
		const {cluster} = await start(() => ({body: '<html>Sign in</html>', headers: {'content-type': 'text/html'}}));
		await expectProblem(cluster.version(signal), {
			code: 'kubernetes-no-api-server',
			area: 'cluster',
			message: `What answers at ${cluster.server} is not a Kubernetes API server.`,
			cause: 'Asked for its version, it gave none; a login page or a proxy may stand in between.',
			fix: 'Check the server address in the kubeconfig.',
			answers,
			evidence: ['<html>Sign in</html>'],
		});
	});

	it('that sends its clients elsewhere is not followed', async () => {
		const {cluster} = await start(() => ({status: 302, body: '', headers: {location: 'https://login'}}));
		await expectProblem(cluster.version(signal), {
			code: 'kubernetes-refused',
			evidence: ['The answer is a redirect to https://login.'],
		});
	});
});
