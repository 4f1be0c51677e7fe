import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer, type Server} from 'node:https';
import {createSecureContext} from 'node:tls';
import type {Pod} from '../kubernetes/objects/types.ts';
import type {Answer, Request} from './messages.ts';
import type {Cluster} from './pod-view.ts';
import {certificateFor, routeOf} from './routing.ts';

export type Front = {readonly port: number; readonly stop: () => Promise<void>};

const errorPage = (title: string): string =>
	`<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

const own: Readonly<Record<number, string>> = {
	404: '404 Not Found',
	502: '502 Bad Gateway',
	503: '503 Service Temporarily Unavailable',
};

const maximumBody = 1024 * 1024;

const bodyOf = async (message: IncomingMessage): Promise<string | undefined> => {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of message as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > maximumBody) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, answer: Answer): void => {
	const {status, json, html, text} = answer;
	const [type, body] =
		html !== undefined
			? ['text/html; charset=utf-8', html]
			: text !== undefined
				? ['text/plain; charset=utf-8', text]
				: ['application/json', JSON.stringify(json)];
	response.writeHead(status, {'content-type': type, 'content-length': Buffer.byteLength(body)});
	response.end(body);
};

/**
 * The ingress controller of the rehearsal: HTTPS on 127.0.0.1, TLS chosen by SNI from the Secrets that the Ingress
 * objects name, requests handed to `answer` with the pod that is behind host and path. Without a rule it answers 404,
 * without a ready pod 503, and 502 when the server in the pod fails, each with the page of nginx.
 * @param options.fallback certificate shown when no Secret fits, as ingress-nginx shows its fake certificate.
 */
export const startFront = async (options: {
	readonly port: number;
	readonly cluster: Cluster;
	readonly fallback: {readonly cert: string; readonly key: string};
	readonly answer: (pod: Pod, request: Request) => Promise<Answer>;
	readonly log: (line: string) => void;
}): Promise<Front> => {
	const {cluster, fallback, answer, log} = options;
	const page = (status: 404 | 502 | 503): Answer => ({status, html: errorPage(own[status] ?? '')});
	const handle = async (message: IncomingMessage): Promise<Answer> => {
		const url = new URL(message.url ?? '/', 'https://ingress');
		const host = (message.headers.host ?? '').replace(/:\d+$/u, '').toLowerCase();
		const route = routeOf(cluster, host, url.pathname);
		if ('status' in route) return page(route.status);
		const body = await bodyOf(message);
		if (body === undefined) return {status: 413, html: errorPage('413 Request Entity Too Large')};
		const headers = Object.fromEntries(
			Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
		);
		const request: Request = {
			method: message.method ?? 'GET',
			path: url.pathname,
			query: url.searchParams,
			headers,
			body,
		};
		try {
			return await answer(route.pod, request);
		} catch (error) {
			log(`ingress: ${message.method} ${host}${url.pathname}: upstream failed: ${String(error)}`);
			return page(502);
		}
	};
	const server: Server = createServer(
		{
			...fallback,
			SNICallback: (name, done) => {
				try {
					done(null, createSecureContext(certificateFor(cluster, name) ?? fallback));
				} catch {
					// nginx keeps its fake certificate when a Secret holds no usable pair.
					done(null, createSecureContext(fallback));
				}
			},
		},
		(message, response) => {
			handle(message).then(
				(result) => send(response, result),
				() => response.destroy(),
			);
		},
	);
	await new Promise<void>((done, reject) => {
		server.once('error', reject);
		server.listen(options.port, '127.0.0.1', () => {
			server.off('error', reject);
			done();
		});
	});
	const address = server.address();
	return {
		port: typeof address === 'object' && address ? address.port : options.port,
		stop: () =>
			new Promise((done) => {
				server.close(() => done());
				server.closeAllConnections();
			}),
	};
};
