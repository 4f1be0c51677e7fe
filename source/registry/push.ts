import {ProblemError} from '../base/problem.ts';
import type {Image} from '../oci/image.ts';
import {type BlobOutcome, type BlobTask, ensureBlob} from './blobs.ts';
import type {Limiter} from './limiter.ts';
import {putManifest, readManifestDigest} from './manifests.ts';
import {missingParts} from './parts.ts';
import {partDamaged} from './problems.ts';
import type {Asked, PushProgress} from './types.ts';

export type PushTask = Omit<BlobTask, 'signal' | 'onProgress'> & {
	/** Turns of small requests. */
	readonly asks: Limiter;
	/** Answers that pushes of one run share. */
	readonly asked: Asked;
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
 * What of an image must go there: all of it; or, where the tag has its digest already, what the repository does not answer for, because
 * a manifest outlives its layers where storage was restored or cleaned up wrongly.
 */
const lacking = async (task: PushTask, image: Image, signal: AbortSignal, outer: AbortSignal) => {
	const {session, context, repository, tag, asks} = task;
	const {digest, bytes} = image.manifest;
	// With the rights of the push: a token for reading alone would cost each image a request more.
	const rights = 'pull,push';
	const ask = {session, context, repository, signal};
	const found = await asks(signal, () => readManifestDigest(ask, tag, rights, bytes.length));
	const {blobs, children = []} = image;
	if (found !== digest) return {tagged: false, blobs, children};
	const missing = await missingParts({...task, rights, signal: outer}, {blobs, manifests: children});
	return {
		tagged: true,
		blobs: blobs.filter((blob) => missing.has(blob.digest)),
		children: children.filter((child) => missing.has(child.digest)),
	};
};

/** Bytes. Asking for a smaller one again costs about as much as sending it; the next look, which asks for all, finds it. */
const worthAsking = 1024 * 1024;

/**
 * Blobs first, several at once; then the manifests that an index names, by digest; then the manifest under its tag, read back. Large
 * layers that were sent are asked for once more: a registry may confirm a layer of which it keeps a damaged copy.
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
	const {tagged, blobs, children} = await lacking(task, image, signal, outer);
	for (const blob of image.blobs)
		if (!blobs.includes(blob)) onProgress({digest: blob.digest, done: blob.size, total: blob.size});
	const counts: Record<BlobOutcome, number> = {present: image.blobs.length - blobs.length, mounted: 0, uploaded: 0};
	if (tagged && blobs.length === 0 && children.length === 0)
		return {digest, uploadedBytes: 0, mounted: 0, present: counts.present};
	let uploadedBytes = 0;
	const uploaded: Image['blobs'][number][] = [];
	const ensureAll = async (blobs: Image['blobs']): Promise<void> => {
		let failure: {readonly error: unknown} | undefined;
		await Promise.all(
			blobs.map(async (blob) => {
				try {
					const progress = (done: number) => onProgress({digest: blob.digest, done, total: blob.size});
					const outcome = await ensureBlob({...task, signal, onProgress: progress}, blob);
					counts[outcome]++;
					if (outcome !== 'uploaded') return;
					uploadedBytes += blob.size;
					if (blob.size >= worthAsking) uploaded.push(blob);
				} catch (error) {
					failure ??= {error: withBlob(error, blob.digest)};
					stop.abort(error);
				}
			}),
		);
		outer.throwIfAborted();
		if (failure) throw failure.error;
	};
	await ensureAll(blobs.filter(({omitted}) => omitted));
	await ensureAll(blobs.filter(({omitted}) => !omitted));
	for (const child of children) await asks(signal, () => putManifest(ask, child, child.digest));
	await asks(signal, () => putManifest(ask, image.manifest, tag)).catch((error: unknown) => {
		// A tag that may not be moved stands for this image already; its parts are there now.
		if (!tagged || !(error instanceof ProblemError) || error.problem.code !== 'registry-tag-immutable') throw error;
	});
	const again = {...task, rights: 'pull,push', signal: outer, asked: new Map()} as const;
	const [still] = await missingParts(again, tagged ? {blobs, manifests: children} : {blobs: uploaded});
	if (still !== undefined) throw partDamaged(context, still);
	return {digest, uploadedBytes, mounted: counts.mounted, present: counts.present};
};
