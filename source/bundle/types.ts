import type {ChartMetadata} from '../archive/chart-yaml.ts';
import type {Image} from '../oci/image.ts';
import type {LeftOut} from '../oci/left-out.ts';
import type {BundleIndex} from './layout/index-file.ts';
import type {BundleManifest} from './layout/types.ts';

/** A packed Helm chart in the bundle, with the metadata of its Chart.yaml. `path` is absolute. */
export type Chart = ChartMetadata & {
	readonly path: string;
	/** SHA-256 of the tgz, `sha256:` and hex. */
	readonly digest: string;
};

export type Bundle = {
	/** Absolute folder, or the absolute tar file when the bundle is read out of a tar. */
	readonly directory: string;
	readonly manifest: BundleManifest;
	readonly images: readonly Image[];
	/** What lies in its archives beside them and is no image; the warnings tell of it as well. */
	readonly leftOut?: readonly LeftOut[] | undefined;
	readonly controlPlaneChart: Chart;
	readonly workspaceChart: Chart;
	/** SHA-256 over the names and digests of all its parts, `sha256:` and hex. */
	readonly digest: string;
	/** Its machine manifest; absent in a bundle made by hand. */
	readonly index?: BundleIndex | undefined;
	/** Who signed it, where a pinned key proved that; with the comment that the signature covers. */
	readonly signer?: {readonly keyId: string; readonly comment: string} | undefined;
	/** What could not be verified, in the operator's words. */
	readonly warnings: readonly string[];
};

/** A text of the vendor in the bundle, such as release notes. */
export type Paper = {
	/** Path in the bundle. */
	readonly file: string;
	/** Its lines, clean for a terminal, and cut where it is very long. */
	readonly lines: readonly string[];
	/** Bytes of the file. */
	readonly size: number;
	/** True where only its beginning was read. */
	readonly cut: boolean;
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
	readonly since?: number | undefined;
	/** Why the next verification will read all again; absent where what was verified is remembered. */
	readonly notRemembered?: string | undefined;
};

/** A program in the bundle, with what `bundle.json` says of it. */
export type PackedProgram = {
	/** `4.2.3`. */
	readonly version: string;
	/** SHA-256, hex. */
	readonly sha256: string;
	readonly bytes: number;
	readonly open: () => AsyncIterable<Uint8Array>;
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
	/** Release notes, migration guides and what else the bundle has to read. @throws ProblemError area `bundle` */
	readonly papers: (signal: AbortSignal) => Promise<readonly Paper[]>;
	/** The Helm for this host that it carries; undefined where it carries none, or was made by hand. @throws as `open` */
	readonly helm: (signal: AbortSignal) => Promise<PackedProgram | undefined>;
	/**
	 * Hashes every byte that was not verified earlier: checksums, digests of all blobs. Of a bundle that does not open for want of files too:
	 * all that is to be carried again is told at once. @throws ProblemError, ProblemsError area `bundle`
	 */
	readonly verify: (options: {readonly signal: AbortSignal; readonly onProgress: VerifyProgress}) => Promise<Verified>;
};
