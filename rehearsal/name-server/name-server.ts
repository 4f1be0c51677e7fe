import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {type AddressInfo, createServer, isIPv6, type Socket} from 'node:net';
import {
	type Answer,
	AUTHORITATIVE_ANSWER,
	type DecodedPacket,
	decode,
	encode,
	type Packet,
	streamDecode,
	streamEncode,
} from 'dns-packet';

/** A name server on 127.0.0.1 whose records change while it runs. */
export type RunningNameServer = {
	readonly address: '127.0.0.1';
	readonly port: number;
	/** Makes the name have exactly these addresses, IPv4 and IPv6. */
	readonly set: (name: string, addresses: readonly string[]) => void;
	readonly remove: (name: string) => void;
	/** Every name with its addresses. */
	readonly entries: () => Readonly<Record<string, readonly string[]>>;
	readonly stop: () => Promise<void>;
};

const ttl = 1;
// RFC 1035 4.1.1: response codes.
const noSuchName = 3;
const formatError = 1;

const plain = (name: string): string => name.toLowerCase().replace(/\.$/u, '');

/** What the server says to a question, by the records it has. */
const answerTo = (query: DecodedPacket, records: ReadonlyMap<string, readonly string[]>): Packet => {
	const {id = 0, questions = []} = query;
	const [question] = questions;
	const addresses = question ? records.get(plain(question.name)) : undefined;
	const answers: Answer[] = (addresses ?? []).flatMap((data) => {
		const type = isIPv6(data) ? 'AAAA' : 'A';
		return question && (question.type === type || String(question.type) === 'ANY')
			? [{type, name: question.name, ttl, class: 'IN' as const, data}]
			: [];
	});
	const code = addresses === undefined ? noSuchName : 0;
	// Bit 8 is "recursion desired" and goes back as it came; "recursion available" stays off.
	const flags = AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & 0x0100) | code;
	return {type: 'response', id, flags, questions, answers};
};

const garbled = (message: Buffer): Packet | undefined =>
	message.length >= 2 ? {type: 'response', id: message.readUInt16BE(0), flags: formatError} : undefined;

/** Says what the server answers to a query. */
type Answerer = (query: DecodedPacket) => Packet;

const serveStream = (socket: Socket, answer: Answerer): void => {
	let rest = Buffer.alloc(0);
	socket.on('error', () => socket.destroy());
	socket.on('data', (part: Buffer) => {
		rest = Buffer.concat([rest, part]);
		// RFC 1035 4.2.2: each message is led by its length in two bytes.
		while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
			const length = 2 + rest.readUInt16BE(0);
			try {
				socket.write(streamEncode(answer(streamDecode(rest.subarray(0, length)) as DecodedPacket)));
			} catch {
				// What cannot be decoded on a stream leaves no safe place to go on reading.
				socket.destroy();
				return;
			}
			rest = rest.subarray(length);
		}
	});
};

const startTcp = async (port: number, answer: Answerer) => {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		serveStream(socket, answer);
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		stop: async (): Promise<void> => {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
};

const replyTo = (message: Buffer, answer: Answerer): Packet | undefined => {
	try {
		return answer(decode(message));
	} catch {
		return garbled(message);
	}
};

const startUdp = async (port: number, answer: Answerer): Promise<() => Promise<void>> => {
	const server = createSocket('udp4');
	server.on('message', (message, from) => {
		const reply = replyTo(message, answer);
		if (reply) server.send(encode(reply), from.port, from.address);
	});
	server.bind(port, '127.0.0.1');
	await once(server, 'listening');
	return () => new Promise((resolve) => server.close(() => resolve()));
};

/** UDP and TCP on one port. */
const listen = async (port: number, answer: Answerer) => {
	const tcp = await startTcp(port, answer);
	try {
		const stopUdp = await startUdp(tcp.port, answer);
		return {
			port: tcp.port,
			stop: async (): Promise<void> => {
				await Promise.all([tcp.stop(), stopUdp()]);
			},
		};
	} catch (error) {
		await tcp.stop();
		throw error;
	}
};

/**
 * Starts the server on UDP and TCP of the same port (a free one unless told). Unknown names get NXDOMAIN, known names
 * without the asked type an empty answer; it never asks another server. `onUnknown` hears each name that was asked for
 * in vain. @throws Error EADDRINUSE when the port is taken.
 */
export const startNameServer = async (
	options: {readonly port?: number; readonly onUnknown?: (name: string) => void} = {},
): Promise<RunningNameServer> => {
	const records = new Map<string, readonly string[]>();
	const {port, stop} = await listen(options.port ?? 0, (query) => {
		const [question] = query.questions ?? [];
		if (question && !records.has(plain(question.name))) options.onUnknown?.(plain(question.name));
		return answerTo(query, records);
	});
	let stopping: Promise<void> | undefined;
	return {
		address: '127.0.0.1',
		port,
		set: (name, addresses) => records.set(plain(name), [...addresses]),
		remove: (name) => records.delete(plain(name)),
		entries: () => Object.fromEntries(records),
		stop: () => {
			stopping ??= stop();
			return stopping;
		},
	};
};
