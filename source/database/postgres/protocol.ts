import {protocolError} from '../protocol-error.ts';

/**
 * What a server says is checked here, message by message, before the pg client reads it: the client throws inside the
 * socket's event handler at what it does not know, and never ends at an error message without an end.
 * Formats: PostgreSQL documentation, "Message Formats" and "Error and Notice Message Fields" (protocol 3.0).
 */

/** Messages of a backend, by their first byte. */
const known = new Set('123ACDEGHIKNRSTVWZcdnstv');

/** What a server may begin with: a request to log in, a refusal, a notice. */
const openings = new Set('REN');

/** The longest message, and the most that one connection may send, bytes: what is asked for here is a few rows. */
const [longest, most] = [256 * 1024, 4 * 1024 * 1024];

/** Type and length. */
export const headerBytes = 5;

/** Requests to log in other than by password (`AuthenticationKerberosV5` and so on). */
const otherMethods: Readonly<Record<number, string>> = {
	2: 'Kerberos 5',
	4: 'crypt',
	6: 'SCM credentials',
	7: 'Kerberos (GSSAPI)',
	8: 'Kerberos (GSSAPI)',
	9: 'SSPI',
};

/** Length of the whole message of a request that has a fixed one, bytes. */
const fixedLengths: Readonly<Record<number, number>> = {0: 8, 3: 8, 5: 12};

/** SASL mechanism that the client has. */
const mechanism = 'SCRAM-SHA-256';

/** Texts that each end with a zero byte; undefined where the last one has no end. */
const textsOf = (body: Buffer): readonly string[] | undefined =>
	body.at(-1) === 0 ? body.subarray(0, -1).toString('utf8').split('\0') : undefined;

const checkMechanisms = (body: Buffer): void => {
	const offered = textsOf(body)?.filter((name) => name !== '');
	if (!offered) throw protocolError('PROTOCOL_BROKEN', 'a list of login methods without an end');
	if (!offered.includes(mechanism)) throw protocolError('PROTOCOL_LOGIN_METHOD', offered.join(', ') || 'SASL');
};

const checkLogin = (body: Buffer): void => {
	if (body.length < 4) throw protocolError('PROTOCOL_BROKEN', 'a request to log in without its kind');
	const kind = body.readInt32BE(0);
	const method = otherMethods[kind];
	if (method !== undefined) throw protocolError('PROTOCOL_LOGIN_METHOD', method);
	if (kind === 10) checkMechanisms(body.subarray(4));
	const isKnown = [0, 3, 5, 10, 11, 12].includes(kind);
	if (!isKnown) throw protocolError('PROTOCOL_LOGIN_METHOD', `number ${kind}`);
	if (body.length + 4 !== (fixedLengths[kind] ?? body.length + 4))
		throw protocolError('PROTOCOL_BROKEN', 'a request to log in of a wrong length');
};

/** The client looks for the end of such a message, and goes on for ever where there is none. */
const checkFields = (body: Buffer): void => {
	const ends = body.length === 1 ? body[0] === 0 : body.at(-1) === 0 && body.at(-2) === 0;
	if (!ends) throw protocolError('PROTOCOL_BROKEN', 'an error message without an end');
	// An empty field would end the message before its last byte.
	const fields = body.subarray(0, -1).toString('latin1').split('\0').slice(0, -1);
	if (fields.includes('')) throw protocolError('PROTOCOL_BROKEN', 'an error message with an empty field');
};

const checks: Readonly<Record<string, (body: Buffer) => void>> = {R: checkLogin, E: checkFields, N: checkFields};

/** Length of the message that these bytes begin, its type included; undefined while that is not there. */
const lengthOf = (bytes: Buffer, isFirst: boolean): number | undefined => {
	const type = String.fromCharCode(bytes[0] ?? 0);
	const told = isFirst ? openings : known;
	if (bytes.length > 0 && !told.has(type))
		throw protocolError(isFirst ? 'PROTOCOL_FOREIGN' : 'PROTOCOL_BROKEN', 'a message of an unknown kind');
	if (bytes.length < headerBytes) return undefined;
	const length = bytes.readUInt32BE(1);
	if (length >= 4 && length <= longest) return length + 1;
	throw protocolError(isFirst ? 'PROTOCOL_FOREIGN' : 'PROTOCOL_BROKEN', 'a message of an impossible length');
};

/**
 * Takes what a server sends, in pieces of any size, and passes on messages that are whole and well-formed.
 * @param pass takes one whole message; what it throws is told as a broken protocol
 * @returns takes one piece. @throws protocolError, once and for all
 */
export const createGuard = (pass: (message: Buffer) => void): ((piece: Buffer) => void) => {
	let pending: Buffer = Buffer.alloc(0);
	let [total, messages] = [0, 0];
	const next = (): Buffer | undefined => {
		const length = lengthOf(pending, messages === 0);
		if (length === undefined || pending.length < length) return undefined;
		const message = pending.subarray(0, length);
		pending = pending.subarray(length);
		messages += 1;
		return message;
	};
	const take = (message: Buffer): void => {
		checks[String.fromCharCode(message[0] ?? 0)]?.(message.subarray(headerBytes));
		try {
			pass(message);
		} catch (error) {
			throw protocolError('PROTOCOL_BROKEN', `a message that cannot be read: ${(error as Error).message}`);
		}
	};
	return (piece) => {
		total += piece.length;
		if (total > most) throw protocolError('PROTOCOL_BROKEN', 'more than this tool ever asks for');
		pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
		for (let message = next(); message; message = next()) take(message);
	};
};
