/** Forms of MySQL's protocol (MySQL documentation, "Client/Server Protocol"). */

/** A number of the kind that says its own length. */
export const lengthEncoded = (value: number): Buffer => {
	if (value < 251) return Buffer.from([value]);
	if (value < 65_536) return Buffer.from([0xfc, value & 0xff, value >> 8]);
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return value < 16_777_216
		? Buffer.concat([Buffer.from([0xfd]), bytes.subarray(0, 3)])
		: Buffer.concat([Buffer.from([0xfe]), bytes, Buffer.alloc(4)]);
};

/** A text with its length before it. */
export const lengthText = (text: string): Buffer => {
	const bytes = Buffer.from(text);
	return Buffer.concat([lengthEncoded(bytes.length), bytes]);
};

export const zeroText = (text: string): Buffer => Buffer.from(`${text}\0`);

const short = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);

/** SERVER_STATUS_AUTOCOMMIT. */
const status = short(2);

export const okPacket = (affected = 0): Buffer =>
	Buffer.concat([Buffer.from([0]), lengthEncoded(affected), Buffer.from([0]), status, short(0)]);

export const errorPacket = (code: number, state: string, message: string): Buffer =>
	Buffer.concat([Buffer.from([0xff]), short(code), Buffer.from(`#${state}${message}`)]);

const endPacket = Buffer.concat([Buffer.from([0xfe]), short(0), status]);

/** MYSQL_TYPE_VAR_STRING and the collation utf8mb4_0900_ai_ci: whoever asks gets every value as text. */
const [textType, collation] = [0xfd, 255];

const columnPacket = (name: string): Buffer =>
	Buffer.concat([
		...['def', '', '', '', name, name].map(lengthText),
		Buffer.from([0x0c]),
		short(collation),
		Buffer.from([0xff, 0xff, 0, 0, textType, 0, 0, 0, 0, 0]),
	]);

/** Rows as a client gets them; null where there is nothing. */
export type Result = {readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[]};

const nullMark = Buffer.from([0xfb]);

export const resultPackets = ({columns, rows}: Result): readonly Buffer[] => [
	lengthEncoded(columns.length),
	...columns.map(columnPacket),
	endPacket,
	...rows.map((row) => Buffer.concat(row.map((value) => (value === null ? nullMark : lengthText(value))))),
	endPacket,
];
