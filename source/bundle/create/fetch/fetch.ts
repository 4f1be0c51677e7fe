import {dirname} from 'node:path';
import {makeFolders} from '../../../base/folders.ts';
import {inPool} from '../../../base/pool.ts';
import {byText} from '../../../base/text.ts';
import {totalSize} from '../../../base/units.ts';
import {unwritable} from '../../write/problems.ts';
import type {PlannedBlob} from '../types.ts';
import type {BlobBytes} from './blob-bytes.ts';
import {type BlobOutcome, fetchBlob} from './fetch-blob.ts';

/** A blob and the file it belongs in. */
export type FetchJob = {readonly blob: PlannedBlob; readonly file: string};

/** Progress of a fetch, in bytes over all blobs; `fetched` came over the line in this run, the rest lay there already. */
export type FetchProgress = {
	readonly onBlob: (blob: PlannedBlob, outcome: BlobOutcome) => void;
	readonly onBytes: (done: number, total: number, fetched: number) => void;
};

const makeFoldersOf = async (jobs: readonly FetchJob[]): Promise<void> => {
	for (const folder of new Set(jobs.map(({file}) => dirname(file)))) {
		await makeFolders(folder).catch(unwritable(folder));
	}
};

/**
 * Fetches blobs, `concurrency` at a time, the largest first. The first failure ends the others; what they have stays for the next run.
 * @returns bytes that came in
 * @throws as {@link fetchBlob} does; the signal's reason when it is aborted
 */
export const fetchBlobs = async (
	jobs: readonly FetchJob[],
	options: {readonly concurrency: number; readonly signal: AbortSignal} & FetchProgress,
): Promise<number> => {
	const {concurrency, signal, onBlob, onBytes} = options;
	const failed = new AbortController();
	const until = AbortSignal.any([signal, failed.signal]);
	const largestFirst = jobs.toSorted((a, b) => b.blob.size - a.blob.size || byText(a.file, b.file));
	const total = totalSize(jobs.map(({blob}) => blob));
	let done = 0;
	let fetchedBytes = 0;
	const count: BlobBytes = ({kept, fetched}) => {
		done += kept + fetched;
		fetchedBytes += fetched;
		onBytes(done, total, fetchedBytes);
	};
	await makeFoldersOf(jobs);
	try {
		await inPool(largestFirst, Math.max(1, concurrency), async ({blob, file}) => {
			until.throwIfAborted();
			const outcome = await fetchBlob(blob, file, {signal: until, onBytes: count}).catch((error: unknown) => {
				failed.abort(error);
				throw error;
			});
			onBlob(blob, outcome);
		});
	} catch (error) {
		throw signal.aborted ? (signal.reason ?? error) : error;
	}
	return fetchedBytes;
};
