import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {connect as connectTls} from 'node:tls';
import type {Connection, ConnectionOptions} from 'mysql2';
import {tlsOptions} from '../tls-options.ts';
import type {DatabaseLogin} from '../types.ts';
import {createGuard, type Talk} from './guard.ts';

/** The parts of mysql2's connection (mysql2 3, lib/base/connection.js) where it reads packets and where it turns to TLS. */
type Inner = {
	packetParser: {execute: (piece: Buffer) => void};
	startTLS: (onSecure: (error?: Error) => void) => void;
	stream: Duplex;
	readonly sequenceId: number;
	readonly authorized: boolean;
	readonly _command: unknown;
	readonly _handshakePacket: {readonly serverVersion: string; readonly connectionId: number} | null;
	readonly _handleNetworkError: (error: Error) => void;
};

/** A connection whose server is checked before it is read. `failed` rejects with the first error outside of a statement. */
export type GuardedConnection = {
	readonly connection: Connection;
	readonly loggedIn: Promise<void>;
	readonly failed: Promise<never>;
	/** What the server sent first, before any TLS; undefined while that is nothing. */
	readonly first: () => Buffer | undefined;
	/** What the server said of itself in its greeting. */
	readonly greeting: () => {readonly version: string; readonly connectionId: number};
};

/** What is ill-formed, or makes the client throw, ends the stream with that error. */
const guardPackets = (inner: Inner, talk: Talk): void => {
	const parser = inner.packetParser;
	const take = createGuard(talk, (packet) => parser.execute(packet));
	inner.packetParser = {
		execute: (piece) => {
			if (inner.stream.destroyed) return;
			try {
				take(piece);
			} catch (error) {
				inner.stream.destroy(error as Error);
			}
		},
	};
};

/** The client checks no name where the host is an address, and hides why TLS was refused: so TLS is made here. */
const guardTls = (inner: Inner, login: DatabaseLogin, onRefused: (error: Error) => void): void => {
	inner.startTLS = (onSecure) => {
		inner.stream.removeAllListeners('data');
		let isSecure = false;
		const secured = connectTls({...tlsOptions(login), socket: inner.stream as Socket}, () => {
			isSecure = true;
			onSecure();
		});
		secured.on('error', (error) => {
			onRefused(error);
			if (isSecure) inner._handleNetworkError(error);
			else onSecure(new Error(error.message));
		});
		secured.on('data', (piece) => inner.packetParser.execute(piece));
		inner.stream = secured;
	};
};

/** Prepares a connection on a socket that is not connected yet. @param driver the library, loaded by who needs it */
export const guardedConnection = (
	driver: {readonly createConnection: (options: ConnectionOptions) => Connection},
	options: ConnectionOptions,
	socket: Socket,
	login: DatabaseLogin & {readonly showsPassword?: boolean},
): GuardedConnection => {
	const connection = driver.createConnection({...options, stream: socket});
	const inner = connection as unknown as Inner;
	let [first, refused]: [Buffer | undefined, Error | undefined] = [undefined, undefined];
	guardPackets(inner, {
		expected: () => inner.sequenceId,
		isAsked: () => Boolean(inner._command),
		isIn: () => inner.authorized,
		stream: () => inner.stream,
		allowsKey: login.showsPassword !== false,
	});
	guardTls(inner, login, (error) => {
		refused ??= error;
	});
	socket.once('data', (piece: Buffer) => {
		first = piece;
	});
	const failed = new Promise<never>((_resolve, reject) => {
		connection.on('error', (error) => reject(refused ?? error));
	});
	// It is told by whoever waits for the connection; where nobody does, it ends nothing.
	failed.catch(() => undefined);
	const loggedIn = new Promise<void>((resolve) => {
		connection.once('connect', () => resolve());
	});
	return {
		connection,
		loggedIn,
		failed,
		first: () => first,
		greeting: () => {
			const {serverVersion = '', connectionId = 0} = inner._handshakePacket ?? {};
			return {version: serverVersion, connectionId};
		},
	};
};
