import type {Descriptor, ManifestBytes} from '../oci/descriptor.ts';
import {scopeOf} from './auth.ts';
import {hasBlob} from './blobs.ts';
import type {Limiter} from './limiter.ts';
import {readManifestDigest} from './manifests.ts';
import type {Context} from './problems.ts';
import {type RetryTable, withRetry} from './retry.ts';
import type {Session} from './session.ts';
import type {Asked, Parts} from './types.ts';

export type PartsTask = {
	readonly session: Session;
	readonly retries: RetryTable;
	readonly context: Context;
	readonly repository: string;
	/** Turns of small requests; the caller must not hold one. */
	readonly asks: Limiter;
	readonly rights: 'pull' | 'pull,push';
	/** Of all that share `asked`: one that is left must not end the question of another. */
	readonly signal: AbortSignal;
	readonly asked: Asked;
};

/**
 * What a repository lacks, though it may have the manifest above it: storage that was restored or cleaned up wrongly loses parts.
 * Blobs count with their size; each digest is asked for once in a repository as long as `asked` is the same.
 * @returns digests that the repository does not answer for @throws ProblemError of area `registry`
 */
export const missingParts = async (task: PartsTask, {blobs, manifests = []}: Parts): Promise<ReadonlySet<string>> => {
	const {session, retries, context, repository, asks, rights, signal, asked} = task;
	const scopes = [scopeOf(repository, rights)];
	const ask = {session, context, repository, signal};
	const once = (digest: string, question: () => Promise<boolean>): Promise<boolean> => {
		const key = `${repository}@${digest}`;
		const known = asked.get(key);
		if (known) return known;
		const answer = asks(signal, question);
		asked.set(key, answer);
		return answer;
	};
	const hasLayer = (blob: Pick<Descriptor, 'digest' | 'size'>) =>
		once(blob.digest, () => withRetry(retries, signal, () => hasBlob(ask, blob, repository, scopes)));
	const hasManifest = (manifest: ManifestBytes) =>
		once(manifest.digest, async () => {
			const found = await readManifestDigest(ask, manifest.digest, rights, manifest.bytes.length);
			return found === manifest.digest;
		});
	const answers = await Promise.all([
		...blobs.map(async (blob) => ({digest: blob.digest, there: await hasLayer(blob)})),
		...manifests.map(async (manifest) => ({digest: manifest.digest, there: await hasManifest(manifest)})),
	]);
	return new Set(answers.filter(({there}) => !there).map(({digest}) => digest));
};
