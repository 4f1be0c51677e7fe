import type {Blob} from '../../oci/descriptor.ts';
import type {Image} from '../../oci/image.ts';

/** What an image is called here, and the reference that it was saved under. */
export type Named = Pick<Image, 'name' | 'tag' | 'source'>;

/** An image of an archive, whatever it is called there. */
export type FoundImage = Omit<Image, keyof Named>;

/** Layers may occur twice in an image; each blob is pushed once. */
export const eachOnce = (blobs: readonly Blob[]): readonly Blob[] => [
	...new Map(blobs.map((blob) => [blob.digest, blob])).values(),
];
