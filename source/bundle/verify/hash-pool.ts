import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {type HashJob, type Mismatch, rangesOf, runHashJob} from './hash-job.ts';
import type {WorkerReport, WrongRange} from './hash-worker.ts';

/** How a job ended: hashed to its end, or refused because its file cannot be read or ends too early. */
export type HashOutcome = {readonly mismatches: readonly Mismatch[]} | {readonly problem: Problem};

/** Below this many bytes a thread takes longer to start than it saves. */
const worthThreads = 64 * 1024 * 1024;

/** Two hash faster than disks read, and each more takes 16 MB; who has faster disks asks for more. */
const mostThreads = 2;

/** How many files are hashed at once where nothing else is asked for. */
export const defaultThreads = (): number => Math.min(mostThreads, availableParallelism());

// Beside this file: from source it is TypeScript, in the built program a file of its own.
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url);

type Work = {
	readonly jobs: readonly HashJob[];
	/** Files that are hashed at once; 1 hashes in this thread. */
	readonly threads: number;
	readonly signal: AbortSignal;
	/** Bytes that were read since it was called last, by whichever job. */
	readonly onBytes: (job: HashJob, bytes: number) => void;
	readonly onDone: (job: HashJob, outcome: HashOutcome) => Promise<void>;
};

const mismatchesOf = (job: HashJob, wrong: readonly WrongRange[]): readonly Mismatch[] => {
	const ranges = rangesOf(job);
	return wrong.map(({index, actual}) => {
		const range = ranges[index];
		if (!range) throw new Error(`A thread told of range ${index}; the job has ${ranges.length}.`);
		return {range, actual};
	});
};

const inThisThread = async ({jobs, signal, onBytes, onDone}: Work): Promise<void> => {
	for (const job of jobs) {
		let outcome: HashOutcome;
		try {
			outcome = {mismatches: await runHashJob(job, {signal, onBytes: (bytes) => onBytes(job, bytes)})};
		} catch (error) {
			if (signal.aborted || !(error instanceof ProblemError)) throw error;
			outcome = {problem: error.problem};
		}
		await onDone(job, outcome);
	}
};

const inThreads = async ({jobs, threads, signal, onBytes, onDone}: Work): Promise<void> => {
	const queue = jobs[Symbol.iterator]();
	const serve = (worker: Worker): Promise<void> =>
		new Promise((resolve, reject) => {
			const stop = (): void => reject(signal.reason);
			signal.addEventListener('abort', stop, {once: true});
			let job: HashJob | undefined;
			const give = (): void => {
				job = queue.next().value;
				if (job) worker.postMessage(job);
				else {
					signal.removeEventListener('abort', stop);
					resolve();
				}
			};
			worker.on('error', reject);
			worker.on('message', (report: WorkerReport) => {
				if (!job) return;
				if (report.kind === 'bytes') onBytes(job, report.bytes);
				else if (report.kind === 'refused' && !report.expected) reject(new ProblemError(report.problem));
				else {
					const outcome =
						report.kind === 'done' ? {mismatches: mismatchesOf(job, report.wrong)} : {problem: report.problem};
					onDone(job, outcome).then(give, reject);
				}
			});
			give();
		});
	const workers = Array.from({length: Math.min(threads, jobs.length)}, () => new Worker(workerFile));
	try {
		await Promise.all(workers.map(serve));
	} finally {
		await Promise.allSettled(workers.map((worker) => worker.terminate()));
	}
};

/**
 * Runs the jobs in their order, several at once. A file that is damaged or cannot be read does not stop the others.
 * @throws the signal's reason, or what `onDone` throws
 */
export const runHashJobs = async (work: Work): Promise<void> => {
	work.signal.throwIfAborted();
	const bytes = work.jobs.reduce((sum, {slice}) => sum + slice.size, 0);
	const single = work.threads <= 1 || work.jobs.length <= 1 || bytes < worthThreads;
	await (single ? inThisThread(work) : inThreads(work));
};
