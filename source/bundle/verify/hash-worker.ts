import {parentPort} from 'node:worker_threads';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {type HashJob, rangesOf, runHashJob} from './hash-job.ts';

/** A range with other bytes, by its place in `rangesOf(job)`: objects that cross threads are copies of those on the other side. */
export type WrongRange = {readonly index: number; readonly actual: string};

/** What a worker tells: bytes that it has read, or the end of its job. A problem is all that crosses of its error. */
export type WorkerReport =
	| {readonly kind: 'bytes'; readonly bytes: number}
	| {readonly kind: 'done'; readonly wrong: readonly WrongRange[]}
	| {readonly kind: 'refused'; readonly problem: Problem}
	| {readonly kind: 'failed'; readonly error: unknown};

/** Messages cost more than the hashing of a few chunks. */
const reportBytes = 8 * 1024 * 1024;

parentPort?.on('message', async (job: HashJob) => {
	const tell = (report: WorkerReport): void => parentPort?.postMessage(report);
	let untold = 0;
	const flush = (): void => {
		if (untold > 0) tell({kind: 'bytes', bytes: untold});
		untold = 0;
	};
	try {
		const mismatches = await runHashJob(job, {
			mayWait: true,
			onBytes: (bytes) => {
				untold += bytes;
				if (untold >= reportBytes) flush();
			},
		});
		flush();
		const ranges = rangesOf(job);
		tell({kind: 'done', wrong: mismatches.map(({range, actual}) => ({index: ranges.indexOf(range), actual}))});
	} catch (error) {
		flush();
		tell(error instanceof ProblemError ? {kind: 'refused', problem: error.problem} : {kind: 'failed', error});
	}
});
