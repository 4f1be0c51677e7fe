import {createHash} from 'node:crypto';
import {type FileHandle, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough, Transform, Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {openNew, syncFile} from '../base/files.ts';
import {encryptFor, type Readers} from './age/encrypt.ts';
import {partial, unwritableOrFull} from './place.ts';
import type {BackupManifest, BackupPart, PartHead} from './types.ts';

const fingerprintOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 8);

/** The name of a part's file: plain letters, and no two parts the same, also on disks that know no capitals. */
export const fileOf = (
	{kind, name, ending}: PartHead,
	{encryption, parts}: Pick<BackupManifest, 'encryption' | 'parts'>,
): string => {
	const plain = name.replaceAll(/[^A-Za-z0-9.-]+/gu, '-').slice(0, 100);
	const end = `.${ending}${encryption === 'age' ? '.age' : ''}`;
	const file = plain === kind ? `${kind}${end}` : `${kind}-${plain}${end}`;
	const isTaken = parts.some(
		(part) => part.file.toLowerCase() === file.toLowerCase() && !(part.kind === kind && part.name === name),
	);
	return plain === name && !isTaken ? file : `${kind}-${plain}-${fingerprintOf(name)}${end}`;
};

/** Counts the bytes that pass; `each` sees them, too. */
const counting = (each?: (piece: Buffer) => void): {readonly stream: Transform; readonly bytes: () => number} => {
	let bytes = 0;
	const stream = new Transform({
		transform(piece: Buffer, _encoding, done) {
			bytes += piece.length;
			each?.(piece);
			done(undefined, piece);
		},
	});
	return {stream, bytes: () => bytes};
};

/** Writes behind each other; the handle stays open, since its bytes are still to be put on the disk. */
const onto = (handle: FileHandle): Writable =>
	new Writable({
		highWaterMark: 1024 ** 2,
		write(piece: Buffer, _encoding, done) {
			handle.writeFile(piece).then(() => done(), done);
		},
		// What came while the disk was busy goes to it at once: each write is a way to another thread and back.
		writev(waiting, done) {
			const pieces = waiting.map(({chunk}: {readonly chunk: Buffer}) => chunk);
			handle.writeFile(Buffer.concat(pieces)).then(() => done(), done);
		},
	});

type PartBytes = Pick<BackupPart, 'bytes' | 'plainBytes' | 'sha256'>;

/** What fails, and whether it was whoever writes: its own words must not be taken for those of the disk. */
const fromWriter = new WeakSet<Error>();

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const feed = async (into: Writable, write: (into: Writable) => Promise<void>): Promise<void> => {
	try {
		await write(into);
		into.end();
	} catch (error) {
		const told = errorOf(error);
		fromWriter.add(told);
		into.destroy(told);
	}
};

/**
 * Writes a file of a backup: encrypted, summed and counted on its way, and with its bytes on the disk before it gets its name.
 * @throws ProblemError `backup-disk-full`, `backup-unwritable`; what `write` throws; the reason of the signal
 */
export const writePart = async (
	file: string,
	readers: Readers | undefined,
	write: (into: Writable) => Promise<void>,
	signal: AbortSignal,
): Promise<PartBytes> => {
	const temporary = partial(file);
	const hash = createHash('sha256');
	const plain = counting();
	const lying = counting((piece) => hash.update(piece));
	try {
		const {head, encrypt} = readers ? await encryptFor(readers) : {head: undefined, encrypt: new PassThrough()};
		const handle = await openNew(temporary, 0o600);
		try {
			if (head) lying.stream.write(head);
			const piped = pipeline(plain.stream, encrypt, lying.stream, onto(handle), {signal});
			void feed(plain.stream, write);
			await piped;
			await syncFile(handle);
		} finally {
			await handle.close();
		}
		await rename(temporary, file);
		return {bytes: lying.bytes(), plainBytes: plain.bytes(), sha256: hash.digest('hex')};
	} catch (error) {
		await rm(temporary, {force: true}).catch(() => undefined);
		signal.throwIfAborted();
		if (error instanceof Error && fromWriter.has(error)) throw error;
		throw await unwritableOrFull(file, error, lying.bytes());
	}
};

/** The name that a part has for its folder. */
export const partPath = (folder: string, {file}: Pick<BackupPart, 'file'>): string => path.join(folder, file);
