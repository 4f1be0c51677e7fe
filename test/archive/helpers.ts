import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Slice} from '../../source/archive/slice.ts';
import {temporary} from '../bundle/helpers.ts';

/** Bytes in a file on disk. */
export const sliceOf = async (bytes: Buffer | string, label = 'images/x.tar'): Promise<Slice> => {
	const file = join(await temporary(), 'file');
	await writeFile(file, bytes);
	return {file, offset: 0, size: Buffer.byteLength(bytes), label};
};

export const contentOf = async (stream: AsyncIterable<unknown> | Iterable<unknown>): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
	return Buffer.concat(chunks);
};

/** One header of a tar, with the checksum that belongs to it. */
export const headerOf = (name: string, {type = '0', size = 0, target = ''} = {}): Buffer => {
	const header = Buffer.alloc(512);
	header.write(name, 0);
	header.write(size.toString(8).padStart(11, '0'), 124);
	header.write(type, 156);
	header.write(target, 157);
	header.fill(32, 148, 156);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return header;
};

/** The content of a member, filled up to whole blocks. */
export const blocksOf = (content: Buffer | string): Buffer => {
	const bytes = Buffer.from(content);
	return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};

export const tarEnd = Buffer.alloc(1024);
