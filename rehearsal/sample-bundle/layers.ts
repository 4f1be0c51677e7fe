import {createCipheriv, createHash} from 'node:crypto';
import {once} from 'node:events';
import {createReadStream, createWriteStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import {type Pack, pack} from 'tar-stream';

/** All files of the sample carry this time, so that the same parameters give the same bytes. */
export const fixedTime = new Date('2026-01-01T00:00:00Z');

const chunkBytes = 1024 * 1024;

/** Bytes that look random and follow from `seed` alone (AES in counter mode over zeros). */
export const pseudoRandom = function* (seed: string, bytes: number): Generator<Buffer> {
	const key = createHash('sha256').update(seed).digest();
	const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
	for (let left = bytes; left > 0; left -= chunkBytes) yield cipher.update(Buffer.alloc(Math.min(left, chunkBytes)));
};

/** Adds a file to a tar; resolves when its bytes are taken. */
export const addFile = async (
	tar: Pack,
	name: string,
	content: Buffer | {readonly size: number; readonly chunks: Iterable<Buffer> | AsyncIterable<Buffer>},
): Promise<void> => {
	const whole = Buffer.isBuffer(content);
	const size = whole ? content.length : content.size;
	const header = {name, size, mtime: fixedTime, mode: 0o644, uid: 0, gid: 0};
	const {promise: finished, resolve, reject} = Promise.withResolvers<void>();
	const entry = tar.entry(header, (error) => (error ? reject(error) : resolve()));
	for await (const chunk of whole ? [content] : content.chunks) {
		if (chunk.length > 0 && !entry.write(chunk)) await Promise.race([once(entry, 'drain'), finished]);
	}
	entry.end(Buffer.alloc(0));
	await finished;
};

export const addFolder = (tar: Pack, name: string): void => {
	tar.entry({name: `${name}/`, type: 'directory', mtime: fixedTime, mode: 0o755, uid: 0, gid: 0});
};

export const addLink = (tar: Pack, name: string, target: string): void => {
	tar.entry({name, type: 'symlink', linkname: target, mtime: fixedTime, mode: 0o777, uid: 0, gid: 0});
};

/** Writes a tar file; `fill` adds its members. */
export const writeTar = async (path: string, fill: (tar: Pack) => Promise<void>): Promise<void> => {
	const tar = pack();
	const written = pipeline(tar, createWriteStream(path));
	const filled = fill(tar).then(
		() => tar.finalize(),
		(error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
	);
	await Promise.all([written, filled]);
};

export type Layer = {readonly name: string; readonly file: string; readonly digest: string; readonly size: number};

/** Writes a layer: a root file system's slice with some folders, a text and one large file. */
export const writeLayer = async (file: string, name: string, bytes: number): Promise<Layer> => {
	await writeTar(file, async (tar) => {
		addFolder(tar, 'opt');
		addFolder(tar, `opt/${name}`);
		await addFile(tar, `opt/${name}/README`, Buffer.from(`A part of a rehearsal image: ${name}.\n`));
		await addFile(tar, `opt/${name}/content.bin`, {size: bytes, chunks: pseudoRandom(name, bytes)});
	});
	return {name, file, ...(await digestFile(file))};
};

/** SHA-256 (`sha256:` and hex) and size of a file. */
export const digestFile = async (file: string): Promise<{readonly digest: string; readonly size: number}> => {
	const hash = createHash('sha256');
	let size = 0;
	for await (const chunk of createReadStream(file, {highWaterMark: chunkBytes})) {
		hash.update(chunk as Buffer);
		size += (chunk as Buffer).length;
	}
	return {digest: `sha256:${hash.digest('hex')}`, size};
};
