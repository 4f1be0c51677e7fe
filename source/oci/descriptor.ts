import type {Readable} from 'node:stream';

/** A content-addressed piece of an image. `size` in bytes; `digest` is `sha256:` and 64 hex digits. */
export type Descriptor = {readonly mediaType: string; readonly digest: string; readonly size: number};

/**
 * The contract of `scan`. Its chunks have so many bytes, but for the last. The newest `held` of those handed out are the reader's; when
 * one more is handed out, the memory of the oldest of them is used again.
 */
export const scanChunks = {bytes: 1024 * 1024, held: 2} as const;

/**
 * Bytes that a reader may still have under way when it asks for the next chunk: all that are its own then, but for the chunk whose
 * memory the one after that is read into.
 */
export const heldBytes = (scanChunks.held - 1) * scanChunks.bytes;

/** A blob that can be read any number of times, from any offset, straight out of where it lies. */
export type Blob = Descriptor & {
	readonly open: (offset?: number) => Readable;
	/**
	 * The same for who sends gigabytes, in memory that is used again: a chunk stays as it is as long as it is among the newest
	 * `scanChunks.held` that were handed out. How many buffers take turns (archive/ring.ts) and how many bytes a transport may have under
	 * way (`heldBytes`) follow from that.
	 */
	readonly scan?: (offset: number) => AsyncIterable<Buffer>;
	/** A differential bundle left it out, because the target has it: it cannot be opened, only found or mounted there. */
	readonly omitted?: true;
};

/** The exact bytes of an image manifest or an index, and their digest. */
export type ManifestBytes = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

/** Without what else an index or a blob has: annotations, a platform, ways to read it. */
export const plainDescriptor = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size});
