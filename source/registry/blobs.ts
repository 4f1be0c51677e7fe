import {createHash} from 'node:crypto';
import type {Blob} from '../bundle/types.ts';
import {type Scope, scopeOf} from './auth.ts';
import {type Context, registryProblem} from './problems.ts';
import {type RetryTable, withRetry} from './retry.ts';
import type {Session} from './session.ts';

/** How a blob came to be in a repository. */
export type BlobOutcome = 'present' | 'mounted' | 'uploaded';

/** What the pushes of one port know together: where a digest lies (the source of mounts), and what is on its way. */
export type KnownBlobs = {
	readonly places: Map<string, Set<string>>;
	readonly busy: Map<string, Promise<unknown>>;
};

export const createKnownBlobs = (): KnownBlobs => ({places: new Map(), busy: new Map()});

export type BlobTask = {
	readonly session: Session;
	readonly retries: RetryTable;
	readonly known: KnownBlobs;
	readonly context: Context;
	readonly repository: string;
	readonly mountFrom: readonly string[];
	readonly signal: AbortSignal;
	/** Absolute bytes; a new attempt starts at 0 again. */
	readonly onProgress: (done: number) => void;
};

const remember = ({places}: KnownBlobs, digest: string, repository: string) => {
	places.set(digest, (places.get(digest) ?? new Set<string>()).add(repository));
};

/** HEAD of a blob in one repository: a digest that lies elsewhere on the registry does not count. */
const hasBlob = async (task: BlobTask, blob: Blob, repository: string, scopes: readonly Scope[]): Promise<boolean> => {
	const answer = await task.session.ask({
		method: 'HEAD',
		url: `/v2/${repository}/blobs/${blob.digest}`,
		scopes,
		context: task.context,
		signal: task.signal,
		// A registry may send a download elsewhere; that also says that it has the blob. Harbor refuses what it does not have.
		accept: repository === task.repository ? [200, 307, 302, 404] : [200, 307, 302, 404, 401, 403],
	});
	if (answer.status === 307 || answer.status === 302) return true;
	const length = answer.headers['content-length'];
	return answer.status === 200 && (length === undefined || Number(length) === blob.size);
};

type Opened = {readonly mounted: true} | {readonly mounted: false; readonly url: URL};

/** Opens an upload, or mounts the blob from a repository that has it (specification 1.1, "Mounting a blob"). */
const openUpload = async (task: BlobTask, blob: Blob): Promise<Opened> => {
	const {repository, session, context, signal} = task;
	const push = scopeOf(repository, 'pull,push');
	const candidates = new Set([...(task.known.places.get(blob.digest) ?? []), ...task.mountFrom]);
	candidates.delete(repository);
	for (const from of candidates) {
		const pull = scopeOf(from, 'pull');
		if (!task.known.places.get(blob.digest)?.has(from) && !(await hasBlob(task, blob, from, [pull]))) continue;
		const query = new URLSearchParams({mount: blob.digest, from});
		const answer = await session.ask({
			method: 'POST',
			url: `/v2/${repository}/blobs/uploads/?${query}`,
			scopes: [push, pull],
			context,
			signal,
			// No right to read there, or no mounts at all: then the blob is sent like any other.
			accept: [201, 202, 400, 401, 403, 404, 405],
		});
		if (answer.status === 201) return {mounted: true};
		if (answer.status === 202) return {mounted: false, url: session.locate(answer, context)};
	}
	const answer = await session.ask({
		method: 'POST',
		url: `/v2/${repository}/blobs/uploads/`,
		scopes: [push],
		context,
		signal,
		accept: [202],
	});
	return {mounted: false, url: session.locate(answer, context)};
};

/** Sends the whole blob in one PUT; every byte is hashed on its way, so a bundle that rots is told from a bad line. */
const sendBlob = async (task: BlobTask, blob: Blob, url: URL): Promise<void> => {
	const target = new URL(url);
	// Appended as text: `searchParams` would write a signed query anew, in another spelling.
	target.search += `${target.search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`;
	const lying = (actual: string) =>
		registryProblem({
			code: 'bundle-checksum-mismatch',
			message: 'A layer in the bundle is not what it should be; it was not pushed.',
			cause: `${actual} was read where ${blob.digest} was expected.`,
			fix: 'Carry the bundle in again from the connected side and start again.',
			answers: ['bundle.path'],
		});
	await task.session.send({
		method: 'PUT',
		url: target,
		headers: {'content-type': 'application/octet-stream'},
		scopes: [scopeOf(task.repository, 'pull,push')],
		context: task.context,
		signal: task.signal,
		accept: [201, 204],
		body: {
			length: blob.size,
			chunks: async function* () {
				task.onProgress(0);
				const hash = createHash('sha256');
				let left = blob.size;
				for await (const piece of blob.open()) {
					const chunk = piece as Buffer;
					hash.update(chunk);
					left -= chunk.length;
					// Checked before the last chunk goes out: an upload that was not finished cannot be kept.
					if (left <= 0) {
						const actual = `sha256:${hash.digest('hex')}`;
						if (left < 0 || actual !== blob.digest) throw lying(left < 0 ? 'More bytes' : actual);
					}
					yield chunk;
				}
				if (left > 0) throw lying('Fewer bytes');
			},
			onSent: task.onProgress,
		},
	});
};

/**
 * Makes sure that a repository has a blob: asks, mounts, or sends it.
 * @throws ProblemError of area `registry`
 */
export const ensureBlob = async (task: BlobTask, blob: Blob): Promise<BlobOutcome> => {
	const {repository, known} = task;
	const place = async (): Promise<BlobOutcome> => {
		// Asked again before each attempt: a line that dropped after the last byte may have done its work.
		if (await hasBlob(task, blob, repository, [scopeOf(repository, 'pull,push')])) return 'present';
		const opened = await openUpload(task, blob);
		if (opened.mounted) return 'mounted';
		await sendBlob(task, blob, opened.url);
		return 'uploaded';
	};
	// Two images pushed at once share layers: the second waits and mounts instead of sending the same bytes beside.
	// Each push meets a failure of its own, so another's is not its concern.
	for (let busy = known.busy.get(blob.digest); busy; busy = known.busy.get(blob.digest))
		await Promise.allSettled([busy]);
	const work = withRetry(task.retries, task.signal, place);
	known.busy.set(blob.digest, work);
	try {
		const outcome = await work;
		remember(known, blob.digest, repository);
		task.onProgress(blob.size);
		return outcome;
	} finally {
		known.busy.delete(blob.digest);
	}
};
