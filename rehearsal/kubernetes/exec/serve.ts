import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import semver from 'semver';
import {type WebSocket, WebSocketServer} from 'ws';
import {type Attributes, attributesOf, authorize} from '../api/access.ts';
import type {Api} from '../api/call.ts';
import {parseRequest} from '../api/requests.ts';
import {ApiError, badRequest} from '../objects/errors.ts';
import {refuse, talk} from './talk.ts';
import {notRunning, type Wanted, wantedIn} from './target.ts';
import type {ExecPod} from './types.ts';

/** The longest message that a client may send, bytes. */
const mostInMessage = 1024 * 1024;

/** From this version on the API server knows the end of stdin by itself, whatever the node knows. */
const newerFrom = '1.30.0';
/** From this version on a WebSocket needs the right that a POST always needed. */
const createFrom = '1.35.0';

const protocolsOf = (version: string): readonly string[] =>
	semver.gte(version, newerFrom) ? ['v5.channel.k8s.io', 'v4.channel.k8s.io'] : ['v4.channel.k8s.io'];

const answer = (socket: Duplex, code: number, body: string): void => {
	socket.end(
		[
			`HTTP/1.1 ${code} ${code === 403 ? 'Forbidden' : 'Refused'}`,
			'content-type: application/json',
			`content-length: ${Buffer.byteLength(body)}`,
			'connection: close',
			'',
			body,
		].join('\r\n'),
	);
};

const authorizeAll = (api: Api, request: IncomingMessage, attributes: Attributes, version: string): void => {
	const user = api.authentication.userOf(request.headers);
	authorize(api.rights, user, attributes);
	if (semver.gte(version, createFrom)) authorize(api.rights, user, {...attributes, verb: 'create'});
};

/** What may be asked for by an upgrade: a command in a pod. @throws ApiError for everything else */
const wantedBy = (api: Api, request: IncomingMessage, version: string): Wanted => {
	const url = new URL(request.url ?? '/', 'https://localhost');
	const asked = parseRequest(request.method ?? 'GET', url);
	if (asked?.plural !== 'pods' || asked.group !== '' || asked.subresource !== 'exec')
		throw new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
	authorizeAll(api, request, attributesOf(asked), version);
	return wantedIn(api.operations.store, asked, url.searchParams);
};

const offeredBy = ({headers}: IncomingMessage): readonly string[] =>
	(headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());

/** A signal for what runs in a pod: aborted when the pod is gone, whose processes end with it, or when the cluster stops. */
const whileThere = ({operations: {store}, signal}: Api, {pod}: Wanted) => {
	const gone = new AbortController();
	const letGo = store.subscribe(({type, kind, object}) => {
		if (type === 'DELETED' && kind === 'pods' && object.metadata.uid === pod.metadata.uid) gone.abort();
	});
	return {signal: AbortSignal.any([signal, gone.signal]), letGo};
};

/**
 * Answers upgrades to WebSockets: `pods/exec`, with the protocols of a Kubernetes version. What cannot be had is refused before the
 * upgrade by a Status; what only the node knows is told on the channel of the status.
 */
export const serveUpgrades = (api: Api, version: string, execPod: ExecPod) => {
	const spoken = protocolsOf(version);
	const sockets = new Set<WebSocket>();
	const server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		maxPayload: mostInMessage,
		handleProtocols: (offered) => spoken.find((one) => offered.has(one)) ?? false,
	});
	const begin = (socket: WebSocket, wanted: Wanted): void => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		const refusal = notRunning(wanted);
		if (refusal) {
			refuse(socket, refusal);
			return;
		}
		const {signal, letGo} = whileThere(api, wanted);
		talk(socket, wanted, {execPod, signal})
			.catch(() => socket.terminate())
			.finally(letGo);
	};
	return {
		upgrade: (request: IncomingMessage, line: Duplex, head: Buffer): void => {
			line.on('error', () => line.destroy());
			try {
				const wanted = wantedBy(api, request, version);
				// SPDY, which older clients try.
				if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw badRequest('Upgrade request required');
				const offered = offeredBy(request);
				// golang.org/x/net/websocket refuses so what no protocol is found for.
				if (!spoken.some((one) => offered.includes(one))) answer(line, 403, '');
				else server.handleUpgrade(request, line, head, (socket) => begin(socket, wanted));
			} catch (error) {
				const {status} = error instanceof ApiError ? error : new ApiError(500, 'InternalError', String(error));
				answer(line, status.code ?? 500, JSON.stringify(status));
			}
		},
		close: (): void => {
			for (const socket of sockets) socket.terminate();
		},
	};
};
