import type {Blob, Descriptor} from '../oci/descriptor.ts';
import type {Compression} from './compressed.ts';
import {openSlice, ringSlice, type Slice} from './slice.ts';

/** A blob of an archive, with the place where its bytes lie: who reads many of them can read each file once, front to back. */
export type ArchiveBlob = Blob & {
	readonly slice: Slice;
	/** Of a compressed layer: what it has to unpack to, by the configuration of its image. */
	readonly unpacksTo?: UnpacksTo | undefined;
};

/** `digest` is that of the plain tar. */
export type UnpacksTo = {readonly digest: string; readonly algorithm: Compression};

export const isArchiveBlob = (blob: Blob): blob is ArchiveBlob => 'slice' in blob;

/** A blob whose bytes lie in a slice. */
export const archiveBlob = (
	{mediaType, digest, size}: Descriptor,
	slice: Slice,
	unpacksTo?: UnpacksTo,
): ArchiveBlob => ({
	unpacksTo,
	mediaType,
	digest,
	size,
	slice,
	open: (offset = 0) => openSlice(slice, offset),
	scan: (offset) => ringSlice(slice, offset),
});
