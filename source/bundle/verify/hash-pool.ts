import {availableParallelism} from 'node:os';
import {inPool} from '../../base/pool.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {type HashJob, type Mismatch, runHashJob} from './hash-job.ts';
import {startHashThread} from './hash-thread.ts';

/** How a job ended: hashed to its end, or refused because its file cannot be read or ends too early. */
export type HashOutcome = {readonly mismatches: readonly Mismatch[]} | {readonly problem: Problem};

/** Below this many bytes a thread takes longer to start than it saves. */
const worthThreads = 64 * 1024 * 1024;

/** Two hash faster than disks read, and each more takes 16 MB; who has faster disks asks for more. */
const mostThreads = 2;

/** How many files are hashed at once where nothing else is asked for. */
export const defaultThreads = (): number => Math.min(mostThreads, availableParallelism());

type Hashing = {
	readonly jobs: readonly HashJob[];
	/** Files that are hashed at once; 1 hashes in this thread. */
	readonly threads: number;
	readonly signal: AbortSignal;
	/** Bytes that were read since it was called last, by whichever job. */
	readonly onBytes: (job: HashJob, bytes: number) => void;
	readonly onDone: (job: HashJob, outcome: HashOutcome) => Promise<void>;
};

/** A refusal is an outcome; anything else, and what comes of an abort, ends the work. */
const outcomeOf = async (hashing: Promise<readonly Mismatch[]>, signal: AbortSignal): Promise<HashOutcome> => {
	try {
		return {mismatches: await hashing};
	} catch (error) {
		if (signal.aborted || !(error instanceof ProblemError)) throw error;
		return {problem: error.problem};
	}
};

const inThisThread = async ({jobs, signal, onBytes, onDone}: Hashing): Promise<void> => {
	for (const job of jobs) {
		const hashing = runHashJob(job, {signal, onBytes: (bytes) => onBytes(job, bytes)});
		await onDone(job, await outcomeOf(hashing, signal));
	}
};

const inThreads = async ({jobs, threads: most, signal, onBytes, onDone}: Hashing): Promise<void> => {
	const threads = Array.from({length: Math.min(most, jobs.length)}, startHashThread);
	const free = [...threads];
	// What fails in one must not wait for gigabytes that the others are at.
	const failed = new AbortController();
	const stop = AbortSignal.any([signal, failed.signal]);
	const hash = async (job: HashJob): Promise<void> => {
		const thread = free.pop();
		if (!thread) throw new Error('There are more jobs at once than threads.');
		try {
			const hashing = thread.hash(job, stop, (bytes) => onBytes(job, bytes));
			await onDone(job, await outcomeOf(hashing, stop));
		} catch (error) {
			failed.abort(error);
			throw error;
		} finally {
			free.push(thread);
		}
	};
	try {
		await inPool(jobs, threads.length, hash);
	} finally {
		await Promise.allSettled(threads.map((thread) => thread.end()));
	}
};

/**
 * Runs the jobs in their order, several at once. A file that is damaged or cannot be read does not stop the others.
 * @throws the signal's reason, or what `onDone` throws
 */
export const runHashJobs = async (hashing: Hashing): Promise<void> => {
	hashing.signal.throwIfAborted();
	const bytes = hashing.jobs.reduce((sum, {slice}) => sum + slice.size, 0);
	const single = hashing.threads <= 1 || hashing.jobs.length <= 1 || bytes < worthThreads;
	await (single ? inThisThread(hashing) : inThreads(hashing));
};
