import type {Image} from '../../oci/image.ts';
import type {LeftOut} from '../../oci/left-out.ts';

/** What of an archive is taken. */
export type ReadOptions = {
	/** A platform of an image, such as `linux/arm/v7`, or `all` that it has; absent: amd64, or what there is. */
	readonly platform?: string | undefined;
	/** Blobs that a differential bundle left out, and their sizes. */
	readonly omitted?: ReadonlyMap<string, number> | undefined;
	/** What an image is called that carries no name: `NAME:VERSION`. */
	readonly name?: string | undefined;
};

/** All that an archive holds. */
export type ArchiveContents = {
	readonly images: readonly Image[];
	/** What is no image. */
	readonly leftOut: readonly LeftOut[];
	/** What the operator should know of the images, in whole sentences. */
	readonly notes: readonly string[];
	/** Whether `name` was needed. */
	readonly usedName: boolean;
};
