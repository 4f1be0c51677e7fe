import type {Image} from '../bundle/types.ts';
import {ProblemError} from '../engine/problem.ts';
import {type BlobOutcome, type BlobTask, ensureBlob} from './blobs.ts';
import type {Limiter} from './limiter.ts';
import {putManifest, readManifestDigest} from './manifests.ts';
import type {PushProgress} from './types.ts';

export type PushTask = Omit<BlobTask, 'signal' | 'onProgress'> & {
	/** Turns of small requests. */
	readonly asks: Limiter;
	readonly tag: string;
	readonly onProgress: PushProgress;
};

/** The same problem with the name of the blob it arose at. */
const withBlob = (error: unknown, digest: string): unknown =>
	error instanceof ProblemError
		? new ProblemError(
				{...error.problem, evidence: [...(error.problem.evidence ?? []), `blob ${digest}`]},
				{cause: error},
			)
		: error;

/**
 * Blobs first, several at once; then the manifests that an index names, by digest; then the manifest under its tag, read back.
 * Blobs that the bundle leaves out come before all others, so that nothing is sent for an image that cannot be whole.
 * @returns what it took: bytes sent, and how many blobs were mounted or there already
 * @throws ProblemError of area `registry`, or `bundle` when the archive is not what it says
 */
export const pushImage = async (task: PushTask, image: Image, outer: AbortSignal) => {
	const {session, context, repository, tag, onProgress, asks} = task;
	// One blob that fails for good stops its siblings: their bytes would be sent in vain.
	const stop = new AbortController();
	const signal = AbortSignal.any([outer, stop.signal]);
	const ask = {session, context, repository, signal};
	const {digest} = image.manifest;
	// With the rights of the push: a token for reading alone would cost each image a request more.
	if ((await asks(signal, () => readManifestDigest(ask, tag, 'pull,push'))) === digest) {
		for (const blob of image.blobs) onProgress({digest: blob.digest, done: blob.size, total: blob.size});
		return {digest, uploadedBytes: 0, mounted: 0, present: image.blobs.length};
	}
	const counts: Record<BlobOutcome, number> = {present: 0, mounted: 0, uploaded: 0};
	let uploadedBytes = 0;
	const ensureAll = async (blobs: Image['blobs']): Promise<void> => {
		let failure: {readonly error: unknown} | undefined;
		await Promise.all(
			blobs.map(async (blob) => {
				try {
					const progress = (done: number) => onProgress({digest: blob.digest, done, total: blob.size});
					const outcome = await ensureBlob({...task, signal, onProgress: progress}, blob);
					counts[outcome]++;
					if (outcome === 'uploaded') uploadedBytes += blob.size;
				} catch (error) {
					failure ??= {error: withBlob(error, blob.digest)};
					stop.abort(error);
				}
			}),
		);
		outer.throwIfAborted();
		if (failure) throw failure.error;
	};
	await ensureAll(image.blobs.filter(({omitted}) => omitted));
	await ensureAll(image.blobs.filter(({omitted}) => !omitted));
	for (const child of image.children ?? []) await asks(signal, () => putManifest(ask, child, child.digest));
	await asks(signal, () => putManifest(ask, image.manifest, tag));
	return {digest, uploadedBytes, mounted: counts.mounted, present: counts.present};
};
