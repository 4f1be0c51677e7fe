import {createHash, type Hash} from 'node:crypto';
import {constants, type FileHandle, open, rename, rm} from 'node:fs/promises';
import {chunkBytes} from '../../../archive/slice.ts';
import {sizeOfFile, syncFile, takeAway} from '../../../base/files.ts';
import {isAbort} from '../../../base/problem.ts';
import {digestOfHash} from '../../../oci/digest.ts';
import {unwritable} from '../../write/problems.ts';
import {partOf} from '../folder.ts';
import {createProblems} from '../problems.ts';
import type {PlannedBlob} from '../types.ts';
import {type BlobBytes, revocable, type Told} from './blob-bytes.ts';
import {receive} from './receive.ts';

/** What became of a blob. `from` is the byte at which it was gone on with. */
export type BlobOutcome = {readonly state: 'present' | 'fetched'; readonly from: number};

type FetchOptions = {readonly signal: AbortSignal; readonly onBytes: BlobBytes};

/** Hashes the first bytes of a file. */
const hashFile = async (handle: FileHandle, length: number, signal: AbortSignal, {onKept}: Told): Promise<Hash> => {
	const hash = createHash('sha256');
	const buffer = Buffer.allocUnsafe(chunkBytes);
	for (let at = 0; at < length; ) {
		signal.throwIfAborted();
		const {bytesRead} = await handle.read(buffer, 0, Math.min(chunkBytes, length - at), at);
		if (bytesRead === 0) break;
		hash.update(buffer.subarray(0, bytesRead));
		at += bytesRead;
		onKept(bytesRead);
	}
	return hash;
};

/** True where the file is there, whole, with the right bytes. */
const isThere = async (blob: PlannedBlob, file: string, {signal, onBytes}: FetchOptions): Promise<boolean> => {
	if ((await sizeOfFile(file)) !== blob.size) return false;
	const told = revocable(onBytes);
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		const hash = await hashFile(handle, blob.size, signal, told);
		if (digestOfHash(hash) === blob.digest) return true;
		told.revoke();
		return false;
	} finally {
		await handle.close();
	}
};

/** Only a file that a run of this tool can have left is gone on with: a link would lead the bytes elsewhere. */
const openPart = async (file: string, anew: boolean): Promise<FileHandle> => {
	if (anew || (await sizeOfFile(file)) === undefined) await takeAway(file);
	return open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
};

/** Bytes of a blob that lie in its part; more than it has are none of it. */
const bytesIn = async (handle: FileHandle, {size}: PlannedBlob): Promise<number> => {
	const have = (await handle.stat()).size;
	if (have <= size) return have;
	await handle.truncate(0);
	return 0;
};

/**
 * Completes a blob in its part, and puts it on the disk.
 * @param anew take nothing of what lies there
 * @returns the byte at which it was gone on with; undefined where bytes that an earlier run left are not those of the blob
 */
const complete = async (
	blob: PlannedBlob,
	file: string,
	{signal, onBytes}: FetchOptions,
	anew: boolean,
): Promise<number | undefined> => {
	const told = revocable(onBytes);
	const handle = await openPart(file, anew).catch(unwritable(file));
	try {
		const from = await bytesIn(handle, blob);
		const hash = await hashFile(handle, from, signal, told);
		if (from < blob.size) await receive(blob, {handle, file, from, hash}, signal, told);
		if (digestOfHash(hash) === blob.digest) {
			await syncFile(handle).catch(unwritable(file));
			return from;
		}
		if (from > 0 && !anew) {
			told.revoke();
			return undefined;
		}
	} finally {
		await handle.close();
	}
	await rm(file, {force: true});
	const {image, digest} = blob;
	throw createProblems.error('bundle-create-digest', {case: 'other bytes', image, digest});
};

/**
 * Brings a blob to `file`. Its bytes are written to `file.part`, where a later run goes on, and are hashed on the way; the file has
 * its name only when it is whole, right and on the disk.
 * @throws ProblemError `bundle-create-digest`, `bundle-create-disk-full`, `bundle-create-unwritable`, or what its source throws
 */
export const fetchBlob = async (blob: PlannedBlob, file: string, options: FetchOptions): Promise<BlobOutcome> => {
	const {signal} = options;
	const part = partOf(file);
	if (await isThere(blob, file, options)) {
		await rm(part, {force: true});
		return {state: 'present', from: 0};
	}
	try {
		// Bytes that an earlier run left may be torn by a power cut: once, it begins anew.
		const from = (await complete(blob, part, options, false)) ?? (await complete(blob, part, options, true)) ?? 0;
		await rename(part, file).catch(unwritable(file));
		return {state: 'fetched', from};
	} catch (error) {
		if (signal.aborted && !isAbort(error)) throw signal.reason ?? error;
		throw error;
	}
};
