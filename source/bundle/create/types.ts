import type {Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import type {Platform} from '../../oci/platform.ts';

/** A platform of an image and the digest of its image manifest. */
export type PlannedPlatform = Platform & {readonly digest: string};

/** A blob that has to lie in the bundle, and how to come by its bytes from an offset on. */
export type PlannedBlob = Descriptor & {
	/** The image it was first met in, for people. */
	readonly image: string;
	readonly read: (from: number, signal: AbortSignal) => AsyncIterable<Buffer>;
};

/** An image as it will lie in the bundle. */
export type PlannedImage = {
	readonly name: string;
	readonly tag: string;
	readonly source: string;
	/** Who asked for it. */
	readonly from: 'spec' | 'chart' | 'archive';
	/** What goes under the tag: an image manifest, or an index. */
	readonly manifest: ManifestBytes;
	/** Of an index: everything that it names. */
	readonly children: readonly ManifestBytes[];
	/** True where the index was made here, of some of the platforms; its digest is then not the vendor's. */
	readonly rebuilt: boolean;
	readonly platforms: readonly PlannedPlatform[];
	readonly blobs: readonly PlannedBlob[];
	/** Configurations, which are small: kept from the look at the platform. */
	readonly configs: ReadonlyMap<string, Buffer>;
	/** Newest creation time among its configurations, in ms since 1970. */
	readonly createdMs: number | undefined;
	/** Manifests and blobs, each once, in bytes. */
	readonly size: number;
};
