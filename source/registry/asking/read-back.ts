import {createHash} from 'node:crypto';
import {ProblemError} from '../../base/problem.ts';
import type {Call, Head} from '../../http/types.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import {digestOfHash} from '../../oci/digest.ts';
import {answers} from '../quirks.ts';
import type {Answered} from '../reach.ts';
import {refuse} from '../refuse.ts';
import {asking, type Repository} from '../repository.ts';

type Wanted = Pick<Descriptor, 'digest' | 'size'>;

/** What reading a blob at a registry showed; `other bytes` is the only proof that it is damaged there. */
export type ReadBack =
	| {readonly found: 'whole' | 'absent' | 'cut short'}
	| {readonly found: 'other bytes'; readonly actual: string};

const mostRedirects = 5;

/** Ends an answer that is longer than what was asked for; nobody sees it. */
const enough = new Error('enough');

/** Where a download is sent on to; its query is a key to the blob and is told to nobody. @throws ProblemError `registry-redirects` */
const sentOnTo = ({context}: Repository, {headers: {location}, from}: Answered): URL => {
	if (typeof location !== 'string' || !URL.canParse(location, from.href)) {
		throw refuse(context, 'registry-redirects', {case: 'download nowhere'});
	}
	const to = new URL(location, from);
	if (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) return to;
	throw refuse(context, 'registry-redirects', {case: 'download in clear', place: to.origin});
};

/** Asks for a blob, wherever the registry sends on to. */
const fetchBlob = async (
	repository: Repository,
	{digest}: Wanted,
	more: {readonly headers?: Readonly<Record<string, string>>; readonly receive: NonNullable<Call['receive']>},
): Promise<Answered | undefined> => {
	const {session, name, context} = repository;
	let url: string | URL = `/v2/${name}/blobs/${digest}`;
	for (let hops = 0; hops <= mostRedirects; hops++) {
		const means = typeof url === 'string' ? answers.download : answers.storage;
		try {
			const answer = await session.send({
				...asking(repository),
				...more,
				method: 'GET',
				url,
				accept: means.statuses,
			});
			if (means.of(answer.status) !== 'elsewhere') return answer;
			url = sentOnTo(repository, answer);
		} catch (error) {
			if (error !== enough) throw error;
			return undefined;
		}
	}
	throw refuse(context, 'registry-redirects', {case: 'download in circles', count: mostRedirects});
};

const statusOfAnswer = (answer: Answered | undefined): number => answer?.status ?? 200;

/**
 * Reads a blob whole, and compares the digest of its bytes: no header is believed.
 * @throws ProblemError of area `registry` where it cannot be read, which proves nothing
 */
export const readBack = async (repository: Repository, blob: Wanted): Promise<ReadBack> => {
	const hash = createHash('sha256');
	let bytes = 0;
	const receive = (chunk: Buffer): void => {
		bytes += chunk.length;
		hash.update(chunk);
		if (bytes > blob.size) throw enough;
	};
	const status = statusOfAnswer(await fetchBlob(repository, blob, {receive}));
	if (status !== 200) return {found: status === 404 ? 'absent' : 'cut short'};
	const actual = digestOfHash(hash);
	if (actual === blob.digest) return {found: 'whole'};
	const isLonger = bytes > blob.size;
	return {found: 'other bytes', actual: isLonger ? `longer than ${blob.size} bytes` : `${actual} (${bytes} bytes)`};
};

const startOf = ({headers}: Head): number => Number(/^bytes (\d+)-/u.exec(String(headers['content-range'] ?? ''))?.[1]);

/**
 * Does a blob reach its end? Asks for its last byte alone, where the registry gives parts; else reads it whole.
 * @throws ProblemError of area `registry`
 */
export const reachesEnd = async (repository: Repository, blob: Wanted): Promise<boolean> => {
	const last = blob.size - 1;
	if (last < 0) return (await readBack(repository, blob)).found === 'whole';
	let bytes = 0;
	const receive = (chunk: Buffer, {status}: Head): void => {
		bytes += chunk.length;
		if (status === 200 || bytes > 1) throw enough;
	};
	const answer = await fetchBlob(repository, blob, {headers: {range: `bytes=${last}-`}, receive}).catch(
		(error: unknown) => {
			// Some break the line where a part lies beyond the end, as distribution 2.8 does (measured).
			if (error instanceof ProblemError) return undefined;
			throw error;
		},
	);
	if (answer?.status === 206) return bytes === 1 && startOf(answer) === last;
	// It does not give parts, or not this one.
	if (answer === undefined || answer.status === 200) return (await readBack(repository, blob)).found === 'whole';
	return false;
};
