import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {PassThrough, pipeline, type Readable, Transform} from 'node:stream';
import {decryptWith, type Openers} from './age/decrypt.ts';
import {unreadable} from './place.ts';
import {anotherSum} from './sums.ts';
import type {BackupManifest, BackupPart} from './types.ts';
import {partPath} from './write-part.ts';

/** Where a part lies, and what is known of it. */
export type PartPlace = {readonly folder: string; readonly manifest: BackupManifest; readonly part: BackupPart};

/** Sums all that passes and lets through what stands behind `start`; fails at the end where the sum is another one. */
const summed = ({folder, part}: PartPlace, start: number): Transform => {
	const hash = createHash('sha256');
	let left = start;
	return new Transform({
		transform(piece: Buffer, _encoding, done) {
			hash.update(piece);
			const skipped = Math.min(left, piece.length);
			left -= skipped;
			done(undefined, piece.subarray(skipped));
		},
		flush(done) {
			const actual = hash.digest('hex');
			done(actual === part.sha256 ? undefined : anotherSum(folder, part, actual));
		},
	});
};

const decrypting = (handle: FileHandle, {manifest, part}: PartPlace, openers: Openers) =>
	manifest.encryption === 'age'
		? decryptWith(handle, {file: part.file, recipients: manifest.recipients}, openers)
		: Promise.resolve({start: 0, decrypt: new PassThrough()});

const openPart = async (file: string): Promise<FileHandle> => {
	try {
		return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		throw unreadable(file, error);
	}
};

/** Whether a part opens; nothing of its contents is read. @throws ProblemError as `readPart` */
export const requireOpens = async (place: PartPlace, openers: Openers): Promise<void> => {
	const handle = await openPart(partPath(place.folder, place.part));
	try {
		await decrypting(handle, place, openers);
	} finally {
		await handle.close();
	}
};

/**
 * What is in a part. The stream fails, and does not end, where the file is cut or was changed.
 * @throws ProblemError `backup-unreadable`, and as `decryptWith`
 */
export const readPart = async (place: PartPlace, openers: Openers, signal: AbortSignal): Promise<Readable> => {
	const handle = await openPart(partPath(place.folder, place.part));
	try {
		const {start, decrypt} = await decrypting(handle, place, openers);
		const source = handle.createReadStream({start: 0, highWaterMark: 1024 ** 2, signal});
		// Whoever reads hears of every failure: it destroys the last stream of the line.
		return pipeline(source, summed(place, start), decrypt, () => undefined);
	} catch (error) {
		await handle.close();
		throw error;
	}
};
