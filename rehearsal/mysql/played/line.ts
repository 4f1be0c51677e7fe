import type {Socket} from 'node:net';
import {type SecureContext, TLSSocket} from 'node:tls';
import {isClientOf} from './client-certificate.ts';

/** A client at the other end, packet by packet. */
export type Line = {
	/** The next packet; undefined when the client is gone, or sends what nobody reads. */
	readonly read: () => Promise<Buffer | undefined>;
	readonly write: (...payloads: readonly Buffer[]) => void;
	/** Numbers of packets begin anew with every command. */
	readonly beginAnew: () => void;
	/** Goes on over TLS, as the client has asked for. */
	readonly secure: (context: SecureContext, ca: string) => void;
	/** `plain` as long as nobody asked for TLS; `certificate` when the client showed one that the CA has issued. */
	readonly protection: () => 'plain' | 'TLS' | 'certificate';
	readonly close: () => void;
};

const headerBytes = 4;
/** Far more than a statement of the product, bytes. */
const longest = 4 * 1024 * 1024;

const framed = (payload: Buffer, sequence: number): Buffer => {
	const header = Buffer.alloc(headerBytes);
	header.writeUIntLE(payload.length, 0, 3);
	header[3] = sequence & 0xff;
	return Buffer.concat([header, payload]);
};

/** What came and was not read yet. */
type Inbox = {
	readonly take: () => Buffer | undefined;
	readonly put: (chunk: Buffer) => void;
	readonly rest: () => Buffer;
};

const createInbox = (): Inbox => {
	let bytes = Buffer.alloc(0);
	return {
		take: () => {
			if (bytes.length < headerBytes) return undefined;
			const length = bytes.readUIntLE(0, 3);
			if (bytes.length < headerBytes + length) return undefined;
			const packet = bytes.subarray(0, headerBytes + length);
			bytes = bytes.subarray(headerBytes + length);
			return packet;
		},
		put: (chunk) => {
			bytes = Buffer.concat([bytes, chunk]);
		},
		rest: () => {
			const all = bytes;
			bytes = Buffer.alloc(0);
			return all;
		},
	};
};

/** Speaks with a client on a socket that is connected. */
export const createLine = (socket: Socket): Line => {
	const inbox = createInbox();
	let stream: Socket = socket;
	let [isOver, sequence, authority] = [false, 0, ''];
	let wake = (): void => undefined;
	const hear = (chunk: Buffer): void => {
		inbox.put(chunk);
		wake();
	};
	const end = (): void => {
		isOver = true;
		wake();
	};
	const listen = (to: Socket): void => {
		// A client that goes away is no failure of the server.
		to.on('data', hear).on('error', end).on('close', end);
	};
	listen(socket);
	const read = async (): Promise<Buffer | undefined> => {
		for (;;) {
			const packet = inbox.take();
			if (packet) {
				sequence = (packet[3] ?? 0) + 1;
				return packet.length > longest ? undefined : packet.subarray(headerBytes);
			}
			if (isOver) return undefined;
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	};
	return {
		read,
		write: (...payloads) => {
			for (const payload of payloads) {
				stream.write(framed(payload, sequence));
				sequence += 1;
			}
		},
		beginAnew: () => {
			sequence = 0;
		},
		secure: (secureContext, ca) => {
			authority = ca;
			socket.off('data', hear).pause();
			const early = inbox.rest();
			if (early.length > 0) socket.unshift(early);
			stream = new TLSSocket(socket, {isServer: true, secureContext, requestCert: true, rejectUnauthorized: false});
			listen(stream);
		},
		protection: () => {
			if (!(stream instanceof TLSSocket)) return 'plain';
			return isClientOf(stream.getPeerX509Certificate(), authority) ? 'certificate' : 'TLS';
		},
		close: () => stream.end(),
	};
};
