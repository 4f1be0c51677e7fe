import {ApiError} from '../objects/errors.ts';

/** A field of a message as it stands on the wire: varints as numbers, everything with a length as bytes. */
export type WireField = {readonly number: number; readonly value: number | Buffer};

/** The number that begins at a place, and where it ends (protobuf encoding, "Base 128 varints"). */
const readVarint = (buffer: Buffer, start: number): {readonly value: number; readonly end: number} => {
	let result = 0n;
	for (let at = start; ; at += 1) {
		const byte = buffer[at];
		if (byte === undefined) throw new ApiError(400, 'BadRequest', 'proto: unexpected end of message');
		result |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
		if ((byte & 0x80) === 0) return {value: Number(BigInt.asIntN(64, result)), end: at + 1};
	}
};

/** The fields of a message in their order. Those of fixed length are passed over: nothing that is read here has any. */
export const readFields = (buffer: Buffer): readonly WireField[] => {
	const found: WireField[] = [];
	let at = 0;
	while (at < buffer.length) {
		const tag = readVarint(buffer, at);
		const number = tag.value >> 3;
		const wire = tag.value & 7;
		at = tag.end;
		if (wire !== 0 && wire !== 2) {
			at += wire === 1 ? 8 : 4;
			continue;
		}
		const {value, end} = readVarint(buffer, at);
		at = wire === 0 ? end : end + value;
		found.push({number, value: wire === 0 ? value : buffer.subarray(end, at)});
	}
	return found;
};

/** The first field of that number. */
export const fieldOf = (fields: readonly WireField[], number: number): number | Buffer | undefined =>
	fields.find((field) => field.number === number)?.value;
