/** Why bytes are no text in UTF-8; `line` counts from 1. */
export type Fault = {
	readonly kind: 'UTF-16' | 'binary' | 'not UTF-8';
	readonly line: number;
	readonly column: number;
};

const startsWith = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
	mark.every((byte, index) => bytes[index] === byte);

/** True where the bytes begin with the mark that some editors put before UTF-8 (RFC 3629 section 6). */
export const hasMark = (bytes: Uint8Array): boolean => startsWith(bytes, 0xef, 0xbb, 0xbf);

const isUtf8 = (bytes: Uint8Array): boolean => {
	try {
		new TextDecoder('utf-8', {fatal: true}).decode(bytes);
		return true;
	} catch {
		return false;
	}
};

/** Text of ASCII in UTF-16 without a mark has a zero in every second byte. */
const isUtf16 = (bytes: Uint8Array): boolean => {
	if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) return true;
	const [even, odd] = [0, 1].map((first) => bytes.filter((_byte, index) => index % 2 === first));
	const isZero = (byte: number): boolean => byte === 0;
	return bytes.length > 1 && (even?.every(isZero) || odd?.every(isZero) || false);
};

/** The first place that is not UTF-8, found by the longest beginning that is; lines are decoded one by one. */
const placeOf = (bytes: Uint8Array): Fault => {
	let line = 1;
	for (let from = 0; from <= bytes.length; line += 1) {
		const found = bytes.indexOf(10, from);
		const end = found < 0 ? bytes.length : found;
		const part = bytes.subarray(from, end);
		if (!isUtf8(part)) {
			const good = new TextDecoder('utf-8').decode(part).indexOf('\ufffd');
			return {kind: 'not UTF-8', line, column: good + 1};
		}
		from = end + 1;
	}
	return {kind: 'not UTF-8', line, column: 1};
};

const zeroIn = (bytes: Uint8Array): Fault => {
	const before = Buffer.from(bytes.subarray(0, bytes.indexOf(0)))
		.toString('utf8')
		.split('\n');
	return {kind: 'binary', line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
};

/** What keeps bytes from being text in UTF-8; undefined where they are. */
export const faultOf = (bytes: Uint8Array): Fault | undefined => {
	if (isUtf16(bytes)) return {kind: 'UTF-16', line: 1, column: 1};
	if (bytes.includes(0)) return zeroIn(bytes);
	return isUtf8(bytes) ? undefined : placeOf(bytes);
};
