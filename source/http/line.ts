import http, {type ClientRequest, type IncomingMessage} from 'node:http';
import https, {type RequestOptions} from 'node:https';
import type {Socket} from 'node:net';
import {createOutflow, type Outflow} from './outflow.ts';
import type {Call} from './types.ts';
import {createWatch, type Watch} from './watch.ts';

/** One request on its way, from the first packet to the last byte of its answer. */
export type Line = {
	readonly request: ClientRequest;
	readonly outflow: Outflow;
	readonly watch: Watch;
	/** Resolves when there is a connection, TLS included. */
	readonly connected: Promise<void>;
	/** Resolves when an answer begins. */
	readonly answered: Promise<IncomingMessage>;
	/** Ends the line; its connection is kept for the next request where nothing was left half-way. @param whole the answer was read to its end */
	readonly close: (whole: boolean) => void;
};

/** Node decodes user name and password of an address, and throws where they cannot be decoded: a server may name such an address. */
const withReadableUser = (url: URL): URL => {
	try {
		decodeURIComponent(`${url.username}:${url.password}`);
		return url;
	} catch {
		return Object.assign(new URL(url), {username: '', password: ''});
	}
};

const openRequest = ({method, url, headers}: Call, options: RequestOptions): ClientRequest =>
	(url.protocol === 'https:' ? https : http).request(withReadableUser(url), {
		// Whoever wants less says so by name; NODE_TLS_REJECT_UNAUTHORIZED of the environment does not count.
		rejectUnauthorized: true,
		...options,
		method,
		headers: {...options.headers, ...headers},
	});

/** Resolves when the connection that a request is given is open; one that was kept is already. */
const connection = (request: ClientRequest, secure: boolean, onTcp: () => void): Promise<void> =>
	new Promise((resolve) => {
		request.once('socket', (socket: Socket) => {
			if (!socket.connecting) return resolve();
			socket.once('connect', secure ? onTcp : resolve);
			if (secure) socket.once('secureConnect', resolve);
		});
	});

/**
 * Starts a request, and watches over it until it is closed.
 * @param options of node: the agent or the trust, and headers beside those of the call
 * @param onSent hears the bytes of the body that left this process, absolute
 */
export const openLine = (call: Call, options: RequestOptions, onSent: (bytes: number) => void): Line => {
	const {url, signal} = call;
	const request = openRequest(call, options);
	const outflow = createOutflow(request, onSent);
	const watch = createWatch(outflow.taken, () => {
		outflow.stop();
		request.destroy();
	});
	const answered = Promise.withResolvers<IncomingMessage>();
	const abort = (): void => watch.fail(signal.reason);
	signal.addEventListener('abort', abort, {once: true});
	request.on('error', (error) => {
		// Once an answer has begun, it may come whole though the line is broken for what was still to be sent.
		if (watch.stage() !== 'receive') watch.fail(watch.lost(error));
	});
	request.once('response', (response) => {
		watch.reach('receive');
		outflow.stop();
		answered.resolve(response);
	});
	return {
		request,
		outflow,
		watch,
		connected: connection(request, url.protocol === 'https:', () => watch.reach('handshake')),
		answered: answered.promise,
		close: (whole) => {
			if (!watch.end()) return;
			outflow.stop();
			signal.removeEventListener('abort', abort);
			if (!whole || !request.writableFinished) request.destroy();
		},
	};
};
