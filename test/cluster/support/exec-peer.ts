import {mkdtemp, writeFile} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterEach, beforeAll} from 'vitest';
import {type WebSocket, WebSocketServer} from 'ws';
import {createCluster} from '../../../source/cluster/cluster.ts';
import type {PodExec} from '../../../source/cluster/types.ts';
import {kubeconfigOf, makePki} from '../server.ts';

let pki: Awaited<ReturnType<typeof makePki>>;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
	pki = await makePki();
});
afterEach(async () => {
	for (const end of ends.splice(0)) await end();
});

type Peer = {
	/** What is done with an upgrade; undefined opens the socket. */
	readonly decline?: (request: IncomingMessage) => string | undefined;
	readonly talk?: (socket: WebSocket, request: IncomingMessage) => void;
	readonly speaks?: readonly string[];
};

/** A server of a few lines that does what it is told, and a client of it. */
export const startPeer = async ({decline, talk, speaks = ['v5.channel.k8s.io']}: Peer) => {
	const asked: IncomingMessage[] = [];
	const sockets = new Set<Socket>();
	const server = https.createServer({cert: pki.server.certificate, key: pki.server.key});
	const upgrades = new WebSocketServer({
		noServer: true,
		handleProtocols: (offered) => speaks.find((one) => offered.has(one)) ?? false,
	});
	server.on('secureConnection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
	});
	server.on('upgrade', (request, line, head) => {
		asked.push(request);
		const answer = decline?.(request);
		if (answer === undefined)
			upgrades.handleUpgrade(request, line, head, (socket) => {
				socket.on('error', () => undefined);
				talk?.(socket, request);
			});
		else line.end(answer);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	ends.push(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((resolve) => server.close(resolve));
	});
	const kubeconfig = join(await mkdtemp(join(tmpdir(), 'exec-peer-')), 'config');
	const {port} = server.address() as AddressInfo;
	const ca = Buffer.from(pki.ca).toString('base64');
	const url = `https://127.0.0.1:${port}`;
	const config = kubeconfigOf({server: url, 'certificate-authority-data': ca}, {token: 'token-of-me'});
	await writeFile(kubeconfig, JSON.stringify(config));
	const timing = {requestMs: 5000, pingMs: 20, silentMs: 200, stalledMs: 600, farewellMs: 150};
	const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}, timing});
	const exec = (more: Partial<PodExec> = {}) =>
		cluster.exec({namespace: 'n', pod: 'p', command: ['cat'], signal: new AbortController().signal, ...more});
	return {asked, exec};
};

export const http = (status: number, body: string, type = 'text/html'): string =>
	`HTTP/1.1 ${status} Word\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
export const frame = (channel: number, text: string): Buffer => Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
export const success = frame(3, '{"metadata":{},"status":"Success"}');
export const stdin = () => Readable.from(['x']);

export const wordsOf = ({url}: IncomingMessage): readonly string[] =>
	new URL(url ?? '', 'https://x').searchParams.getAll('command');
/** What a command with a stdin says itself of its end: its mark is the second of the words behind its script. */
export const ownEnd = (request: IncomingMessage, end: string): Buffer =>
	frame(2, `last words\n${wordsOf(request)[4]} ${end}\n`);
