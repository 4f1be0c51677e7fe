import {zeroText} from './wire.ts';

/** Capabilities (MySQL documentation, "Capabilities Flags"). */
const flags = {
	longPassword: 1,
	foundRows: 2,
	longFlag: 4,
	connectWithDatabase: 8,
	protocol41: 0x200,
	tls: 0x800,
	transactions: 0x2000,
	secureConnection: 0x8000,
	multiResults: 0x20000,
	pluginAuth: 0x80000,
	connectAttributes: 0x100000,
	lengthOfProof: 0x200000,
} as const;

export const loginPlugin = 'caching_sha2_password';
export const scrambleBytes = 20;

/** The first packet of the server. */
export const greetingPacket = (
	version: string,
	id: number,
	scramble: Buffer,
	{withTls}: {readonly withTls: boolean},
): Buffer => {
	const all = Object.values(flags).reduce((sum, flag) => sum | flag, 0);
	const capabilities = withTls ? all : all & ~flags.tls;
	const fixed = Buffer.alloc(4);
	fixed.writeUInt32LE(id);
	const middle = Buffer.alloc(18);
	middle.writeUInt16LE(capabilities & 0xffff, 0);
	middle[2] = 255;
	middle.writeUInt16LE(2, 3);
	middle.writeUInt16LE(capabilities >>> 16, 5);
	middle[7] = scrambleBytes + 1;
	return Buffer.concat([
		Buffer.from([10]),
		zeroText(version),
		fixed,
		scramble.subarray(0, 8),
		Buffer.from([0]),
		middle,
		scramble.subarray(8),
		Buffer.from([0]),
		zeroText(loginPlugin),
	]);
};

/** The short packet that asks for TLS before anything else is said. */
export const asksForTls = (packet: Buffer): boolean =>
	packet.length === 32 && (packet.readUInt32LE(0) & flags.tls) !== 0;

/** Who wants in. */
export type Response = {
	readonly user: string;
	readonly proof: Buffer;
	readonly database: string | undefined;
	readonly plugin: string;
};

const fixedBytes = 32;

/** Reads a client's answer to the greeting (HandshakeResponse41); undefined when it is none. */
export const readResponse = (packet: Buffer): Response | undefined => {
	if (packet.length <= fixedBytes) return undefined;
	const capabilities = packet.readUInt32LE(0);
	let at = fixedBytes;
	const text = (): string => {
		const end = packet.indexOf(0, at);
		const found = packet.toString('utf8', at, end < 0 ? packet.length : end);
		at = end < 0 ? packet.length : end + 1;
		return found;
	};
	const user = text();
	// A proof is 32 bytes, or none: its length always fits into one byte.
	const length = packet[at] ?? 0;
	const proof = packet.subarray(at + 1, at + 1 + length);
	at += 1 + length;
	const database = (capabilities & flags.connectWithDatabase) !== 0 ? text() : '';
	const plugin = (capabilities & flags.pluginAuth) !== 0 ? text() : '';
	return {user, proof, database: database === '' ? undefined : database, plugin};
};
