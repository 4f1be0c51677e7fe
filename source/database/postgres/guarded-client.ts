import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import pg from 'pg';
import {createGuard} from './protocol.ts';

type OnData = (piece: Buffer) => void;

/** The part of pg's connection (pg 8, lib/connection.js) where it begins to read messages, from a socket or from TLS. */
type Reading = {readonly connection: {attachListeners: (stream: Duplex) => void}};

/** A stream as pg's parser uses it: what is ill-formed, or makes a handler throw, ends the stream with that error. */
const guarded = (stream: Duplex): Duplex => {
	const listen = (event: string, listener: OnData): Duplex => {
		if (event !== 'data') return stream.on(event, listener);
		const take = createGuard(listener);
		return stream.on('data', (piece: Buffer) => {
			if (stream.destroyed) return;
			try {
				take(piece);
			} catch (error) {
				stream.destroy(error as Error);
			}
		});
	};
	return {on: listen} as unknown as Duplex;
};

/** A client whose server is checked before it is read. `failed` rejects with the first error outside of a query. */
export type GuardedClient = {
	readonly client: pg.Client;
	readonly failed: Promise<never>;
	/** What the server sent first, before any TLS; undefined while that is nothing. */
	readonly first: () => Buffer | undefined;
	/** Number of the process that serves the session, as the server told it at login. */
	readonly told: () => number | undefined;
};

/** @param config all but the stream @param socket not connected yet */
export const guardedClient = (config: pg.ClientConfig, socket: Socket): GuardedClient => {
	const client = new pg.Client({...config, stream: () => socket});
	const {connection} = client as unknown as Reading;
	const attach = connection.attachListeners.bind(connection);
	connection.attachListeners = (stream) => attach(guarded(stream));
	const told = client as unknown as {readonly processID: number | null};
	let first: Buffer | undefined;
	socket.once('data', (piece: Buffer) => {
		first = piece;
	});
	const failed = new Promise<never>((_resolve, reject) => {
		client.on('error', reject);
	});
	// It is told by whoever waits for the connection; where nobody does, it ends nothing.
	failed.catch(() => undefined);
	return {client, failed, first: () => first, told: () => told.processID ?? undefined};
};
