import type {Random} from './random.ts';

/** What is put in the middle of a text: controls, half a letter, numbers beyond all bounds, what opens and does not close. */
const intruders = [
	'\0',
	'\u001b[2J\u0007',
	'\r\n\r\n',
	Buffer.from([0xff, 0xfe, 0xc3]),
	'9'.repeat(400),
	'-1',
	'1e999',
	'null',
	'"',
	'['.repeat(20_000),
	'{"a":'.repeat(20_000),
	'\u202e\u2028',
	'y'.repeat(100_000),
	'\n'.repeat(10_000),
].map((one) => Buffer.from(one));

const joined = (...parts: readonly (Buffer | string)[]): Buffer =>
	Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** One bit is another. */
export const flipped = (bytes: Buffer, {below}: Random): Buffer => {
	const copy = Buffer.from(bytes);
	const at = below(copy.length);
	if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
	return copy;
};

/** Only its beginning, or only its end. */
const cut = (bytes: Buffer, {below}: Random): Buffer => {
	const at = below(bytes.length);
	return below(3) === 0 ? bytes.subarray(at) : bytes.subarray(0, at);
};

/** Each changes a text in its own way. */
const changes: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
	flipped,
	cut,
	(bytes) => joined(bytes, bytes),
	(bytes, {below}) => joined(bytes.subarray(0, below(bytes.length)), bytes),
	(bytes, {below, pick}) => {
		const at = below(bytes.length + 1);
		return joined(bytes.subarray(0, at), pick(intruders), bytes.subarray(at));
	},
	(bytes, {below}) => {
		const at = below(bytes.length);
		return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(40)));
	},
	(bytes, {below}) => Buffer.from(Array.from({length: 1 + below(Math.min(200, bytes.length))}, () => below(256))),
	(bytes, {pick}) => {
		const numbers = ['-1', '0', '007', '99999999999999999999', '1e400', 'NaN'];
		return Buffer.from(
			bytes.toString('latin1').replace(/\d+/u, () => pick(numbers)),
			'latin1',
		);
	},
	(bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
	() => Buffer.alloc(0),
	(_bytes, {pick}) => pick(intruders),
];

/** Bytes with something wrong in them. */
export const mutantOf = (bytes: Buffer | string, random: Random): Buffer =>
	random.pick(changes)(Buffer.from(bytes as string), random);

/** Stands for a value that no program writes down: it is deeper than a call may go. */
const deepest = '@deep@';
const deepText = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

const deep = (depth: number): unknown => {
	let value: unknown = [];
	for (let level = 0; level < depth; level += 1) value = [value];
	return value;
};

const strange: readonly unknown[] = [
	null,
	0,
	-1,
	1.5,
	1e308,
	true,
	'',
	'x',
	'constructor',
	'\u001b[2J\n',
	'\ud800',
	[],
	[null],
	{},
	{a: null},
	JSON.parse('{"__proto__":{"length":1}}'),
	deep(300),
	deepest,
	'y'.repeat(5000),
	Array.from({length: 2000}, () => ({})),
];

/** Every place in a value, by the keys that lead there. */
const placesIn = (value: unknown, path: readonly string[] = []): ReadonlyArray<readonly string[]> =>
	value !== null && typeof value === 'object'
		? [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))]
		: [path];

type Tree = Record<string, unknown>;

const changed = (
	value: unknown,
	[key, ...rest]: readonly string[],
	change: (parent: Tree, key: string) => void,
): unknown => {
	if (key === undefined) return value;
	const copy = (Array.isArray(value) ? [...value] : {...(value as Tree)}) as Tree;
	if (rest.length === 0) change(copy, key);
	else copy[key] = changed(copy[key], rest, change);
	return copy;
};

const withStrange = (value: unknown, random: Random): string => {
	const place = random.pick(placesIn(value));
	const other = random.pick(strange);
	const all = place.length === 0 ? other : changed(value, place, (parent, key) => (parent[key] = other));
	return JSON.stringify(all).replace(`"${deepest}"`, deepText);
};

const withoutKey = (value: unknown, {pick}: Random): string =>
	JSON.stringify(
		changed(value, pick(placesIn(value)), (parent, key) => {
			if (!Array.isArray(parent)) delete parent[key];
		}),
	);

/** A text of JSON with something wrong in it: a strange value, a key that is gone, or what may befall any bytes. */
export const mutantOfJson = (value: unknown, random: Random): string => {
	const kind = random.below(6);
	// Most mistakes are in values.
	if (kind < 3) return withStrange(value, random);
	if (kind === 3) return withoutKey(value, random);
	return mutantOf(JSON.stringify(value), random).toString('utf8');
};
