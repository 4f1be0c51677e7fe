import type {Compression} from './compressed.ts';

/** A file on disk that is a part of a larger one. `file` is absolute, `size` in bytes, `label` for messages. */
export type Part = {readonly file: string; readonly size: number; readonly label: string};

/** A compressed slice, and how to read what comes out of it. */
export type Packed = {
	readonly from: Slice;
	readonly algorithm: Compression;
	/** What it may unpack to at most, in bytes; as for images where nothing is said. */
	readonly most?: number | undefined;
};

/**
 * A range of bytes: a whole file, a tar member, a member of a tar within a tar. Plain data, so that it can be handed to
 * a worker. The bytes lie in a file on disk, in several that are one after the other (`parts`), or in what comes out
 * when another slice is decompressed (`unpacked`).
 */
export type Slice = {
	/** Absolute path of the file on disk; of a split tar, of the list of its parts. */
	readonly file: string;
	/** First byte, counted from the start of that file, of the joined parts, or of the decompressed bytes. */
	readonly offset: number;
	/** Number of bytes; `Infinity` for all that comes out of a compressed file, which nobody has counted yet. */
	readonly size: number;
	/** Path relative to the bundle, for messages. */
	readonly label: string;
	readonly parts?: readonly Part[] | undefined;
	readonly unpacked?: Packed | undefined;
	/** Its first bytes, kept while a compressed archive was listed: small files are not decompressed to again. */
	readonly head?: Uint8Array | undefined;
};

/** A slice of what comes out of a compressed one. */
export type UnpackedSlice = Slice & {readonly unpacked: Packed};

/** Every file on disk that the bytes of a slice come from. */
export const filesOf = (slice: Slice): readonly string[] =>
	slice.unpacked ? filesOf(slice.unpacked.from) : [slice.file, ...(slice.parts ?? []).map(({file}) => file)];

/** All bytes that come out of a compressed slice. */
export const unpackedOf = (from: Slice, algorithm: Compression, most?: number): UnpackedSlice => ({
	file: from.file,
	offset: 0,
	size: Number.POSITIVE_INFINITY,
	label: from.label,
	unpacked: {from, algorithm, most},
});

/** The row of bytes in which a slice lies: offsets of slices of the same row can be compared. */
export const rowOf = ({file, unpacked}: Slice): string =>
	unpacked ? `${rowOf(unpacked.from)}\n${unpacked.algorithm} ${unpacked.from.offset} ${unpacked.from.size}` : file;
