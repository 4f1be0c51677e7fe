import type {Blob, Descriptor} from '../oci/descriptor.ts';
import {openSlice, ringSlice, type Slice} from './slice.ts';

/** A blob of an archive, with the place where its bytes lie: who reads many of them can read each file once, front to back. */
export type ArchiveBlob = Blob & {readonly slice: Slice};

export const isArchiveBlob = (blob: Blob): blob is ArchiveBlob => 'slice' in blob;

/** A blob whose bytes lie in a slice. */
export const archiveBlob = ({mediaType, digest, size}: Descriptor, slice: Slice): ArchiveBlob => ({
	mediaType,
	digest,
	size,
	slice,
	open: (offset = 0) => openSlice(slice, offset),
	scan: (offset) => ringSlice(slice, offset),
});
