import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {Blob, ManifestBytes} from '../../oci/descriptor.ts';
import type {Image} from '../../oci/image.ts';
import {putManifest, readManifestDigest} from '../asking/manifests.ts';
import {missingParts} from '../asking/parts.ts';
import type {Repository} from '../repository.ts';
import type {AnswerCache, PushProgress, PushResult} from '../types.ts';
import {type BlobOutcome, ensureBlob} from './blob.ts';
import {refuseLost} from './proof.ts';
import type {Shared} from './shared.ts';

/** One image on its way to one repository. */
export type ImageJob = {
	readonly image: Image;
	readonly repository: Repository;
	readonly tag: string;
	/** Answers that pushes of one run share. */
	readonly cache: AnswerCache;
	/** What a differential bundle builds on. */
	readonly base: string | undefined;
	/** Repositories that may have a digest already. */
	readonly mountFrom: (digest: string) => readonly string[];
	readonly onProgress: PushProgress;
};

/** What of an image must go there. `tagged`: the tag has its digest already. */
type Lacking = {readonly tagged: boolean; readonly blobs: readonly Blob[]; readonly children: readonly ManifestBytes[]};

/**
 * All of it; or, where the tag has its digest already, what the repository does not answer for, because a manifest outlives its layers
 * where storage was restored or cleaned up wrongly.
 */
const findLacking = async ({image, repository, tag, cache}: ImageJob, shared: Shared): Promise<Lacking> => {
	const {manifest, blobs, children = []} = image;
	const found = await shared.turns(repository.signal, () => readManifestDigest(repository, tag, manifest.bytes.length));
	if (found !== manifest.digest) return {tagged: false, blobs, children};
	const missing = await missingParts(repository, {blobs, manifests: children}, shared, cache);
	return {
		tagged: true,
		blobs: blobs.filter(({digest}) => missing.has(digest)),
		children: children.filter(({digest}) => missing.has(digest)),
	};
};

/** The same problem with the blob it arose at as a fact, which is also shown. */
const withBlob = (error: unknown, digest: string): unknown => {
	if (!(error instanceof ProblemError)) return error;
	return error.with({evidence: [...(error.problem.evidence ?? []), `blob ${digest}`]}, {blob: digest});
};

type Brought = {readonly blob: Blob; readonly outcome: BlobOutcome};

/** Brings blobs, several at once. One that fails for good stops its siblings: their bytes would be sent in vain. */
const bringBlobs = async (job: ImageJob, blobs: readonly Blob[], shared: Shared): Promise<readonly Brought[]> => {
	const {repository, base, mountFrom, onProgress} = job;
	const stop = new AbortController();
	const own = {...repository, signal: AbortSignal.any([repository.signal, stop.signal])};
	let failure: {readonly error: unknown} | undefined;
	const bring = async (blob: Blob): Promise<Brought | undefined> => {
		const {digest, size} = blob;
		let told = 0;
		const progress = (done: number): void => {
			told = done;
			onProgress({digest, done, total: size});
		};
		const blobJob = {repository: own, blob, base, mountFrom: mountFrom(digest), onProgress: progress};
		try {
			return {blob, outcome: await ensureBlob(blobJob, shared)};
		} catch (error) {
			failure ??= {error: withBlob(error, digest)};
			stop.abort(error);
			// All of it was sent and not taken: what counts as whole is at the registry.
			if (told === size) progress(0);
			return undefined;
		}
	};
	const brought = await Promise.all(blobs.map(bring));
	repository.signal.throwIfAborted();
	if (failure) throw failure.error;
	return brought.filter((one) => one !== undefined);
};

/** The manifests that an index names, by digest; then the manifest under its tag. All are read back. */
const putManifests = async (job: ImageJob, {tagged, children}: Lacking, shared: Shared): Promise<void> => {
	const {image, repository, tag} = job;
	const put = (manifest: ManifestBytes, reference: string): Promise<void> =>
		shared.turns(repository.signal, () => putManifest(repository, manifest, reference));
	for (const child of children) await put(child, child.digest);
	await put(image.manifest, tag).catch((error: unknown) => {
		const immutable: ProblemCode = 'registry-tag-immutable';
		// A tag that may not be moved stands for this image already; its parts are there now.
		if (!tagged || !(error instanceof ProblemError) || error.problem.code !== immutable) throw error;
	});
};

const resultOf = ({image}: ImageJob, lacking: Lacking, brought: readonly Brought[]): PushResult => {
	const blobsOf = (outcome: BlobOutcome) => brought.filter((one) => one.outcome === outcome).map(({blob}) => blob);
	return {
		digest: image.manifest.digest,
		uploadedBytes: blobsOf('uploaded').reduce((sum, {size}) => sum + size, 0),
		mounted: blobsOf('mounted').length,
		present: image.blobs.length - lacking.blobs.length + blobsOf('present').length,
	};
};

/**
 * Blobs first, several at once; then the manifests. Blobs that the bundle leaves out come before all others, so that nothing is sent for
 * an image that cannot be whole.
 * @returns what it took: bytes sent, and how many blobs were mounted or there already
 * @throws ProblemError of area `registry`, or `bundle` when the archive is not what it says
 */
export const pushImage = async (job: ImageJob, shared: Shared): Promise<PushResult> => {
	const lacking = await findLacking(job, shared);
	const {tagged, blobs, children} = lacking;
	for (const {digest, size} of job.image.blobs.filter((blob) => !blobs.includes(blob))) {
		job.onProgress({digest, done: size, total: size});
	}
	if (tagged && blobs.length === 0 && children.length === 0) return resultOf(job, lacking, []);
	const omitted = blobs.filter((blob) => blob.omitted);
	const carried = blobs.filter((blob) => !blob.omitted);
	const brought = [...(await bringBlobs(job, omitted, shared)), ...(await bringBlobs(job, carried, shared))];
	await putManifests(job, lacking, shared);
	const sent = brought.filter(({outcome}) => outcome === 'uploaded').map(({blob}) => blob);
	await refuseLost(job.repository, tagged ? {blobs, manifests: children} : {blobs: sent}, shared);
	return resultOf(job, lacking, brought);
};
