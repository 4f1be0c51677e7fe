import {protocolError} from '../protocol-error.ts';
import {createResultCheck} from './results.ts';

/**
 * What a server says is checked here, packet by packet, before the mysql2 client reads it: the client reads over the end of
 * a packet, takes what comes before TLS for what came within it, and writes to the terminal where numbers do not follow.
 * Formats: MySQL documentation, "MySQL Packets", "Connection Phase Packets" and "Text Resultset".
 */

/** Three bytes of length, one of the packet's number. */
const headerBytes = 4;

/** The longest packet, and the most that one connection may send, bytes: what is asked for here is some rows. */
const [longest, most] = [256 * 1024, 4 * 1024 * 1024];

/** First bytes of packets. */
const [okMark, moreMark, factorMark, switchMark, errorMark] = [0x00, 0x01, 0x02, 0xfe, 0xff];

/** Ways to log in that the client has: the server checks a password that never leaves this host in clear text without TLS. */
const ownPlugins: ReadonlySet<string> = new Set(['caching_sha2_password', 'sha256_password', 'mysql_native_password']);

/** What is known of the conversation when a packet comes. */
export type Talk = {
	/** The number that the next packet should have. */
	readonly expected: () => number;
	/** True while a statement, or the login, waits for an answer. */
	readonly isAsked: () => boolean;
	/** True once the server has let the client in. */
	readonly isIn: () => boolean;
	/** Changes when TLS takes the place of clear text. */
	readonly stream: () => unknown;
	/** True where the packet may answer a request for the key that a password is encrypted with. */
	readonly allowsKey: boolean;
};

const checkGreeting = (body: Buffer): void => {
	const end = body.indexOf(0, 1);
	const isGreeting = body[0] === 10 && end > 1 && end < 200 && body.length >= end + 32;
	if (!isGreeting && body[0] !== errorMark) throw protocolError('PROTOCOL_FOREIGN', 'a greeting of an unknown kind');
};

const checkSwitch = (body: Buffer): void => {
	// A request without a name is the one of MySQL 4.0.
	if (body.length === 1) throw protocolError('PROTOCOL_LOGIN_METHOD', 'mysql_old_password');
	const end = body.indexOf(0, 1);
	if (end < 0) throw protocolError('PROTOCOL_BROKEN', 'a request to log in without an end');
	const plugin = body.subarray(1, end).toString('latin1');
	if (!ownPlugins.has(plugin)) throw protocolError('PROTOCOL_LOGIN_METHOD', plugin);
};

/** 1 and 4: the server does not know the password's hash any more and wants the password itself. */
const asksForPassword = (body: Buffer): boolean => body.length === 2 && body[1] === 4;

const checkLogin = (body: Buffer, {allowsKey}: Talk): void => {
	if (body[0] === factorMark) throw protocolError('PROTOCOL_LOGIN_METHOD', 'a second factor');
	if (body[0] === switchMark) checkSwitch(body);
	if (body[0] === moreMark && !allowsKey && asksForPassword(body))
		throw protocolError('PROTOCOL_LOGIN_METHOD', 'the password without TLS');
	const isKnown = [okMark, moreMark, switchMark, errorMark].includes(body[0] ?? -1);
	if (!isKnown) throw protocolError('PROTOCOL_BROKEN', 'a packet of an unknown kind during the login');
};

const checkPacket = (packet: Buffer, isFirst: boolean, talk: Talk): void => {
	const body = packet.subarray(headerBytes);
	if (body.length === 0)
		throw protocolError(isFirst ? 'PROTOCOL_FOREIGN' : 'PROTOCOL_BROKEN', 'a packet without content');
	if (isFirst) checkGreeting(body);
	else if (!talk.isIn()) checkLogin(body, talk);
	if (body[0] === errorMark) return;
	if (!talk.isAsked()) throw protocolError('PROTOCOL_BROKEN', 'a packet that nothing had asked for');
	if (packet[3] !== talk.expected()) throw protocolError('PROTOCOL_BROKEN', 'packets whose numbers do not follow');
};

const lengthOf = (bytes: Buffer, isFirst: boolean): number | undefined => {
	if (bytes.length < headerBytes) return undefined;
	const length = bytes.readUIntLE(0, 3);
	if (length <= longest) return length + headerBytes;
	throw protocolError(isFirst ? 'PROTOCOL_FOREIGN' : 'PROTOCOL_BROKEN', 'a packet of an impossible length');
};

/**
 * Takes what a server sends, in pieces of any size, and passes on packets that are whole and well-formed, each in bytes of its own.
 * @param pass takes one whole packet; what it throws is told as a broken protocol
 * @returns takes one piece. @throws protocolError, once and for all
 */
export const createGuard = (talk: Talk, pass: (packet: Buffer) => void): ((piece: Buffer) => void) => {
	let pending: Buffer = Buffer.alloc(0);
	let [total, packets] = [0, 0];
	const checkResult = createResultCheck();
	const next = (): Buffer | undefined => {
		const length = lengthOf(pending, packets === 0);
		if (length === undefined || pending.length < length) return undefined;
		const packet = Buffer.from(pending.subarray(0, length));
		pending = pending.subarray(length);
		return packet;
	};
	const take = (packet: Buffer): void => {
		checkPacket(packet, packets === 0, talk);
		if (talk.isIn()) checkResult(packet.subarray(headerBytes));
		packets += 1;
		// A refusal may come out of turn: then its number is that of nothing before it.
		if (packet[headerBytes] === errorMark) packet[3] = talk.expected();
		const before = talk.stream();
		try {
			pass(packet);
		} catch (error) {
			throw protocolError('PROTOCOL_BROKEN', `a packet that cannot be read: ${(error as Error).message}`);
		}
		// What came in clear text must not be taken for what came within TLS.
		if (talk.stream() !== before && pending.length > 0)
			throw protocolError('PROTOCOL_BROKEN', 'more than its greeting before TLS');
	};
	return (piece) => {
		total += piece.length;
		if (total > most) throw protocolError('PROTOCOL_BROKEN', 'more than this tool ever asks for');
		pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
		for (let packet = next(); packet; packet = next()) take(packet);
	};
};
