import {createHash, type Hash} from 'node:crypto';
import {ProblemError} from '../base/problem.ts';
import type {Blob} from '../oci/descriptor.ts';
import {scopeOf} from './auth.ts';
import type {BlobTask} from './blobs.ts';
import {refusal, registryProblem} from './problems.ts';
import {wordsOf} from './refusals.ts';

/** Blobs smaller than this are sent anew after a failure: asking would cost as much. */
const resumeBytes = 4 * 1024 * 1024;
/**
 * Size of one PATCH once a line has broken here: short requests pass where long ones are cut. A multiple of the 5 MiB that object
 * stores ask of a part would be no better; more than that is.
 */
const chunkBytes = 16 * 1024 * 1024;

/** After these the registry may still have what it took; after any other refusal an upload is begun anew. An abort keeps it too. */
const passing = new Set([
	'registry-line-dropped',
	'registry-stalled',
	'registry-unavailable',
	'registry-unreachable',
	'registry-rate-limited',
	'registry-login-expired',
]);
const mayGoOn = (error: unknown): boolean => !(error instanceof ProblemError) || passing.has(error.problem.code);

/** An upload under way: its `Location`, and the bytes that the registry has of it. */
export type Place = {readonly url: URL; readonly offset: number};

const lying = (blob: Blob, actual: string) =>
	registryProblem({
		code: 'bundle-checksum-mismatch',
		message: 'A layer in the bundle is not what it should be; it was not pushed.',
		cause: `${actual} was read where ${blob.digest} was expected.`,
		fix: 'Carry the bundle in again from the connected side and start again.',
		answers: ['bundle.path'],
	});

const lost = (task: BlobTask, cause: string) =>
	refusal(
		task.context,
		{
			code: 'registry-upload-lost',
			cause,
			fix: 'Start again. If it comes back, its instances need shared storage or sticky sessions.',
			answers: ['registry.host'],
		},
		[],
	);

/** Bytes from `from` up to `to`; every byte goes through `hash`, and the whole is checked before its last piece is given away. */
async function* checked(blob: Blob, from: number, to: number, hash: Hash): AsyncGenerator<Buffer> {
	let at = from;
	for await (const piece of blob.scan?.(from) ?? blob.open(from)) {
		const whole = piece as Buffer;
		if (at + whole.length > blob.size) throw lying(blob, 'More bytes');
		const chunk = whole.subarray(0, to - at);
		hash.update(chunk);
		at += chunk.length;
		if (at === blob.size && chunk.length > 0) {
			const actual = `sha256:${hash.copy().digest('hex')}`;
			// An upload that was not finished cannot be kept.
			if (actual !== blob.digest) throw lying(blob, actual);
		}
		if (chunk.length > 0) yield chunk;
		if (at === to && to < blob.size) return;
	}
	if (at < to) throw lying(blob, 'Fewer bytes');
}

/** The registry has these bytes already: they are read here all the same, so that the digest covers every one of them. */
const hashUpTo = async (blob: Blob, offset: number, signal: AbortSignal): Promise<Hash> => {
	const hash = createHash('sha256');
	if (offset === 0) return hash;
	for await (const _chunk of checked(blob, 0, offset, hash)) signal.throwIfAborted();
	return hash;
};

/** Appended as text: `searchParams` would write a signed query anew, in another spelling. */
const withDigest = (url: URL, digest: string): URL => {
	const target = new URL(url);
	target.search += `${target.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
	return target;
};

const common = (task: BlobTask) => ({
	scopes: [scopeOf(task.repository, 'pull,push')],
	context: task.context,
	signal: task.signal,
});
const binary = {'content-type': 'application/octet-stream'} as const;

/** The whole blob in one PUT: the fastest way, and the only one that every registry knows. */
const sendWhole = async (task: BlobTask, blob: Blob, url: URL): Promise<void> => {
	await task.session.send({
		...common(task),
		method: 'PUT',
		url: withDigest(url, blob.digest),
		headers: binary,
		accept: [201, 204],
		body: {
			length: blob.size,
			chunks: () => {
				task.onProgress(0);
				return checked(blob, 0, blob.size, createHash('sha256'));
			},
			onSent: task.onProgress,
		},
	});
};

/** The rest of a blob by PATCH, then a PUT that closes the upload (distribution specification 1.1, "Pushing a blob in chunks"). */
const sendRest = async (task: BlobTask, blob: Blob, place: Place, advance: (offset: number) => void) => {
	const {session, known, context} = task;
	const anew = place.offset === 0;
	let hash = await hashUpTo(blob, place.offset, task.signal);
	let {url, offset} = place;
	task.onProgress(offset);
	while (offset < blob.size) {
		const start = offset;
		const end = known.chunked ? Math.min(start + chunkBytes, blob.size) : blob.size;
		let running = hash;
		const answer = await session.send({
			...common(task),
			method: 'PATCH',
			url,
			headers: {...binary, 'content-range': `${start}-${end - 1}`},
			// 416: it has other bytes than it said. 404 and 400: it forgot the upload. 405 and 501: it takes no pieces.
			accept: [201, 202, 204, 400, 404, 405, 416, 501],
			body: {
				length: end - start,
				chunks: () => {
					running = hash.copy();
					return checked(blob, start, end, running);
				},
				onSent: (bytes) => task.onProgress(start + bytes),
			},
		});
		const told = rangeEnd(answer.headers.range);
		const refused = answer.status >= 400;
		if (refused || (told !== undefined && told !== end)) {
			// Pieces of an upload that was begun for them: whatever it says of them, the next attempt must be another.
			if (anew || answer.status === 405 || answer.status === 501) known.whole = true;
			throw lost(
				task,
				refused
					? `It does not take the bytes from ${start} on (status ${answer.status}).`
					: `It says that it has ${told} bytes after ${end} were sent.`,
			);
		}
		hash = running;
		offset = end;
		if (answer.headers.location !== undefined) url = session.locate(answer, context);
		await task.memo.keep(task.repository, blob.digest, url.href);
		advance(offset);
	}
	const closed = await session.send({
		...common(task),
		method: 'PUT',
		url: withDigest(url, blob.digest),
		headers: binary,
		accept: [201, 204, 400, 404, 416],
	});
	if (closed.status < 300) return;
	if (anew) known.whole = true;
	const words = wordsOf(closed).lines.join(' ');
	throw lost(
		task,
		`What it put together out of pieces is not this layer (status ${closed.status}${words && `, ${words}`}).`,
	);
};

/** Number of bytes behind `Range: 0-N` or `bytes=0-N`; `0-0` is said for none as well as for one, and is taken for none. */
const rangeEnd = (header: unknown): number | undefined => {
	const last = /^(?:bytes[= ])?0-(\d{1,15})$/u.exec(String(header ?? ''))?.[1];
	return last === undefined ? undefined : last === '0' ? 0 : Number(last) + 1;
};

/**
 * Where an upload that was begun earlier, by this process or another, can be gone on with.
 * @returns undefined when there is none, or the registry does not have it any more; it is then forgotten
 */
export const findUpload = async (task: BlobTask, blob: Blob): Promise<Place | undefined> => {
	if (blob.size < resumeBytes || task.known.whole) return undefined;
	const {session, context, repository, memo} = task;
	const location = await memo.find(repository, blob.digest);
	if (location === undefined) return undefined;
	const answer = await session.send({
		...common(task),
		method: 'GET',
		url: session.locate({headers: {location}}, context),
		// 500: its storage lost the bytes but not the entry (S3 clears away parts of uploads that were left); it would say so for ever.
		accept: [200, 204, 400, 401, 403, 404, 405, 410, 416, 500, 501],
	});
	const offset = rangeEnd(answer.headers.range);
	if ((answer.status === 200 || answer.status === 204) && offset !== undefined && offset <= blob.size) {
		const header = answer.headers.location ?? location;
		return {url: session.locate({headers: {location: header}}, context), offset};
	}
	await memo.forget(repository, blob.digest);
	return undefined;
};

/**
 * Sends what the registry does not have of a blob.
 * @param advance told how many bytes the registry has confirmed
 * @throws ProblemError `registry-upload-lost` when a resumed upload cannot be finished: it is forgotten and must be begun anew
 */
export const sendBlob = async (
	task: BlobTask,
	blob: Blob,
	place: Place,
	advance: (offset: number) => void,
): Promise<void> => {
	const {memo, repository, known} = task;
	const large = blob.size >= resumeBytes;
	if (large) await memo.keep(repository, blob.digest, place.url.href);
	try {
		if (place.offset === 0 && !(large && known.chunked && !known.whole)) await sendWhole(task, blob, place.url);
		else await sendRest(task, blob, place, advance);
	} catch (error) {
		if (large && !mayGoOn(error)) await memo.forget(repository, blob.digest);
		throw error;
	}
};
