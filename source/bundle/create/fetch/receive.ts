import type {Hash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import {chunkBytes} from '../../../archive/slice.ts';
import {unwritable} from '../../write/problems.ts';
import {createProblems} from '../problems.ts';
import type {PlannedBlob} from '../types.ts';
import type {Told} from './blob-bytes.ts';

/** A blob that is on its way into a file: `from` bytes of it are there, and are in the hash. */
export type Part = {readonly handle: FileHandle; readonly file: string; readonly from: number; readonly hash: Hash};

/** Collects what comes in, and writes and hashes it 1 MiB at a time. */
const createWriter = ({handle, file, from, hash}: Part) => {
	const buffer = Buffer.allocUnsafe(chunkBytes);
	let filled = 0;
	let at = from;
	const flush = async (): Promise<void> => {
		for (let done = 0; done < filled; ) {
			const {bytesWritten} = await handle.write(buffer, done, filled - done, at + done).catch(unwritable(file));
			done += bytesWritten;
		}
		hash.update(buffer.subarray(0, filled));
		at += filled;
		filled = 0;
	};
	const add = async (chunk: Buffer): Promise<void> => {
		for (let taken = 0; taken < chunk.length; ) {
			const bytes = chunk.copy(buffer, filled, taken);
			filled += bytes;
			taken += bytes;
			if (filled === chunkBytes) await flush();
		}
	};
	return {add, flush, received: (): number => at + filled};
};

/** Brings the rest of a blob; what came in before a failure is kept. */
export const receive = async (blob: PlannedBlob, part: Part, signal: AbortSignal, {onFetched}: Told): Promise<void> => {
	const {image, digest, size} = blob;
	const writer = createWriter(part);
	try {
		for await (const chunk of blob.read(part.from, signal)) {
			signal.throwIfAborted();
			if (writer.received() + chunk.length > size) {
				throw createProblems.error('bundle-create-digest', {case: 'too long', image, digest, size});
			}
			await writer.add(chunk);
			onFetched(chunk.length);
		}
	} finally {
		await writer.flush();
	}
	const received = writer.received();
	if (received === size) return;
	throw createProblems.error('bundle-create-digest', {case: 'too short', image, digest, size, received});
};
