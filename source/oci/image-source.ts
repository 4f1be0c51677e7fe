import type {Descriptor, ManifestBytes} from './descriptor.ts';

/** A repository on a registry: `public.ecr.aws` and `zenml/zenml-pro`. */
export type RemoteRepository = {readonly host: string; readonly repository: string};

/** A manifest on a registry, by tag or by digest. */
export type RemoteReference = RemoteRepository & {readonly reference: string};

/** Where images are pulled from: registries of the connected side, over the OCI distribution API. */
export type ImageSource = {
	/** The manifest or index as it lies there, byte for byte; its digest is checked where the reference is one. @throws ProblemError area `registry` */
	readonly readManifest: (at: RemoteReference, signal: AbortSignal) => Promise<ManifestBytes>;
	/**
	 * The bytes of a blob from `from` on. A broken line is gone on with by itself (Range); the bytes are not hashed here.
	 * @throws ProblemError area `registry`
	 */
	readonly readBlob: (
		at: RemoteRepository,
		blob: Descriptor,
		options: {readonly from: number; readonly signal: AbortSignal},
	) => AsyncIterable<Buffer>;
	/** What is attached to a manifest (distribution specification 1.1, "Listing Referrers"); empty where a registry cannot tell. */
	readonly referrers: (
		at: RemoteRepository,
		digest: string,
		signal: AbortSignal,
	) => Promise<readonly (Descriptor & {readonly artifactType?: string})[]>;
};
