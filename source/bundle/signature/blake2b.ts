const mask = 0xffff_ffff_ffff_ffffn;
const blockBytes = 128;

/** RFC 7693, section 2.6. */
const initial: readonly bigint[] = [
	0x6a09e667f3bcc908n,
	0xbb67ae8584caa73bn,
	0x3c6ef372fe94f82bn,
	0xa54ff53a5f1d36f1n,
	0x510e527fade682d1n,
	0x9b05688c2b3e6c1fn,
	0x1f83d9abfb41bd6bn,
	0x5be0cd19137e2179n,
];

/** RFC 7693, section 2.7: the words of the message for each round, a hexadecimal digit each; rounds 10 and 11 repeat 0 and 1. */
const schedule = [
	'0123456789abcdef',
	'ea489fd61c02b753',
	'b8c052fdae367194',
	'7931dcbe265a40f8',
	'905724afe1bc683d',
	'2c6a0b834d75fe19',
	'c51fed4a0763928b',
	'db7ec13950f4862a',
	'6fe9b308c2d714a5',
	'a2847615fb9e3cd0',
	'0123456789abcdef',
	'ea489fd61c02b753',
].map((row) => [...row].map((digit) => Number.parseInt(digit, 16)));

/** RFC 7693, section 3.2: the four places of the state that each of the eight mixings of a round takes: columns, then diagonals. */
const places = [
	[0, 4, 8, 12],
	[1, 5, 9, 13],
	[2, 6, 10, 14],
	[3, 7, 11, 15],
	[0, 5, 10, 15],
	[1, 6, 11, 12],
	[2, 7, 8, 13],
	[3, 4, 9, 14],
] as const;

const rotate = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & mask;

const compress = (state: BigUint64Array, block: Buffer, counted: number, last: boolean): void => {
	const v = new BigUint64Array(16);
	v.set(state);
	v.set(initial, 8);
	const at = (place: number): bigint => v[place] ?? 0n;
	v[12] = at(12) ^ BigInt(counted);
	if (last) v[14] = at(14) ^ mask;
	for (const row of schedule) {
		for (const [index, [a, b, c, d]] of places.entries()) {
			const half = (letter: number, first: bigint, second: bigint): void => {
				v[a] = at(a) + at(b) + block.readBigUInt64LE((row[letter] ?? 0) * 8);
				v[d] = rotate(at(d) ^ at(a), first);
				v[c] = at(c) + at(d);
				v[b] = rotate(at(b) ^ at(c), second);
			};
			half(index * 2, 32n, 24n);
			half(index * 2 + 1, 16n, 63n);
		}
	}
	for (let place = 0; place < 8; place++) state[place] = (state[place] ?? 0n) ^ at(place) ^ at(place + 8);
};

/**
 * BLAKE2b with 32 bytes of output and no key (RFC 7693), for the check sum in a secret key: `node:crypto` has it with 64 bytes
 * only, and the length of the output is part of what is hashed. Meant for some hundred bytes.
 */
export const blake2b256 = (data: Uint8Array): Buffer => {
	const state = BigUint64Array.from(initial);
	state[0] = (state[0] ?? 0n) ^ 0x0101_0000n ^ 32n;
	const blocks = Math.max(1, Math.ceil(data.length / blockBytes));
	for (let index = 0; index < blocks; index++) {
		const block = Buffer.alloc(blockBytes);
		block.set(data.subarray(index * blockBytes, (index + 1) * blockBytes));
		compress(state, block, Math.min(data.length, (index + 1) * blockBytes), index === blocks - 1);
	}
	const bytes = Buffer.alloc(64);
	for (const [index, value] of state.entries()) bytes.writeBigUInt64LE(value, index * 8);
	return bytes.subarray(0, 32);
};
