/**
 * One 512-byte header of a tar archive: POSIX ustar (IEEE Std 1003.1, pax interchange format) with the GNU extensions
 * for numbers beyond 8 GiB.
 */
export type TarHeader = {
	readonly name: string;
	/** The type flag: `0` file, `1` hard link, `2` symbolic link, `5` folder, `x`/`g` pax, `L`/`K` GNU long name/link. */
	readonly type: string;
	/** Bytes of content that follow the header. */
	readonly size: number;
	readonly target: string;
};

export const blockBytes = 512;

const text = (block: Buffer, start: number, length: number): string => {
	const field = block.subarray(start, start + length);
	const end = field.indexOf(0);
	return field.toString('utf8', 0, end < 0 ? length : end);
};

/** A number in octal, or in base 256 when the first bit is set (GNU); `undefined` when it is neither. */
const number = (block: Buffer, start: number, length: number): number | undefined => {
	const first = block[start] ?? 0;
	if (first === 0x80) {
		let value = 0n;
		for (const byte of block.subarray(start + 1, start + length)) value = value * 256n + BigInt(byte);
		return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
	}
	const digits = text(block, start, length).trim();
	return /^[0-7]*$/u.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
};

/** The header's checksum counts its own eight bytes as spaces. */
const checksum = (block: Buffer): number => {
	let sum = 8 * 32;
	for (let index = 0; index < blockBytes; index++) {
		if (index < 148 || index >= 156) sum += block[index] ?? 0;
	}
	return sum;
};

/** Reads a header. @returns `undefined` for a block that is no header: wrong checksum or a field that is no number */
export const parseTarHeader = (block: Buffer): TarHeader | undefined => {
	if (number(block, 148, 8) !== checksum(block)) return undefined;
	const size = number(block, 124, 12);
	if (size === undefined) return undefined;
	// GNU archives keep other things where ustar has the prefix; only `ustar\0` promises one.
	const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
	const name = text(block, 0, 100);
	const flag = String.fromCharCode(block[156] ?? 0);
	const type = flag === '\0' || flag === '7' ? '0' : flag;
	return {name: prefix ? `${prefix}/${name}` : name, type, size, target: text(block, 157, 100)};
};

/** The records of a pax header: `<length> <key>=<value>\n`. @returns `undefined` when they do not add up */
export const parsePax = (bytes: Buffer): ReadonlyMap<string, string> | undefined => {
	const records = new Map<string, string>();
	let at = 0;
	while (at < bytes.length) {
		const space = bytes.indexOf(32, at);
		const length = Number(bytes.toString('latin1', at, Math.max(at, space)));
		if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length) return undefined;
		const record = bytes.toString('utf8', space + 1, at + length - 1);
		const equals = record.indexOf('=');
		if (equals < 1) return undefined;
		records.set(record.slice(0, equals), record.slice(equals + 1));
		at += length;
	}
	return records;
};
