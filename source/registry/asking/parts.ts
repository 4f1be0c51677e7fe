import type {ManifestBytes} from '../../oci/descriptor.ts';
import type {Limiter} from '../limiter.ts';
import type {Repository} from '../repository.ts';
import type {Retries} from '../retry.ts';
import type {AnswerCache, Parts} from '../types.ts';
import {hasBlob} from './blobs.ts';
import {readManifestDigest} from './manifests.ts';

/** How small questions are asked. */
export type Questions = {
	readonly retries: Retries;
	/** Turns of small requests; the caller must not hold one. */
	readonly turns: Limiter;
};

const hasManifest = async (repository: Repository, {digest, bytes}: ManifestBytes): Promise<boolean> =>
	(await readManifestDigest(repository, digest, bytes.length)) === digest;

/**
 * What a repository lacks, though it may have the manifest above it: storage that was restored or cleaned up wrongly loses parts.
 * Blobs count with their size; each digest is asked for once in a repository as long as `cache` is the same. The signal must be that of
 * all who share it: one that is left must not end the question of another.
 * @returns digests that the repository does not answer for @throws ProblemError of area `registry`
 */
export const missingParts = async (
	repository: Repository,
	{blobs, manifests = []}: Parts,
	{retries, turns}: Questions,
	cache: AnswerCache,
): Promise<ReadonlySet<string>> => {
	const {name, signal} = repository;
	const once = (digest: string, question: () => Promise<boolean>): Promise<boolean> => {
		const key = `${name}@${digest}`;
		const answer = cache.get(key) ?? turns(signal, question);
		cache.set(key, answer);
		return answer;
	};
	const questions = [
		...blobs.map((blob) => ({
			digest: blob.digest,
			there: once(blob.digest, () => retries.run(signal, () => hasBlob(repository, blob))),
		})),
		...manifests.map((manifest) => ({
			digest: manifest.digest,
			there: once(manifest.digest, () => hasManifest(repository, manifest)),
		})),
	];
	const answers = await Promise.all(questions.map(async ({digest, there}) => ({digest, there: await there})));
	return new Set(answers.filter(({there}) => !there).map(({digest}) => digest));
};
