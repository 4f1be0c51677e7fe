import {errnoWords} from '../../base/errno.ts';
import type {Layout} from '../layout/types.ts';
import type {Bundle, Verified, VerifyProgress} from '../types.ts';
import {type Damage, damageOfMismatch, damageOfProblem, damageProblem} from './damage.ts';
import {bytesOf, type HashJob} from './hash-job.ts';
import {defaultThreads, type HashOutcome, runHashJobs} from './hash-pool.ts';
import {emptyMemo, type Memo} from './memo.ts';
import {type PartClaim, planVerify, type Target} from './plan.ts';
import {lookUp, remember} from './reading.ts';

export type VerifyOptions = {
	readonly signal: AbortSignal;
	readonly onProgress: VerifyProgress;
	/** What was verified earlier; nothing, when it is absent. */
	readonly memo?: Memo | undefined;
	/** Files that are hashed at once; by default as many as there are processors, at most 2. */
	readonly threads?: number | undefined;
	/** Milliseconds since the epoch. */
	readonly now?: (() => number) | undefined;
};

/** The memo goes to disk when this much was read since it last did: what a kill costs. */
const saveBytes = 512 * 1024 * 1024;

/** Puts a memo to disk from time to time. A cache that cannot be written costs time, not the bundle. */
const saverOf = (memo: Memo, startedWith: number) => {
	let saved = startedWith;
	let failure: string | undefined;
	const save = async (): Promise<void> =>
		memo.save().catch((error: unknown) => {
			failure = errnoWords(error, 'write');
		});
	return {
		save,
		/** @param done bytes, absolute */
		saveAfter: async (done: number): Promise<void> => {
			if (done - saved < saveBytes) return;
			saved = done;
			await save();
		},
		failure: () => failure,
	};
};

const damagesOf = (job: HashJob, outcome: HashOutcome): readonly Damage[] =>
	'problem' in outcome ? [damageOfProblem(job, outcome.problem)] : outcome.mismatches.map(damageOfMismatch);

const totalOf = (jobs: readonly HashJob[]): number => jobs.reduce((sum, job) => sum + bytesOf(job), 0);

/**
 * Hashes every file of a bundle against its checksum, and each blob against its digest; what the memo knows to be whole
 * and unchanged is not read. One damaged file does not hide another.
 * @param target absent where only parts can be looked at
 */
export const inspectBundle = async (
	target: Target | undefined,
	parts: readonly PartClaim[],
	options: VerifyOptions,
): Promise<Verified & {readonly damages: readonly Damage[]}> => {
	const {signal, onProgress, memo = emptyMemo(), threads = defaultThreads(), now = Date.now} = options;
	const planned = planVerify(target, parts);
	const reading = await lookUp(planned, memo);
	const [total, read] = [totalOf(planned.map(({job}) => job)), totalOf(reading.jobs)];
	const startedAt = now();
	const damages: Damage[] = [];
	let done = total - read;
	const {save, saveAfter, failure} = saverOf(memo, done);
	onProgress({file: '', done, total});
	try {
		await runHashJobs({
			jobs: reading.jobs,
			threads,
			signal,
			onBytes: ({slice}, bytes) => {
				done += bytes;
				onProgress({file: slice.label, done, total});
			},
			onDone: async (job, outcome) => {
				damages.push(...damagesOf(job, outcome));
				await remember(job, outcome, reading, startedAt);
				await saveAfter(done);
			},
		});
	} finally {
		await save();
	}
	const files = new Set(planned.flatMap(({slices}) => [...slices.keys()].map(({file}) => file)));
	return {files: files.size, bytes: total, read, since: reading.oldest, notRemembered: failure(), damages};
};

/**
 * As `inspectBundle`, for those who go on only with a whole bundle.
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-archive-truncated`, `bundle-unreadable`: every damaged file in one
 */
export const verifyBundle = async (layout: Layout, bundle: Bundle, options: VerifyOptions): Promise<Verified> => {
	const target = {layout, bundle, checksums: bundle.manifest.checksums};
	const {damages, ...verified} = await inspectBundle(target, [], options);
	if (damages.length > 0) throw damageProblem(damages);
	return verified;
};
