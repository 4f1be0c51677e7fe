import {randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {Agent, createServer, request} from 'node:https';
import type {AddressInfo} from 'node:net';
import {createAuthority, issueServerCertificate, writeKubeconfig} from '../../../rehearsal/kubernetes/index.ts';
import type {Target} from '../api-client.ts';

/** One request and its answer as they went over the wire. */
export type Exchange = {
	readonly method: string;
	/** Path with its query. */
	readonly url: string;
	readonly contentType: string;
	readonly requestBody: Buffer;
	readonly status: number;
	readonly answerType: string;
	readonly warning: string;
	/** As far as it came before one side left. */
	readonly answerBody: string;
};

type Draft = {-readonly [Key in keyof Exchange]: Exchange[Key]} & {readonly chunks: Buffer[]; isWhole: boolean};

export type Recorder = {
	/** Text of a kubeconfig whose server is this proxy. */
	readonly kubeconfig: string;
	/** Everything seen since the last call, in the order in which the requests came; resolves when no answer is under way. */
	readonly take: () => Promise<readonly Exchange[]>;
	readonly stop: () => Promise<void>;
};

/** True for the path of a watch. */
export const isWatchUrl = (url: string): boolean => /[?&]watch=(true|1)\b/u.test(url);

// Meant for one connection only (RFC 9110, 7.6.1), or decided anew by this proxy.
const ownHeaders = new Set([
	'connection',
	'host',
	'authorization',
	'accept-encoding',
	'transfer-encoding',
	'keep-alive',
]);

// Helm prefers protobuf and takes JSON as well; what is in an answer must be readable here.
const readable = (accept: string): string =>
	accept
		.split(',')
		.filter((one) => !one.includes('protobuf') || one.includes('openapi'))
		.join(',') || 'application/json';

const forwardable = (headers: IncomingMessage['headers']): Record<string, string | string[]> =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([key, value]) =>
			value === undefined || ownHeaders.has(key) ? [] : [[key, value]],
		),
	);

/**
 * Starts a proxy before an API server that shows a certificate of a CA of its own, lets in who has its kubeconfig, and asks the
 * server as `target` says. Answers stream through it, so watches work. Rejects when it cannot listen.
 */
export const startRecorder = async (target: Target): Promise<Recorder> => {
	const authority = await createAuthority();
	const pair = await issueServerCertificate(authority);
	const token = randomBytes(24).toString('base64url');
	const expected = Buffer.from(`Bearer ${token}`);
	const agent = new Agent({
		keepAlive: true,
		ca: target.ca,
		...(target.cert ? {cert: target.cert, key: target.key} : {}),
	});
	let drafts: Draft[] = [];
	const underWay = new Set<Promise<unknown>>();

	const forward = (incoming: IncomingMessage, response: ServerResponse, exchange: Draft, body: Buffer): void => {
		const headers = forwardable(incoming.headers);
		const outgoing = request(
			target.url + exchange.url,
			{
				agent,
				method: exchange.method,
				headers: {
					...headers,
					accept: readable(incoming.headers.accept ?? ''),
					// Bodies must be readable here.
					'accept-encoding': 'identity',
					...(target.token ? {authorization: `Bearer ${target.token}`} : {}),
				},
			},
			(answer) => {
				exchange.status = answer.statusCode ?? 0;
				exchange.answerType = answer.headers['content-type'] ?? '';
				exchange.warning = `${answer.headers.warning ?? ''}`;
				response.writeHead(exchange.status, forwardable(answer.headers));
				response.flushHeaders();
				answer.on('data', (chunk: Buffer) => {
					exchange.chunks.push(chunk);
					response.write(chunk);
				});
				answer.on('end', () => {
					exchange.isWhole = true;
					response.end();
				});
				answer.on('close', () => {
					if (!answer.complete) response.destroy();
				});
			},
		);
		outgoing.on('error', () => response.destroy());
		response.on('close', () => outgoing.destroy());
		const gone = new Promise((done) => outgoing.once('close', done)).finally(() => underWay.delete(gone));
		underWay.add(gone);
		outgoing.end(body);
	};

	const server = createServer({cert: pair.certPem, key: pair.keyPem}, (incoming, response) => {
		const given = Buffer.from(incoming.headers.authorization ?? '');
		if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
			response.writeHead(401).end();
			return;
		}
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			const body = Buffer.concat(chunks);
			const exchange: Draft = {
				method: incoming.method ?? 'GET',
				url: incoming.url ?? '/',
				contentType: incoming.headers['content-type'] ?? '',
				requestBody: body,
				status: 0,
				answerType: '',
				warning: '',
				answerBody: '',
				chunks: [],
				isWhole: false,
			};
			drafts.push(exchange);
			forward(incoming, response, exchange, body);
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		kubeconfig: writeKubeconfig({name: 'recorder', url, caPem: authority.certPem, user: 'recorder', token}),
		take: async () => {
			await Promise.all(underWay);
			const taken = drafts;
			drafts = [];
			// A client that leaves, because it has what it wanted or is over, was not told anything; a watch ends no other way.
			const told = taken.filter(({isWhole, status, url}) => isWhole || (status !== 0 && isWatchUrl(url)));
			return told.map(({chunks, isWhole: _, ...exchange}) => ({
				...exchange,
				answerBody: Buffer.concat(chunks).toString('utf8'),
			}));
		},
		stop: async () => {
			agent.destroy();
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
};
