import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer, type Server} from 'node:https';
import type {AddressInfo} from 'node:net';
import {createSecureContext, type SecureContext} from 'node:tls';
import type {Pod} from '../kubernetes/index.ts';
import type {Answer, Request} from './messages.ts';
import type {Cluster} from './pod-view.ts';
import {certificateFor, routeOf} from './routing.ts';

export type Front = {readonly port: number; readonly stop: () => Promise<void>};

const errorPage = (title: string): string =>
	`<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

/** The pages of nginx itself. */
const own = {
	404: '404 Not Found',
	413: '413 Request Entity Too Large',
	502: '502 Bad Gateway',
	503: '503 Service Temporarily Unavailable',
} as const;

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

const contentOf = ({json, html, text}: Answer): {readonly type: string; readonly body: string} => {
	if (html !== undefined) return {type: 'text/html; charset=utf-8', body: html};
	if (text !== undefined) return {type: 'text/plain; charset=utf-8', body: text};
	return {type: 'application/json', body: JSON.stringify(json)};
};

const send = (response: ServerResponse, answer: Answer): void => {
	const {type, body} = contentOf(answer);
	response.writeHead(answer.status, {'content-type': type, 'content-length': Buffer.byteLength(body)});
	response.end(body);
};

const errorAnswer = (status: keyof typeof own): Answer => ({status, html: errorPage(own[status])});

type Options = {
	readonly port: number;
	readonly cluster: Cluster;
	/** Shown when no Secret fits, as ingress-nginx shows its fake certificate. */
	readonly fallback: {readonly cert: string; readonly key: string};
	/** What the server in a pod answers. */
	readonly answer: (pod: Pod, request: Request) => Promise<Answer>;
	readonly log: (line: string) => void;
};

const requestOf = (message: IncomingMessage, url: URL, body: string): Request => ({
	method: message.method ?? 'GET',
	path: url.pathname,
	query: url.searchParams,
	headers: Object.fromEntries(
		Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
	),
	body,
});

/** What the controller answers: that of the pod behind host and path, or one of its own pages. */
const handle = async ({cluster, answer, log}: Options, message: IncomingMessage): Promise<Answer> => {
	const url = new URL(message.url ?? '/', 'https://ingress');
	const host = (message.headers.host ?? '').replace(/:\d+$/u, '').toLowerCase();
	const route = routeOf(cluster, host, url.pathname);
	if ('status' in route) return errorAnswer(route.status);
	const body = await bodyOf(message);
	if (body === undefined) return errorAnswer(413);
	try {
		return await answer(route.pod, requestOf(message, url, body));
	} catch (error) {
		log(`ingress: ${message.method} ${host}${url.pathname}: upstream failed: ${String(error)}`);
		return errorAnswer(502);
	}
};

/** The certificate for a host; nginx keeps its fake one when a Secret holds no usable pair. */
const contextFor = ({cluster, fallback}: Options, host: string): SecureContext => {
	try {
		return createSecureContext(certificateFor(cluster, host) ?? fallback);
	} catch {
		return createSecureContext(fallback);
	}
};

const listen = async (server: Server, port: number): Promise<number> => {
	await new Promise<void>((done, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			done();
		});
	});
	return (server.address() as AddressInfo).port;
};

/**
 * The ingress controller of the rehearsal: HTTPS on 127.0.0.1, TLS chosen by SNI from the Secrets that the Ingress
 * objects name, requests handed to `answer` with the pod that is behind host and path. Without a rule it answers 404,
 * without a ready pod 503, and 502 when the server in the pod fails, each with the page of nginx.
 */
export const startFront = async (options: Options): Promise<Front> => {
	const tls = {
		...options.fallback,
		SNICallback: (name: string, done: (error: Error | null, context: SecureContext) => void): void =>
			done(null, contextFor(options, name)),
	};
	const server = createServer(tls, (message, response) => {
		handle(options, message).then(
			(result) => send(response, result),
			() => response.destroy(),
		);
	});
	return {
		port: await listen(server, options.port),
		stop: () =>
			new Promise((done) => {
				server.close(() => done());
				server.closeAllConnections();
			}),
	};
};
