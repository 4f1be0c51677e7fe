import type {Image} from '../bundle/types.ts';
import {type BlobOutcome, ensureBlob, type KnownBlobs} from './blobs.ts';
import type {createLimiter} from './limiter.ts';
import {putManifest, readManifestDigest} from './manifests.ts';
import type {Context} from './problems.ts';
import type {RetryTable} from './retry.ts';
import type {Session} from './session.ts';
import type {PushProgress} from './types.ts';

export type PushTask = {
	readonly session: Session;
	readonly retries: RetryTable;
	readonly known: KnownBlobs;
	readonly limit: ReturnType<typeof createLimiter>;
	readonly context: Context;
	readonly repository: string;
	readonly tag: string;
	readonly mountFrom: readonly string[];
	readonly onProgress: PushProgress;
};

/**
 * Blobs first, several at once; then the manifest under its tag; then the manifest read back.
 * @returns what it took: bytes sent, and how many blobs were mounted or there already
 * @throws ProblemError of area `registry`, or `bundle` when the archive is not what it says
 */
export const pushImage = async (task: PushTask, image: Image, outer: AbortSignal) => {
	const {session, context, repository, tag, onProgress} = task;
	// One blob that fails for good stops its siblings: their bytes would be sent in vain.
	const stop = new AbortController();
	const signal = AbortSignal.any([outer, stop.signal]);
	const ask = {session, context, repository, signal};
	const {digest} = image.manifest;
	if ((await readManifestDigest(ask, tag)) === digest) {
		for (const blob of image.blobs) onProgress({digest: blob.digest, done: blob.size, total: blob.size});
		return {digest, uploadedBytes: 0, mounted: 0, present: image.blobs.length};
	}
	const counts: Record<BlobOutcome, number> = {present: 0, mounted: 0, uploaded: 0};
	let uploadedBytes = 0;
	let failure: {readonly error: unknown} | undefined;
	await Promise.all(
		image.blobs.map((blob) =>
			task
				.limit(signal, async () => {
					const progress = (done: number) => onProgress({digest: blob.digest, done, total: blob.size});
					const outcome = await ensureBlob({...task, signal, onProgress: progress}, blob);
					counts[outcome]++;
					if (outcome === 'uploaded') uploadedBytes += blob.size;
				})
				.catch((error: unknown) => {
					failure ??= {error};
					stop.abort(error);
				}),
		),
	);
	outer.throwIfAborted();
	if (failure) throw failure.error;
	await putManifest(ask, image.manifest, tag);
	return {digest, uploadedBytes, mounted: counts.mounted, present: counts.present};
};
