import type {Descriptor, ManifestBytes} from '../oci/descriptor.ts';
import type {Image} from '../oci/image.ts';

/** Bytes of one blob, absolute. They only rise, save that a blob whose line broke goes on at what the registry has of it. */
export type PushProgress = (progress: {readonly digest: string; readonly done: number; readonly total: number}) => void;

/** What lies below a manifest: blobs, and of an index the manifests that are carried. */
export type Parts = {
	readonly blobs: readonly Pick<Descriptor, 'digest' | 'size'>[];
	readonly manifests?: readonly ManifestBytes[];
};

/** What a registry said of parts, so that what images share is asked for once. Each run begins with an empty one. */
export type AnswerCache = Map<string, Promise<boolean>>;

/** What a push took. */
export type PushResult = {
	readonly digest: string;
	readonly uploadedBytes: number;
	/** Blobs that the registry took from another repository. */
	readonly mounted: number;
	/** Blobs that were there already. */
	readonly present: number;
};

/** Where an image goes, and what is known of it. */
export type PushOptions = {
	readonly repository: string;
	readonly tag: string;
	readonly signal: AbortSignal;
	readonly onProgress: PushProgress;
	/** Shared by pushes of one run, with one signal. */
	readonly cache?: AnswerCache | undefined;
	/** What a differential bundle builds on, for the refusal where that is missing here. */
	readonly base?: string | undefined;
	/** Repositories on this registry that may have a blob from an earlier run, for cross-repository mounts; each costs a request. */
	readonly mountFrom?: ((digest: string) => readonly string[]) | undefined;
};

/** A registry that speaks the OCI distribution API. A repository is the path without host, e.g. `zenml/zenml-pro-api`. */
export type RegistryPort = {
	/** Host and port as it appears in image references. */
	readonly host: string;
	/** `GET /v2/` with login. @throws ProblemError area `registry`: unreachable, untrusted CA, unauthorized, not a registry. */
	readonly ping: (signal: AbortSignal) => Promise<void>;
	/** Starts and cancels an upload: proves the right to push. @throws ProblemError area `registry`. */
	readonly checkPush: (repository: string, signal: AbortSignal) => Promise<void>;
	/**
	 * Digest of the manifest under a tag or digest, or undefined when the registry does not have it.
	 * @param length bytes of the manifest that is expected: where the registry tells another length, its digest is not taken on trust
	 */
	readonly manifestDigest: (
		repository: string,
		reference: string,
		signal: AbortSignal,
		length?: number,
	) => Promise<string | undefined>;
	/**
	 * What the manifests under a tag or digest name. `configs`: digests of the image configurations, in the order of the manifests:
	 * the same for an image whose layers are compressed otherwise. Empty when the registry does not have it.
	 */
	readonly contents: (
		repository: string,
		reference: string,
		signal: AbortSignal,
	) => Promise<Parts & {readonly configs: readonly string[]}>;
	/** Digests of the parts that a repository does not answer for, each asked by itself. @throws ProblemError area `registry`. */
	readonly missing: (
		repository: string,
		parts: Parts,
		options: {readonly signal: AbortSignal; readonly cache: AnswerCache},
	) => Promise<ReadonlySet<string>>;
	/**
	 * Pushes what is missing (blobs, then manifest, then tag), reads the manifest back and compares. The right tag alone is no proof of its
	 * layers. @throws ProblemError area `registry` or `bundle`; its fact `blob` is the digest of the layer at which it ended
	 */
	readonly push: (image: Image, options: PushOptions) => Promise<PushResult>;
};
