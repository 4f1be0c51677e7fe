import {createHash, type Hash} from 'node:crypto';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import type {Answer} from '../../http/types.ts';
import {answers, leastPieceOf, uploadedOf} from '../quirks.ts';
import {refuse} from '../refuse.ts';
import {asking} from '../repository.ts';
import {checkedBytes, hashUpTo} from './body.ts';
import type {BlobJob, Shared, Upload} from './shared.ts';

/** Blobs smaller than this are sent anew after a failure: asking would cost as much. */
const resumeBytes = 4 * 1024 * 1024;

/** After these the registry may still have what it took; after any other refusal an upload is begun anew. An abort keeps it too. */
const passing: ReadonlySet<string> = new Set<ProblemCode>([
	'registry-line-dropped',
	'registry-stalled',
	'registry-unavailable',
	'registry-unreachable',
	'registry-rate-limited',
	'registry-login-expired',
]);
const mayGoOn = (error: unknown): boolean => !(error instanceof ProblemError) || passing.has(error.problem.code);

/** Asking for these costs less than sending them again. */
export const isLarge = ({blob}: Pick<BlobJob, 'blob'>): boolean => blob.size >= resumeBytes;

const binary = {'content-type': 'application/octet-stream'} as const;

/** Appended as text: `searchParams` would write a signed query anew, in another spelling. */
const withDigest = (url: URL, digest: string): URL => {
	const target = new URL(url);
	target.search += `${target.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
	return target;
};

/** The whole blob in one PUT. */
const sendWhole = async ({repository, blob, onProgress}: BlobJob, url: URL): Promise<void> => {
	await repository.session.send({
		...asking(repository),
		method: 'PUT',
		url: withDigest(url, blob.digest),
		headers: binary,
		carriesBlob: true,
		accept: [201, 204],
		body: {
			length: blob.size,
			chunks: () => {
				onProgress(0);
				return checkedBytes(blob, {from: 0, to: blob.size}, createHash('sha256'));
			},
			onSent: onProgress,
		},
	});
};

/** A piece that was sent: the answer, and the hash of all up to its end. */
type Sent = {readonly answer: Answer; readonly hash: Hash};

const patch = async (
	{repository, blob, onProgress}: BlobJob,
	{url, offset}: Upload,
	end: number,
	before: Hash,
): Promise<Sent> => {
	let hash = before;
	const answer = await repository.session.send({
		...asking(repository),
		method: 'PATCH',
		url,
		carriesBlob: true,
		headers: {...binary, 'content-range': `${offset}-${end - 1}`},
		accept: answers.piece.statuses,
		body: {
			length: end - offset,
			chunks: () => {
				// It may be sent again, after a login.
				hash = before.copy();
				return checkedBytes(blob, {from: offset, to: end}, hash);
			},
			onSent: (bytes) => onProgress(offset + bytes),
		},
	});
	return {answer, hash};
};

/** Did the registry take the piece, and no other bytes than it? @throws ProblemError `registry-upload-lost` */
const refuseOther = ({repository}: BlobJob, {offset}: Upload, end: number, {status, headers}: Answer): void => {
	const {context} = repository;
	if (answers.piece.of(status) !== 'taken') {
		throw refuse(context, 'registry-upload-lost', {case: 'piece refused', start: offset, status});
	}
	const told = uploadedOf(headers.range);
	if (told === undefined || told === end) return;
	throw refuse(context, 'registry-upload-lost', {case: 'other offset', told, sent: end});
};

const close = async ({repository, blob}: BlobJob, {url}: Upload): Promise<void> => {
	const answer = await repository.session.send({
		...asking(repository),
		method: 'PUT',
		url: withDigest(url, blob.digest),
		headers: binary,
		carriesBlob: true,
		accept: answers.close.statuses,
	});
	const {status} = answer;
	if (answers.close.of(status) === 'whole') return;
	const evidence = repository.session.wordsOf(answer);
	throw refuse(repository.context, 'registry-upload-lost', {case: 'put together wrongly', status}, {evidence});
};

/** The rest of a blob by PATCH, then a PUT that closes the upload (distribution specification 1.1, "Pushing a blob in chunks"). */
const sendRest = async (
	job: BlobJob,
	upload: Upload,
	shared: Shared,
	confirm: (offset: number) => void,
): Promise<void> => {
	const {repository, blob, onProgress} = job;
	const {memo, way} = shared;
	let hash = await hashUpTo(blob, upload.offset, repository.signal);
	let at = upload;
	onProgress(at.offset);
	while (at.offset < blob.size) {
		const piece = Math.max(way.piece(blob.size, true) ?? blob.size, upload.leastPiece ?? 0);
		const end = Math.min(at.offset + piece, blob.size);
		const sent = await patch(job, at, end, hash);
		const {status, headers} = sent.answer;
		if (answers.piece.of(status) === 'never') way.takesNoPieces();
		refuseOther(job, at, end, sent.answer);
		hash = sent.hash;
		const url = headers.location === undefined ? at.url : repository.session.locate(sent.answer, repository.context);
		at = {url, offset: end};
		await memo.keep(repository.name, blob.digest, url.href);
		confirm(end);
	}
	await close(job, at);
};

/** As `sendRest`. Pieces of an upload that was begun for them: whatever the registry says of them, the next attempt must be another. */
const sendInPieces: typeof sendRest = async (job, upload, shared, confirm) => {
	try {
		await sendRest(job, upload, shared, confirm);
	} catch (error) {
		const code: ProblemCode = 'registry-upload-lost';
		if (error instanceof ProblemError && error.problem.code === code) shared.way.takesNoPieces();
		throw error;
	}
};

/** Begins an upload. @throws ProblemError */
export const openUpload = async ({repository}: BlobJob): Promise<Upload> => {
	const {session, context, name} = repository;
	const answer = await session.send({
		...asking(repository),
		method: 'POST',
		url: `/v2/${name}/blobs/uploads/`,
		accept: [202],
	});
	const leastPiece = leastPieceOf(answer.headers['oci-chunk-min-length']);
	return {url: session.locate(answer, context), offset: 0, leastPiece};
};

/**
 * Where an upload that was begun earlier, by this process or another, can be gone on with.
 * @returns undefined when there is none, or the registry does not have it any more; it is then forgotten
 */
export const findUpload = async (job: BlobJob, {memo, way}: Shared): Promise<Upload | undefined> => {
	if (!isLarge(job) || !way.mayGoOn()) return undefined;
	const {repository, blob} = job;
	const {session, context, name} = repository;
	const location = await memo.find(name, blob.digest);
	if (location === undefined) return undefined;
	const answer = await session.send({
		...asking(repository),
		method: 'GET',
		context: {...context, role: 'uploads'},
		url: session.locate({headers: {location}}, context),
		accept: answers.upload.statuses,
	});
	const offset = uploadedOf(answer.headers.range);
	if (answers.upload.of(answer.status) === 'known' && offset !== undefined && offset <= blob.size) {
		const leastPiece = leastPieceOf(answer.headers['oci-chunk-min-length']);
		return {url: session.locate({...answer, headers: {location, ...answer.headers}}, context), offset, leastPiece};
	}
	await memo.forget(name, blob.digest);
	return undefined;
};

/**
 * Sends what the registry does not have of a blob.
 * @param confirm told how many bytes the registry has confirmed
 * @throws ProblemError `registry-upload-lost` when a resumed upload cannot be finished: it is forgotten and must be begun anew
 */
export const sendBlob = async (
	job: BlobJob,
	upload: Upload,
	shared: Shared,
	confirm: (offset: number) => void,
): Promise<void> => {
	const {memo, way} = shared;
	const {name} = job.repository;
	const {digest} = job.blob;
	const large = isLarge(job);
	if (large) await memo.keep(name, digest, upload.url.href);
	try {
		if (upload.offset > 0) await sendRest(job, upload, shared, confirm);
		else if (way.piece(job.blob.size, large) !== undefined) await sendInPieces(job, upload, shared, confirm);
		else await sendWhole(job, upload.url);
	} catch (error) {
		if (large && !mayGoOn(error)) await memo.forget(name, digest);
		throw error;
	}
};
