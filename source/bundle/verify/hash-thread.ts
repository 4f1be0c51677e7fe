import {Worker} from 'node:worker_threads';
import {ProblemError} from '../../base/problem.ts';
import {threadOf} from '../../base/self/parts.ts';
import {type HashJob, type Mismatch, rangesOf} from './hash-job.ts';
import type {WorkerReport, WrongRange} from './hash-worker.ts';

/** A thread that hashes one job at a time. */
export type HashThread = {
	/**
	 * @param onBytes told how many bytes were read since it was told last
	 * @throws as `runHashJob`; the signal's reason, while the thread goes on until it is ended
	 */
	readonly hash: (job: HashJob, signal: AbortSignal, onBytes: (bytes: number) => void) => Promise<readonly Mismatch[]>;
	readonly end: () => Promise<unknown>;
};

const worker = {name: 'hash-worker', source: new URL('./hash-worker.ts', import.meta.url)} as const;

/** Ranges that crossed threads are copies; these are the job's own. */
const mismatchesOf = (job: HashJob, wrong: readonly WrongRange[]): readonly Mismatch[] => {
	const ranges = rangesOf(job);
	return wrong.map(({index, actual}) => {
		const range = ranges[index];
		if (!range) throw new Error(`A thread told of range ${index}; the job has ${ranges.length}.`);
		return {range, actual};
	});
};

export const startHashThread = (): HashThread => {
	const thread = new Worker(...threadOf(worker));
	const died = Promise.withResolvers<never>();
	thread.on('error', died.reject);
	// It is looked at while a job is under way.
	died.promise.catch(() => {});
	const hash: HashThread['hash'] = async (job, signal, onBytes) => {
		signal.throwIfAborted();
		const ended = Promise.withResolvers<readonly Mismatch[]>();
		const stop = (): void => ended.reject(signal.reason);
		const listen = (report: WorkerReport): void => {
			if (report.kind === 'bytes') onBytes(report.bytes);
			else if (report.kind === 'done') ended.resolve(mismatchesOf(job, report.wrong));
			else ended.reject(report.kind === 'refused' ? new ProblemError(report.problem) : report.error);
		};
		signal.addEventListener('abort', stop, {once: true});
		thread.on('message', listen);
		thread.postMessage(job);
		try {
			return await Promise.race([ended.promise, died.promise]);
		} finally {
			signal.removeEventListener('abort', stop);
			thread.off('message', listen);
		}
	};
	return {hash, end: () => thread.terminate()};
};
