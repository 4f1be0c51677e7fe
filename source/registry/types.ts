import type {Image} from '../bundle/types.ts';

/** Bytes of one blob, absolute. They only rise, save that a blob whose line broke goes on at what the registry has of it. */
export type PushProgress = (progress: {readonly digest: string; readonly done: number; readonly total: number}) => void;

/** A registry that speaks the OCI distribution API. A repository is the path without host, e.g. `zenml/zenml-pro-api`. */
export type RegistryPort = {
	/** Host and port as it appears in image references. */
	readonly host: string;
	/** `GET /v2/` with login. @throws ProblemError area `registry`: unreachable, untrusted CA, unauthorized, not a registry. */
	readonly ping: (signal: AbortSignal) => Promise<void>;
	/** Starts and cancels an upload: proves the right to push. @throws ProblemError area `registry`. */
	readonly checkPush: (repository: string, signal: AbortSignal) => Promise<void>;
	/** Digest of the manifest under a tag or digest, or undefined when the registry does not have it. */
	readonly manifestDigest: (repository: string, reference: string, signal: AbortSignal) => Promise<string | undefined>;
	/**
	 * Digests of the image configurations under a tag or digest, in the order of its manifests: the same for an image whose
	 * layers are compressed otherwise. Empty when the registry does not have it.
	 */
	readonly configDigests: (repository: string, reference: string, signal: AbortSignal) => Promise<readonly string[]>;
	/** Pushes what is missing (blobs, then manifest, then tag), reads the manifest back and compares. */
	readonly push: (
		image: Image,
		options: {
			readonly repository: string;
			readonly tag: string;
			readonly signal: AbortSignal;
			readonly onProgress: PushProgress;
			/** What a differential bundle builds on, for the refusal where that is missing here. */
			readonly base?: string;
			/** Repositories on this registry that may have a blob from an earlier run, for cross-repository mounts; each costs a request. */
			readonly mountFrom?: (digest: string) => readonly string[];
		},
	) => Promise<{
		readonly digest: string;
		readonly uploadedBytes: number;
		readonly mounted: number;
		readonly present: number;
	}>;
};
