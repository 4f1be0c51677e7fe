/** A message of the protocol (PostgreSQL documentation, "Message Formats"). */
export const message = (type: string, body: Buffer): Buffer => {
	const length = Buffer.alloc(4);
	length.writeInt32BE(body.length + 4);
	return Buffer.concat([Buffer.from(type, 'latin1'), length, body]);
};
export const int16 = (value: number): Buffer => {
	const bytes = Buffer.alloc(2);
	bytes.writeInt16BE(value);
	return bytes;
};
export const int32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeInt32BE(value);
	return bytes;
};
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);
export const request = (kind: number, more: Buffer = Buffer.alloc(0)): Buffer =>
	message('R', Buffer.concat([int32(kind), more]));
export const ready = message('Z', Buffer.from('I'));
export const welcome = Buffer.concat([
	request(0),
	message('S', Buffer.concat([text('server_version'), text('15.18')])),
	message('K', Buffer.concat([int32(7), int32(8)])),
	ready,
]);
export const refusal = (state: string, words: string, routine?: string): Buffer =>
	message('E', Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${words}\0${routine === undefined ? '' : `R${routine}\0`}\0`));

/** Names, type numbers and texts of the row that a look at the server reads. */
export const columns: readonly (readonly [string, number, string])[] = [
	['version', 25, '15.18'],
	['encoding', 25, 'UTF8'],
	['maximum', 25, '100'],
	['used', 20, '5'],
	['can_create', 16, 't'],
	['tables', 20, '0'],
	['owner', 25, 'ada'],
	['tls', 25, 'none'],
	['is_standby', 16, 'f'],
	['is_read_only', 16, 'f'],
	['process', 23, '7'],
	['client_port', 23, '5'],
];
/** A result of one row. */
export const oneRow = (fields: readonly (readonly [string, number, string])[]): Buffer =>
	Buffer.concat([
		message(
			'T',
			Buffer.concat([
				int16(fields.length),
				...fields.flatMap(([name, kind]) => [
					text(name),
					int32(0),
					int16(0),
					int32(kind),
					int16(-1),
					int32(-1),
					int16(0),
				]),
			]),
		),
		message(
			'D',
			Buffer.concat([
				int16(fields.length),
				...fields.flatMap(([, , value]) => [int32(value.length), Buffer.from(value)]),
			]),
		),
		message('C', text('SELECT 1')),
		ready,
	]);

/** What a fit server answers to the look at it. */
export const answer = oneRow(columns);
