import type {Readable} from 'node:stream';
import type {BundleIndex} from './layout/index-file.ts';

/** A content-addressed piece of an image. `size` in bytes; `digest` is `sha256:` and 64 hex digits. */
export type Descriptor = {readonly mediaType: string; readonly digest: string; readonly size: number};

/** A blob that can be read any number of times, from any offset, straight out of its archive. */
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

/** As image configurations name it: `linux`, `arm`, `v7`. */
export type Platform = {readonly os: string; readonly architecture: string; readonly variant?: string};

/** One image ready to be pushed: the exact manifest bytes, their digest, and every blob they name (config first). */
export type Image = {
	/** Last path component: `zenml-pro-api`. */
	readonly name: string;
	readonly tag: string;
	/** The reference it was saved under, e.g. `715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.10.24`. */
	readonly source: string;
	/** Archive it lies in, relative to the bundle. */
	readonly archive: string;
	/** What goes under the tag: an image manifest, or an index of several platforms. */
	readonly manifest: ManifestBytes;
	/** Of an index: the image manifests it names, to be pushed by digest before it. */
	readonly children?: readonly ManifestBytes[];
	readonly blobs: readonly Blob[];
	readonly platform: Platform;
	/** Of an index: all of its platforms; `platform` is the first of them. */
	readonly platforms?: readonly Platform[];
};

/** A packed Helm chart in the bundle, with the metadata of its Chart.yaml. `path` is absolute. */
export type Chart = {
	readonly name: string;
	readonly version: string;
	readonly appVersion?: string;
	readonly kubeVersion?: string;
	readonly annotations: Readonly<Record<string, string>>;
	readonly path: string;
	/** SHA-256 of the tgz, `sha256:` and hex. */
	readonly digest: string;
};

/** What `manifest.txt` documents; every part may be absent in a bundle made by hand. */
export type BundleManifest = {
	readonly created?: string;
	readonly images: readonly string[];
	/** As Helm names packages: `zenml-pro-0.13.18`. */
	readonly charts: readonly string[];
	readonly registries: readonly string[];
	/** `sha256  path` lines, when there are any. */
	readonly checksums: ReadonlyMap<string, string>;
};

export type Bundle = {
	/** Absolute folder, or the absolute tar file when the bundle is read out of a tar. */
	readonly directory: string;
	readonly manifest: BundleManifest;
	readonly images: readonly Image[];
	readonly controlPlaneChart: Chart;
	readonly workspaceChart: Chart;
	/** SHA-256 over the names and digests of all its parts, `sha256:` and hex. */
	readonly digest: string;
	/** Its machine manifest; absent in a bundle made by hand. */
	readonly index?: BundleIndex;
	/** Who signed it, where a pinned key proved that; with the comment that the signature covers. */
	readonly signer?: {readonly keyId: string; readonly comment: string};
	/** What could not be verified, in the operator's words. */
	readonly warnings: readonly string[];
};

/** Bytes of the whole bundle, absolute. `file` is one that is being read, relative to the bundle; empty at the start. */
export type VerifyProgress = (progress: {readonly file: string; readonly done: number; readonly total: number}) => void;

/** What came out of a verification that found nothing wrong. */
export type Verified = {
	readonly files: number;
	/** Of these files. */
	readonly bytes: number;
	/** Of these bytes: what was read now. The rest was read earlier, and its files have not changed since. */
	readonly read: number;
	/** When the oldest of what was not read now was verified, in ms since the epoch. */
	readonly since?: number;
	/** Why the next verification will read all again; absent where what was verified is remembered. */
	readonly notRemembered?: string;
};

/** The bundle as a step sees it. */
export type BundlePort = {
	/** Reads the index of the bundle, not its bytes; the result is kept until a file on disk changes. @throws ProblemError area `bundle`. */
	readonly open: (signal: AbortSignal) => Promise<Bundle>;
	/**
	 * An image with its raw layers compressed, as the answers ask; the image itself where they do not, or where it has none.
	 * @throws ProblemError area `bundle`
	 */
	readonly compressed: (
		image: Image,
		options: {
			readonly signal: AbortSignal;
			/** Bytes of one raw layer, absolute. */
			readonly onProgress: (progress: {readonly digest: string; readonly done: number; readonly total: number}) => void;
		},
	) => Promise<Image>;
	/** Removes what `compressed` keeps for a run that goes on: when all is at the registry nobody needs it any more. */
	readonly dropCompressed: () => Promise<void>;
	/** Hashes every byte that was not verified earlier: checksums, digests of all blobs. @throws ProblemError area `bundle`. */
	readonly verify: (options: {readonly signal: AbortSignal; readonly onProgress: VerifyProgress}) => Promise<Verified>;
};
