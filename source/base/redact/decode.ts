/** A text as UTF-16 units of what it means: escapes undone, each unit with the place in the text that it comes from. */
export type Decoded = {
	readonly units: Uint16Array;
	/** Where in the text a unit begins, and where it ends. */
	readonly starts: Uint32Array;
	readonly ends: Uint32Array;
	readonly length: number;
	/** False where every unit is a character of the text as it stands. */
	readonly escaped: boolean;
};

type Unescaped = {readonly units: readonly number[]; readonly end: number};

/** Any number of backslashes counts as one: JSON within JSON and a shell within a shell double them. */
const backslashes =
	/\\+(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|([nrtbfv0]))?/uy;
/** `%2F`, and `%252F` where a URL stands in a URL (RFC 3986 section 2.1). */
const percent = /%(?:25)*([0-9a-fA-F]{2})/uy;
const entity = /&(?:amp;)*(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|(lt|gt|quot|apos);)?/uy;

const controls: Readonly<Record<string, number>> = {n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, 0: 0};
const named: Readonly<Record<string, number>> = {lt: 60, gt: 62, quot: 34, apos: 39};

const unitsOf = (codePoint: number): readonly number[] => {
	if (codePoint > 0x10ffff) return [];
	const text = String.fromCodePoint(codePoint);
	return Array.from({length: text.length}, (_unit, index) => text.charCodeAt(index));
};

const at = (pattern: RegExp, text: string, index: number): RegExpExecArray | null => {
	pattern.lastIndex = index;
	return pattern.exec(text);
};

type Byte = {readonly value: number; readonly end: number};

/** A byte that is written as `%C3`, `\xc3` or `\303`. */
const byteAt = (text: string, index: number): Byte | undefined => {
	const found = at(percent, text, index);
	if (found) return {value: Number.parseInt(found[1] ?? '', 16), end: percent.lastIndex};
	const [, , , , hex, octal] = at(backslashes, text, index) ?? [];
	if (hex !== undefined) return {value: Number.parseInt(hex, 16), end: backslashes.lastIndex};
	return octal === undefined ? undefined : {value: Number.parseInt(octal, 8), end: backslashes.lastIndex};
};

/** Bytes that follow the first one of a character (RFC 3629 section 3). */
const followers = (first: number): number => {
	if (first < 0xc2 || first > 0xf4) return 0;
	if (first < 0xe0) return 1;
	return first < 0xf0 ? 2 : 3;
};

/** A character of bytes; a byte that begins none stands for itself, as in Latin-1. */
const fromBytes = (text: string, first: Byte): Unescaped => {
	const bytes = [first.value];
	let {end} = first;
	for (let left = followers(first.value); left > 0; left -= 1) {
		const next = byteAt(text, end);
		if (next === undefined || next.value < 0x80 || next.value > 0xbf) return {units: [first.value], end: first.end};
		bytes.push(next.value);
		end = next.end;
	}
	return {units: unitsOf(Buffer.from(bytes).toString('utf8').codePointAt(0) ?? 0), end};
};

const fromBackslash = (text: string, index: number): Unescaped => {
	const byte = byteAt(text, index);
	if (byte !== undefined) return fromBytes(text, byte);
	const [, four, braced, eight, , , control] = at(backslashes, text, index) ?? [];
	const end = backslashes.lastIndex;
	if (control !== undefined) return {units: [controls[control] ?? 0], end};
	if (four !== undefined) return {units: [Number.parseInt(four, 16)], end};
	const digits = braced ?? eight;
	return {units: digits === undefined ? [] : unitsOf(Number.parseInt(digits, 16)), end};
};

const fromPercent = (text: string, index: number): Unescaped => {
	const byte = byteAt(text, index);
	return byte === undefined ? {units: [37], end: index + 1} : fromBytes(text, byte);
};

const fromEntity = (text: string, index: number): Unescaped => {
	const [, decimal, hex, name] = at(entity, text, index) ?? [];
	const end = entity.lastIndex;
	if (decimal !== undefined) return {units: unitsOf(Number(decimal)), end};
	if (hex !== undefined) return {units: unitsOf(Number.parseInt(hex, 16)), end};
	return {units: [name === undefined ? 38 : (named[name] ?? 38)], end};
};

const readers: ReadonlyMap<number, (text: string, index: number) => Unescaped> = new Map([
	[38, fromEntity],
	[37, fromPercent],
	[92, fromBackslash],
]);

/** Escapes of one kind within those of another, as JSON in a URL in HTML, are undone this often. */
const mostPasses = 4;

type Buffers = {units: Uint16Array; starts: Uint32Array; ends: Uint32Array};

const buffersFor = (size: number): Buffers => ({
	units: new Uint16Array(size),
	starts: new Uint32Array(size),
	ends: new Uint32Array(size),
});

/** Undoes one level of escapes. Returns the number of units, and whether any escape was there. */
const undo = (text: string, {units, starts, ends}: Buffers, raw: boolean): {length: number; escaped: boolean} => {
	let length = 0;
	let escaped = false;
	const put = (unit: number, start: number, end: number): void => {
		units[length] = unit;
		starts[length] = start;
		ends[length] = end;
		length += 1;
	};
	for (let index = 0; index < text.length; ) {
		const unit = text.charCodeAt(index);
		const read = !raw && (unit === 92 || unit === 37 || unit === 38) ? readers.get(unit) : undefined;
		if (read === undefined) {
			put(unit, index, index + 1);
			index += 1;
			continue;
		}
		const found = read(text, index);
		escaped ||= found.end > index + 1 || found.units[0] !== unit;
		for (const one of found.units) put(one, index, found.end);
		index = found.end;
	}
	return {length, escaped};
};

const textOf = ({units}: Buffers, length: number): string =>
	Buffer.from(units.buffer, 0, length * 2).toString('utf16le');

/** Two sets of buffers, which are made anew when a text needs larger ones. */
export const createDecoder = () => {
	let [now, next] = [buffersFor(0), buffersFor(0)];
	const again = (length: number): {length: number; escaped: boolean} => {
		const found = undo(textOf(now, length), next, false);
		for (let index = 0; index < found.length; index += 1) {
			next.starts[index] = now.starts[next.starts[index] ?? 0] ?? 0;
			next.ends[index] = now.ends[(next.ends[index] ?? 1) - 1] ?? 0;
		}
		return found;
	};
	/**
	 * Undoes JSON (RFC 8259 section 7), percent, HTML, shell and Python escapes, however often one stands in the other. What is decoded
	 * twice stays as it is, so a secret that holds escapes itself is decoded to the same as its escaped form.
	 * @param raw takes each character as it stands. The result counts until the next call.
	 */
	return (text: string, raw = false): Decoded => {
		if (now.units.length < text.length) [now, next] = [buffersFor(text.length * 2), buffersFor(text.length * 2)];
		const first = undo(text, now, raw);
		let {length} = first;
		for (let pass = 1, more = first.escaped; more && pass < mostPasses; pass += 1) {
			const found = again(length);
			more = found.escaped;
			if (more) {
				[now, next] = [next, now];
				length = found.length;
			}
		}
		return {units: now.units, starts: now.starts, ends: now.ends, length, escaped: first.escaped};
	};
};
