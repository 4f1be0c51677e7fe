import {hasBlob, hasBlobElsewhere} from '../asking/blobs.ts';
import {scopeOf} from '../auth/login.ts';
import {answers} from '../quirks.ts';
import type {KnownBlobs} from './known.ts';
import type {BlobJob, Upload} from './shared.ts';

/** Mounts the blob from one repository; a registry may open an upload instead. */
const mountFrom = async ({repository, blob}: BlobJob, from: string): Promise<'mounted' | Upload | undefined> => {
	const {session, context, name, signal} = repository;
	const query = new URLSearchParams({mount: blob.digest, from});
	const answer = await session.send({
		method: 'POST',
		url: `/v2/${name}/blobs/uploads/?${query}`,
		scopes: [scopeOf(name, 'pull,push'), scopeOf(from, 'pull')],
		context,
		signal,
		accept: answers.mount.statuses,
	});
	const means = answers.mount.of(answer.status);
	if (means === 'upload opened') return {url: session.locate(answer, context), offset: 0};
	// Some confirm a mount of what they do not have.
	return means === 'mounted' && (await hasBlob(repository, blob)) ? means : undefined;
};

/**
 * Mounts the blob from a repository that has it (specification 1.1, "Mounting a blob").
 * @returns an upload that was opened instead; undefined where it is sent like any other
 */
export const mount = async (job: BlobJob, known: KnownBlobs): Promise<'mounted' | Upload | undefined> => {
	const {repository, blob} = job;
	const sure = known.places(blob.digest);
	const candidates = new Set([...sure, ...job.mountFrom]);
	candidates.delete(repository.name);
	for (const from of candidates) {
		if (!sure.has(from) && !(await hasBlobElsewhere(repository, blob, from))) continue;
		const opened = await mountFrom(job, from);
		if (opened) return opened;
	}
	return undefined;
};
