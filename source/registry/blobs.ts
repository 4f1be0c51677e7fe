import type {Blob} from '../oci/descriptor.ts';
import {type Scope, scopeOf} from './auth.ts';
import type {Limiter} from './limiter.ts';
import {blobOmitted, type Context} from './problems.ts';
import {isTrouble, type RetryTable, withRetry} from './retry.ts';
import type {Session} from './session.ts';
import {findUpload, type Place, sendBlob} from './upload.ts';
import type {UploadMemo} from './upload-memo.ts';

/** How a blob came to be in a repository. */
export type BlobOutcome = 'present' | 'mounted' | 'uploaded';

/** What the pushes of one port know together: where a digest lies (the source of mounts), and what is on its way. */
export type KnownBlobs = {
	readonly places: Map<string, Set<string>>;
	readonly busy: Map<string, Promise<unknown>>;
	/** A line broke here and what was sent was lost with it: from then on large blobs go in pieces. */
	chunked: boolean;
	/** This registry takes no pieces. */
	whole: boolean;
};

export const createKnownBlobs = (): KnownBlobs => ({
	places: new Map(),
	busy: new Map(),
	chunked: false,
	whole: false,
});

export type BlobTask = {
	readonly session: Session;
	readonly retries: RetryTable;
	readonly known: KnownBlobs;
	readonly context: Context;
	readonly repository: string;
	/** Repositories that may have a digest already. */
	readonly mountFrom: (digest: string) => readonly string[];
	/** What a differential bundle builds on. */
	readonly base: string | undefined;
	readonly memo: UploadMemo;
	/** Attempts take turns here, so that one that waits for its next holds no connection. */
	readonly limit: Limiter;
	readonly signal: AbortSignal;
	/** Absolute bytes; a new attempt starts where the registry says, which may be 0. */
	readonly onProgress: (done: number) => void;
};

const remember = ({places}: KnownBlobs, digest: string, repository: string) => {
	places.set(digest, (places.get(digest) ?? new Set<string>()).add(repository));
};

/** HEAD of a blob in one repository: a digest that lies elsewhere on the registry does not count. */
export const hasBlob = async (
	task: Pick<BlobTask, 'session' | 'context' | 'repository' | 'signal'>,
	blob: Pick<Blob, 'digest' | 'size'>,
	repository: string,
	scopes: readonly Scope[],
): Promise<boolean> => {
	const answer = await task.session.send({
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

type Opened = 'mounted' | Place;

/** Mounts the blob from a repository that has it (specification 1.1, "Mounting a blob"); a registry may open an upload instead. */
const mount = async (task: BlobTask, blob: Blob): Promise<Opened | undefined> => {
	const {repository, session, context, signal} = task;
	const push = scopeOf(repository, 'pull,push');
	const candidates = new Set([...(task.known.places.get(blob.digest) ?? []), ...task.mountFrom(blob.digest)]);
	candidates.delete(repository);
	for (const from of candidates) {
		const pull = scopeOf(from, 'pull');
		if (!task.known.places.get(blob.digest)?.has(from) && !(await hasBlob(task, blob, from, [pull]))) continue;
		const query = new URLSearchParams({mount: blob.digest, from});
		const answer = await session.send({
			method: 'POST',
			url: `/v2/${repository}/blobs/uploads/?${query}`,
			scopes: [push, pull],
			context,
			signal,
			// No right to read there, or no mounts at all: then the blob is sent like any other.
			accept: [201, 202, 400, 401, 403, 404, 405],
		});
		if (answer.status === 201) return 'mounted';
		if (answer.status === 202) return {url: session.locate(answer, context), offset: 0};
	}
	return undefined;
};

const openUpload = async (task: BlobTask): Promise<URL> => {
	const {repository, session, context, signal} = task;
	const answer = await session.send({
		method: 'POST',
		url: `/v2/${repository}/blobs/uploads/`,
		scopes: [scopeOf(repository, 'pull,push')],
		context,
		signal,
		accept: [202],
	});
	return session.locate(answer, context);
};

/**
 * Makes sure that a repository has a blob: asks, mounts, or sends it; an upload that broke goes on where the registry says.
 * @throws ProblemError of area `registry`; `bundle-blob-omitted` when it is neither there nor in the bundle
 */
export const ensureBlob = async (task: BlobTask, blob: Blob): Promise<BlobOutcome> => {
	const {repository, known} = task;
	/** The furthest that any attempt came; coming further than that is progress, coming there again is not. */
	let furthest = 0;
	let broke = false;
	const place = async (advance: () => void): Promise<BlobOutcome> => {
		const confirmed = (offset: number) => {
			if (offset > furthest) advance();
			furthest = Math.max(furthest, offset);
		};
		// Asked again before each attempt: a line that dropped after the last byte may have done its work.
		if (await hasBlob(task, blob, repository, [scopeOf(repository, 'pull,push')])) return 'present';
		const found = blob.omitted ? undefined : await findUpload(task, blob);
		// What was lost with the line would be lost again; small requests lose less, and pass where long ones are cut.
		if (broke && !found && !known.whole) known.chunked = true;
		broke = false;
		if (found) confirmed(found.offset);
		const opened = found ?? (await mount(task, blob));
		if (opened === 'mounted') return 'mounted';
		if (blob.omitted) throw blobOmitted(task.context, blob.digest, task.base);
		try {
			await sendBlob(task, blob, opened ?? {url: await openUpload(task), offset: 0}, confirmed);
		} catch (error) {
			broke = isTrouble(error);
			throw error;
		}
		return 'uploaded';
	};
	// Two images pushed at once share layers: the second waits and mounts instead of sending the same bytes beside.
	// Each push meets a failure of its own, so another's is not its concern.
	for (let busy = known.busy.get(blob.digest); busy; busy = known.busy.get(blob.digest))
		await Promise.allSettled([busy]);
	const bring = async (): Promise<BlobOutcome> => {
		const outcome = await withRetry(task.retries, task.signal, (_count, advance) =>
			task.limit(task.signal, () => place(advance), blob.size),
		);
		// An upload that was begun earlier is of no more use, whoever brought the blob.
		await task.memo.forget(repository, blob.digest);
		return outcome;
	};
	const work = bring();
	// Those that wait for it look here again as soon as it ends: between its end and its removal nothing may be waited for.
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
