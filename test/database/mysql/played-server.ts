import {createServer, type Socket} from 'node:net';
import {listening} from '../../helpers/loopback.ts';

/** A packet (MySQL documentation, "MySQL Packets"): three bytes of length, one of its number. */
export const packet = (number: number, body: Buffer): Buffer => {
	const header = Buffer.alloc(4);
	header.writeUIntLE(body.length, 0, 3);
	header[3] = number;
	return Buffer.concat([header, body]);
};

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
/** A text with its length before it. */
const sized = (value: string): Buffer => {
	const bytes = Buffer.from(value);
	return Buffer.concat([
		bytes.length < 251
			? Buffer.from([bytes.length])
			: Buffer.from([253, bytes.length & 255, (bytes.length >> 8) & 255, bytes.length >> 16]),
		bytes,
	]);
};

/** What a server can do: the usual, without TLS (0x0800) unless told. */
const capabilities = 0x018f_f7ff;
const tlsCapability = 0x0800;

type Greeting = {
	readonly version?: string;
	readonly plugin?: string;
	readonly offersTls?: boolean;
	readonly session?: number;
};

/** Protocol::HandshakeV10. */
export const greeting = ({
	version = '8.4.2',
	plugin = 'mysql_native_password',
	offersTls = false,
	session = 7,
}: Greeting = {}): Buffer => {
	const flags = offersTls ? capabilities | tlsCapability : capabilities & ~tlsCapability;
	const number = Buffer.alloc(4);
	number.writeUInt32LE(session);
	return packet(
		0,
		Buffer.concat([
			Buffer.from([10]),
			text(version),
			number,
			Buffer.from('12345678\0'),
			int16(flags & 0xffff),
			Buffer.from([255, 2, 0]),
			int16(flags >>> 16),
			Buffer.from([21]),
			Buffer.alloc(10),
			Buffer.from('123456789012\0'),
			text(plugin),
		]),
	);
};

export const ok = (number: number): Buffer => packet(number, Buffer.from([0, 0, 0, 2, 0, 0, 0]));
export const refusal = (number: number, error: number, words: string, state = 'HY000'): Buffer =>
	packet(number, Buffer.concat([Buffer.from([255]), int16(error), Buffer.from(`#${state}${words}`)]));
export const switchTo = (plugin: string, number = 2): Buffer =>
	packet(number, Buffer.concat([Buffer.from([254]), text(plugin), Buffer.from('12345678901234567890\0')]));
const eof = (number: number): Buffer => packet(number, Buffer.from([254, 0, 0, 2, 0]));

const column = (number: number, name: string): Buffer =>
	packet(
		number,
		Buffer.concat([
			sized('def'),
			sized(''),
			sized(''),
			sized(''),
			sized(name),
			sized(name),
			Buffer.from([12, 255, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0]),
		]),
	);

/** A text resultset. */
export const rows = (names: readonly string[], values: readonly (readonly (string | null)[])[]): Buffer => {
	let number = 1;
	const parts = [packet(number++ & 255, Buffer.from([names.length]))];
	for (const name of names) parts.push(column(number++ & 255, name));
	parts.push(eof(number++ & 255));
	for (const row of values)
		parts.push(
			packet(number++ & 255, Buffer.concat(row.map((value) => (value === null ? Buffer.from([251]) : sized(value))))),
		);
	parts.push(eof(number));
	return Buffer.concat(parts);
};

const pairs = (values: Readonly<Record<string, string>>): Buffer =>
	rows(['Variable_name', 'Value'], Object.entries(values));

/** A server that is fit, by what its statements begin with; the first that fits counts. */
export const fit: Readonly<Record<string, Buffer>> = {
	'SET ': ok(1),
	'SHOW GLOBAL VARIABLES': pairs({
		version: '8.4.2',
		max_connections: '151',
		read_only: 'OFF',
		super_read_only: 'OFF',
		require_secure_transport: 'OFF',
	}),
	'SELECT CONNECTION_ID': rows(['session', 'account'], [['7', 'ada@%']]),
	'SELECT @@version_comment': rows(['@@version_comment'], [['MySQL Community Server - GPL']]),
	'SHOW REPLICA STATUS': refusal(
		1,
		1227,
		'Access denied; you need (at least one of) the SUPER, REPLICATION CLIENT privilege(s)',
	),
	'\nSELECT IF(DATABASE()': rows(['encoding', 'tables'], [['utf8mb4', '0']]),
	'SELECT CURRENT_ROLE': rows(['roles'], [['NONE']]),
	'SHOW GRANTS': rows(
		['Grants'],
		[['GRANT USAGE ON *.* TO `ada`@`%`'], ['GRANT ALL PRIVILEGES ON `db`.* TO `ada`@`%`']],
	),
	'SHOW GLOBAL STATUS': pairs({Threads_connected: '3'}),
	'SHOW SESSION VARIABLES': pairs({max_user_connections: '0'}),
	'SHOW SESSION STATUS': pairs({Ssl_version: ''}),
};

/** How a played server goes on after its last piece. */
export type Ending = 'stay' | 'end' | 'reset';

/** What a played server says: at once, to the login, and to each statement by its beginning. */
export type Played = {
	readonly greets?: Buffer;
	readonly lets?: readonly Buffer[];
	readonly answers?: Readonly<Record<string, Buffer>>;
	/** After so many pieces it goes on in this way. */
	readonly breaks?: {readonly after: number; readonly ending: Ending};
	readonly chunk?: number;
};

const answerTo = (heard: Buffer, answers: Readonly<Record<string, Buffer>>): Buffer => {
	const said = heard.toString('utf8');
	const found = Object.keys(answers).find((beginning) => said.includes(beginning));
	return (
		(found === undefined ? undefined : answers[found]) ??
		refusal(1, 1064, 'You have an error in your SQL syntax', '42000')
	);
};

/** The port of a server that speaks so to everyone. */
export const playing = async ({
	greets = greeting(),
	lets = [ok(2)],
	answers = fit,
	breaks,
	chunk = Number.POSITIVE_INFINITY,
}: Played): Promise<number> =>
	listening(
		createServer((socket: Socket) => {
			let said = 0;
			socket.on('error', () => undefined);
			const say = (piece: Buffer): void => {
				for (let at = 0; at < piece.length; at += chunk) socket.write(piece.subarray(at, at + chunk));
				said += 1;
				if (breaks === undefined || said <= breaks.after) return;
				if (breaks.ending === 'end') socket.end();
				if (breaks.ending === 'reset') socket.resetAndDestroy();
			};
			say(greets);
			socket.on('data', (heard: Buffer) => say(lets[said - 1] ?? answerTo(heard, answers)));
		}),
	);
