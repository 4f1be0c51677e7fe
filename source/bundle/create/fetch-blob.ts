import {createHash, type Hash} from 'node:crypto';
import {constants, type FileHandle, open, rename, rm} from 'node:fs/promises';
import {bundleProblem} from '../../archive/problems.ts';
import {chunkBytes} from '../../archive/slice.ts';
import {sizeOfFile, takeAway} from '../../base/files.ts';
import {isAbort} from '../../base/problem.ts';
import {writing} from '../write/problems.ts';
import type {PlannedBlob} from './types.ts';

/** Told while a blob is worked on: bytes read from disk that were there before (`kept`), and bytes that came in. */
export type BlobBytes = (bytes: {readonly kept: number; readonly fetched: number}) => void;

/** What became of a blob. `from` is the byte at which it was gone on with. */
export type BlobOutcome = {readonly state: 'present' | 'fetched'; readonly from: number};

const hashFile = async (
	handle: FileHandle,
	length: number,
	signal: AbortSignal,
	onBytes: (bytes: number) => void,
): Promise<Hash> => {
	const hash = createHash('sha256');
	const buffer = Buffer.allocUnsafe(chunkBytes);
	for (let at = 0; at < length; ) {
		signal.throwIfAborted();
		const {bytesRead} = await handle.read(buffer, 0, Math.min(chunkBytes, length - at), at);
		if (bytesRead === 0) break;
		hash.update(buffer.subarray(0, bytesRead));
		at += bytesRead;
		onBytes(bytesRead);
	}
	return hash;
};

const hexOf = (hash: Hash): string => `sha256:${hash.digest('hex')}`;

/** True where the file is there, whole, with the right bytes. */
const isThere = async (blob: PlannedBlob, file: string, signal: AbortSignal, onBytes: BlobBytes): Promise<boolean> => {
	if ((await sizeOfFile(file)) !== blob.size) return false;
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	let read = 0;
	try {
		const hash = await hashFile(handle, blob.size, signal, (bytes) => {
			read += bytes;
			onBytes({kept: bytes, fetched: 0});
		});
		if (hexOf(hash) === blob.digest) return true;
		onBytes({kept: -read, fetched: 0});
		return false;
	} finally {
		await handle.close();
	}
};

const wrongBytes = (blob: PlannedBlob, cause: string) =>
	bundleProblem({
		code: 'bundle-create-digest',
		message: `A blob of ${blob.image} is not what its manifest says: ${blob.digest}.`,
		cause,
		fix: 'Start it again. If it comes back, a proxy changes what passes, or the registry or archive holds damaged bytes.',
	});

/** Writes what comes in, 1 MiB at a time, and hashes it; what came in before a failure is kept. */
const receive = async (
	blob: PlannedBlob,
	to: {readonly handle: FileHandle; readonly part: string; readonly from: number; readonly hash: Hash},
	signal: AbortSignal,
	onBytes: BlobBytes,
): Promise<void> => {
	const buffer = Buffer.allocUnsafe(chunkBytes);
	let filled = 0;
	let at = to.from;
	const flush = () =>
		writing(to.part, async () => {
			for (let done = 0; done < filled; )
				done += (await to.handle.write(buffer, done, filled - done, at + done)).bytesWritten;
			to.hash.update(buffer.subarray(0, filled));
			at += filled;
			filled = 0;
		});
	try {
		for await (const chunk of blob.read(to.from, signal)) {
			signal.throwIfAborted();
			if (at + filled + chunk.length > blob.size) throw wrongBytes(blob, `More than its ${blob.size} bytes came.`);
			for (let taken = 0; taken < chunk.length; ) {
				const bytes = chunk.copy(buffer, filled, taken);
				filled += bytes;
				taken += bytes;
				if (filled === chunkBytes) await flush();
			}
			onBytes({kept: 0, fetched: chunk.length});
		}
	} finally {
		if (filled > 0) await flush();
	}
	if (at < blob.size) throw wrongBytes(blob, `It ended after ${at} of ${blob.size} bytes.`);
};

/**
 * Brings a blob to `file`. Its bytes are written to `file.part`, where a later run goes on, and are hashed on the way; the file has
 * its name only when it is whole, right and on the disk.
 * @throws ProblemError `bundle-create-digest`, `bundle-create-disk-full`, `bundle-create-unwritable`, or what its source throws
 */
export const fetchBlob = async (
	blob: PlannedBlob,
	file: string,
	options: {readonly signal: AbortSignal; readonly onBytes: BlobBytes},
): Promise<BlobOutcome> => {
	const {signal, onBytes} = options;
	const part = `${file}.part`;
	if (await isThere(blob, file, signal, onBytes)) {
		await rm(part, {force: true});
		return {state: 'present', from: 0};
	}
	for (let again = false; ; again = true) {
		// Only a file that a run of this tool can have left is gone on with: a link would lead the bytes elsewhere.
		const handle = await writing(part, async () => {
			if (again || (await sizeOfFile(part)) === undefined) await takeAway(part);
			return open(part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
		});
		let kept = 0;
		let fetched = 0;
		const count: BlobBytes = (bytes) => {
			kept += bytes.kept;
			fetched += bytes.fetched;
			onBytes(bytes);
		};
		try {
			const have = (await handle.stat()).size;
			if (have > blob.size) await handle.truncate(0);
			const from = have > blob.size ? 0 : have;
			const hash = await hashFile(handle, from, signal, (bytes) => count({kept: bytes, fetched: 0}));
			if (from < blob.size) await receive(blob, {handle, part, from, hash}, signal, count);
			if (hexOf(hash) !== blob.digest) {
				// Bytes that an earlier run left may be torn by a power cut: once, it begins anew.
				if (from > 0 && !again) {
					onBytes({kept: -kept, fetched: -fetched});
					continue;
				}
				await rm(part, {force: true});
				throw wrongBytes(blob, 'All its bytes came, but their SHA-256 is another one.');
			}
			await writing(part, () => handle.sync());
			await writing(file, () => rename(part, file));
			return {state: 'fetched', from};
		} catch (error) {
			if (signal.aborted && !isAbort(error)) throw signal.reason ?? error;
			throw error;
		} finally {
			await handle.close();
		}
	}
};
