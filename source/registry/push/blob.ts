import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import {isDigest} from '../../oci/digest.ts';
import {ociProblems} from '../../oci/problems.ts';
import {hasBlob} from '../asking/blobs.ts';
import {isTrouble} from '../retry.ts';
import {mount} from './mount.ts';
import type {BlobJob, Shared, Upload} from './shared.ts';
import {findUpload, isLarge, openUpload, sendBlob} from './upload.ts';

/** How a blob came to be in a repository. */
export type BlobOutcome = 'present' | 'mounted' | 'uploaded';

/** A differential bundle counts on a blob that is not there. Its base is told by the digest of a bundle, or by registry and prefix. */
const blobOmitted = ({repository, blob: {digest}, base}: BlobJob): ProblemError => {
	const facts = {digest, registry: repository.context.registry, repository: repository.name};
	if (base === undefined) return ociProblems.error('bundle-blob-omitted', {case: 'base unknown', ...facts});
	const which = isDigest(base) ? 'not of base' : 'not at inventory';
	return ociProblems.error('bundle-blob-omitted', {case: which, base, ...facts});
};

const tooLarge: ProblemCode = 'registry-too-large';
const isTooLarge = (error: unknown): boolean => error instanceof ProblemError && error.problem.code === tooLarge;

/** Attempts to bring one blob to its repository. Each is told `advance`, for when it came further than any before it. */
const createAttempts = (job: BlobJob, shared: Shared) => {
	const {repository, blob} = job;
	let furthest = 0;
	let broke = false;
	/** An upload to go on with, or a new one; or the registry took the blob from another repository. */
	const open = async (found: Upload | undefined): Promise<'mounted' | Upload> => {
		const opened = found ?? (await mount(job, shared.known));
		if (opened) return opened;
		if (blob.omitted) throw blobOmitted(job);
		return openUpload(job);
	};
	const send = async (begun: Upload, confirm: (offset: number) => void): Promise<void> => {
		for (let upload = begun; ; upload = await openUpload(job)) {
			const most = shared.way.piece(blob.size, isLarge(job)) ?? blob.size;
			try {
				return await sendBlob(job, upload, shared, confirm);
			} catch (error) {
				broke = isTrouble(error);
				// Below the bound of a proxy it may pass; each round is half of the one before.
				if (!isTooLarge(error) || !shared.way.tooLarge(most)) throw error;
			}
		}
	};
	return async (advance: () => void): Promise<BlobOutcome> => {
		const confirm = (offset: number): void => {
			if (offset > furthest) advance();
			furthest = Math.max(furthest, offset);
		};
		// Asked again before each attempt: a line that dropped after the last byte may have done its work.
		if (await hasBlob(repository, blob)) return 'present';
		const found = blob.omitted ? undefined : await findUpload(job, shared);
		if (broke && !found) shared.way.lostWithLine();
		broke = false;
		if (found) confirm(found.offset);
		const opened = await open(found);
		if (opened === 'mounted') return 'mounted';
		if (blob.omitted) throw blobOmitted(job);
		await send(opened, confirm);
		return 'uploaded';
	};
};

/**
 * Makes sure that a repository has a blob: asks, mounts, or sends it; an upload that broke goes on where the registry says.
 * @throws ProblemError of area `registry`; `bundle-blob-omitted` when it is neither there nor in the bundle
 */
export const ensureBlob = (job: BlobJob, shared: Shared): Promise<BlobOutcome> => {
	const {repository, blob, onProgress} = job;
	const {retries, known, memo, blobTurns} = shared;
	const {name, signal} = repository;
	return known.alone(blob.digest, async () => {
		const attempt = createAttempts(job, shared);
		const outcome = await retries.run(signal, (advance) => blobTurns(signal, () => attempt(advance), blob.size));
		// An upload that was begun earlier is of no more use, whoever brought the blob.
		await memo.forget(name, blob.digest);
		known.remember(blob.digest, name);
		onProgress(blob.size);
		return outcome;
	});
};
