import type {Readable} from 'node:stream';

/** A content-addressed piece of an image. `size` in bytes; `digest` is `sha256:` and 64 hex digits. */
export type Descriptor = {readonly mediaType: string; readonly digest: string; readonly size: number};

/** A blob that can be read any number of times, from any offset, straight out of where it lies. */
export type Blob = Descriptor & {
	readonly open: (offset?: number) => Readable;
	/**
	 * The same for who sends gigabytes: 1 MiB at a time, in memory that is used again. A chunk stays as it is until the second one after
	 * it is asked for.
	 */
	readonly scan?: (offset: number) => AsyncIterable<Buffer>;
	/** A differential bundle left it out, because the target has it: it cannot be opened, only found or mounted there. */
	readonly omitted?: true;
};

/** The exact bytes of an image manifest or an index, and their digest. */
export type ManifestBytes = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

/** Without what else an index or a blob has: annotations, a platform, ways to read it. */
export const plainDescriptor = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size});
