import {createHash} from 'node:crypto';
import path from 'node:path';
import {
	addFile,
	addFolder,
	digestFile,
	type Layer,
	pseudoRandom,
	writeTar,
} from '../../rehearsal/sample-bundle/index.ts';

const mebibyte = 1024 * 1024;
/** Share of the bytes that no compression makes smaller: machine code and packed files of real images. */
const randomShare = 0.4;

/** Numbers from a seed, 32 bits each. */
const numbers = function* (seed: string): Generator<number> {
	for (const chunk of pseudoRandom(seed, Number.POSITIVE_INFINITY))
		for (let at = 0; at + 4 <= chunk.length; at += 4) yield chunk.readUInt32LE(at);
};

/** 8 MiB of words that gzip makes about three times smaller, as source code and texts are. */
const makeText = (): Buffer => {
	const dice = numbers('text');
	const next = (below: number): number => (dice.next().value ?? 0) % below;
	const letter = (): string => 'etaoinshrdlucmfwypvbgkqjxz'[Math.floor((next(1000) / 1000) ** 2 * 26)] ?? 'e';
	const words = Array.from({length: 5000}, () => Array.from({length: 2 + next(9)}, letter).join(''));
	const text = Buffer.alloc(8 * mebibyte, ' ');
	for (let at = 0; at < text.length - 32; ) {
		const kind = next(100);
		const word = words[Math.floor((next(1_000_000) / 1_000_000) ** 3 * words.length)] ?? '';
		at += text.write(kind < 80 ? `${word} ` : kind < 90 ? `${next(100_000)},` : '\n\t', at, 'latin1');
	}
	return text;
};

const texts = function* (text: Buffer, seed: string, bytes: number): Generator<Buffer> {
	const dice = numbers(seed);
	for (let left = bytes; left > 0; left -= mebibyte) {
		const length = Math.min(left, mebibyte);
		const start = (dice.next().value ?? 0) % (text.length - length);
		yield text.subarray(start, start + length);
	}
};

let text: Buffer | undefined;

/**
 * Writes a layer of about `bytes` bytes as an uncompressed tar: files from some hundred bytes to 24 MB, two in five of their
 * bytes random. The same name and size give the same bytes.
 */
export const writeContent = async (folder: string, name: string, bytes: number): Promise<Layer> => {
	text ??= makeText();
	const words = text;
	const dice = numbers(`sizes ${name}`);
	const next = (below: number): number => (dice.next().value ?? 0) % below;
	const file = path.join(folder, `${name}.layer`);
	await writeTar(file, async (tar) => {
		addFolder(tar, 'opt');
		for (let left = bytes - 4096, count = 0; left > 0; count++) {
			const kind = next(100);
			// Many small files, few large ones, which hold most of the bytes.
			const most = kind < 55 ? 8192 : kind < 85 ? 131_072 : kind < 97 ? 2_000_000 : 24_000_000;
			const size = Math.min(left, 200 + next(most));
			const random = next(1000) < randomShare * 1000;
			const seed = `${name} ${count}`;
			const chunks = random ? pseudoRandom(seed, size) : texts(words, seed, size);
			await addFile(tar, `opt/${name}/${count % 97}/${count}.${random ? 'bin' : 'txt'}`, {size, chunks});
			left -= size + 512;
		}
	});
	return {name, file, ...(await digestFile(file))};
};

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
