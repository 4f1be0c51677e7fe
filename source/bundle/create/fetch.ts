import {dirname} from 'node:path';
import {makeFolders} from '../../base/folders.ts';
import {writing} from '../write/problems.ts';
import {type BlobOutcome, fetchBlob} from './fetch-blob.ts';
import type {PlannedBlob} from './types.ts';

/** A blob and the file it belongs in. */
export type FetchJob = {readonly blob: PlannedBlob; readonly file: string};

/** Progress of a fetch, in bytes over all blobs; `fetched` came over the line in this run, the rest lay there already. */
export type FetchProgress = {
	readonly onBlob: (blob: PlannedBlob, outcome: BlobOutcome) => void;
	readonly onBytes: (done: number, total: number, fetched: number) => void;
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
	const waiting = jobs.toSorted((a, b) => b.blob.size - a.blob.size || (a.file < b.file ? -1 : 1));
	const total = jobs.reduce((sum, {blob}) => sum + blob.size, 0);
	let done = 0;
	let fetchedBytes = 0;
	for (const folder of new Set(jobs.map(({file}) => dirname(file)))) {
		await writing(folder, () => makeFolders(folder));
	}
	const work = async (): Promise<void> => {
		for (let job = waiting.shift(); job; job = waiting.shift()) {
			until.throwIfAborted();
			const {blob, file} = job;
			const outcome = await fetchBlob(blob, file, {
				signal: until,
				onBytes: ({kept, fetched}) => {
					done += kept + fetched;
					fetchedBytes += fetched;
					onBytes(done, total, fetchedBytes);
				},
			});
			onBlob(blob, outcome);
		}
	};
	let first: unknown;
	const ends = await Promise.allSettled(
		Array.from({length: Math.max(1, concurrency)}, () =>
			work().catch((error: unknown) => {
				first ??= error;
				failed.abort(error);
				throw error;
			}),
		),
	);
	if (ends.some(({status}) => status === 'rejected')) throw signal.aborted ? (signal.reason ?? first) : first;
	return fetchedBytes;
};
