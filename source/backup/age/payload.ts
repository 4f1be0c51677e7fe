import {createCipheriv, createDecipheriv, hkdfSync} from 'node:crypto';
import {Transform, type TransformCallback} from 'node:stream';

/** The payload of an age file (c2sp.org/age, "Payload"): chunks of 64 KiB, each with a tag of its own. */
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const cipherName = 'chacha20-poly1305';

/** Bytes between the header and the first chunk. */
export const nonceBytes = 16;

/** The key of the chunks, of the key of the file and the nonce in front of them. */
export const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Buffer =>
	Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));

/** Eleven bytes that count chunks, and one that says which is the last; 2^48 chunks are more than any disk has. */
const nonceOf = (count: number, last: boolean): Buffer => {
	const nonce = Buffer.alloc(12);
	nonce.writeUIntBE(count, 5, 6);
	nonce.writeUInt8(last ? 1 : 0, 11);
	return nonce;
};

type Turn = (chunk: Buffer, count: number, last: boolean) => Buffer;

/** Cuts what passes into chunks of one size, of which the last may be shorter, and turns each; one chunk is in memory. */
const inChunks = (size: number, turn: Turn): Transform => {
	const held = Buffer.alloc(size);
	let used = 0;
	let count = 0;
	const next = (stream: Transform, last: boolean): void => {
		stream.push(turn(held.subarray(0, used), count, last));
		count += 1;
		used = 0;
	};
	const guarded = (work: () => void, done: TransformCallback): void => {
		try {
			work();
		} catch (error) {
			done(error instanceof Error ? error : new Error(String(error)));
			return;
		}
		done();
	};
	return new Transform({
		transform(piece: Buffer, _encoding, done) {
			guarded(() => {
				for (let at = 0; at < piece.length; ) {
					// Only what comes after a full chunk tells that it is not the last one.
					if (used === size) next(this, false);
					const taken = piece.copy(held, used, at);
					used += taken;
					at += taken;
				}
			}, done);
		},
		flush(done) {
			guarded(() => next(this, true), done);
		},
	});
};

/** Encrypts a payload; node:crypto is fifteen times as fast at it as the library, which makes the header. */
export const sealing = (key: Buffer): Transform =>
	inChunks(chunkBytes, (chunk, count, last) => {
		const cipher = createCipheriv(cipherName, key, nonceOf(count, last), {authTagLength: tagBytes});
		const sealed = cipher.update(chunk);
		cipher.final();
		return Buffer.concat([sealed, cipher.getAuthTag()]);
	});

/**
 * Decrypts a payload; it fails at the first chunk that was changed, and at its end where it was cut.
 * @param refuse the error for a chunk that does not open; it gets the place of its contents, bytes from the start
 */
export const opening = (key: Buffer, refuse: (at: number) => Error): Transform =>
	inChunks(chunkBytes + tagBytes, (chunk, count, last) => {
		const end = chunk.length - tagBytes;
		const at = count * chunkBytes;
		// Of all chunks only the first may be empty.
		if (end < 0 || (end === 0 && count > 0)) throw refuse(at);
		const decipher = createDecipheriv(cipherName, key, nonceOf(count, last), {authTagLength: tagBytes});
		decipher.setAuthTag(chunk.subarray(end));
		const plain = decipher.update(chunk.subarray(0, end));
		try {
			decipher.final();
		} catch {
			throw refuse(at);
		}
		return plain;
	});
