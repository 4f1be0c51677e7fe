import {type Identity, identify, isSettled, sameFiles} from '../../archive/identity.ts';
import {rowOf} from '../../archive/range.ts';
import type {Layout} from '../layout/layout.ts';
import type {Bundle, Verified, VerifyProgress} from '../types.ts';
import {type Damage, damageOfMismatch, damageOfProblem, damageProblem} from './damage.ts';
import {bytesOf, type HashJob, type Range, rangesOf} from './hash-job.ts';
import {defaultThreads, type HashOutcome, runHashJobs} from './hash-pool.ts';
import {emptyMemo, type Memo, memoKey} from './memo.ts';
import {type PartClaim, type PlannedJob, planVerify, type Target, touchedFiles} from './plan.ts';

export type VerifyOptions = {
	readonly signal: AbortSignal;
	readonly onProgress: VerifyProgress;
	/** What was verified earlier; nothing, when it is absent. */
	readonly memo?: Memo;
	/** Files that are hashed at once; by default as many as there are processors, at most 2. */
	readonly threads?: number | undefined;
	/** Milliseconds since the epoch. */
	readonly now?: () => number;
};

/** The memo goes to disk when this much was read since it last did: what a kill costs. */
const saveBytes = 512 * 1024 * 1024;

type Keyed = {readonly identities: readonly Identity[]; readonly key: string};

/** Which ranges the memo knows, and what to write into it when the others were read. */
const lookUp = async (planned: readonly PlannedJob[], memo: Memo) => {
	const cache = new Map<string, Promise<Identity | undefined>>();
	const identityOf = (file: string) => {
		const known = cache.get(file) ?? identify(file);
		cache.set(file, known);
		return known;
	};
	const keys = new Map<Range, Keyed>();
	const jobs: HashJob[] = [];
	let oldest: number | undefined;
	for (const {job, places} of planned) {
		let complete = true;
		for (const [range, slice] of places) {
			const touched = touchedFiles(slice);
			const all = await Promise.all(touched.map(({file}) => identityOf(file)));
			const identities = all.filter((one) => one !== undefined);
			const key = memoKey(identities, {
				row: rowOf(slice),
				starts: touched.map(({start}) => start),
				offset: slice.offset,
				size: slice.size,
				digest: range.digest,
			});
			keys.set(range, {identities, key});
			const when = identities.length === 0 || identities.length < all.length ? undefined : memo.when(key);
			if (when === undefined) complete = false;
			else oldest = Math.min(oldest ?? when, when);
		}
		if (!complete) jobs.push(job);
	}
	return {keys, jobs, oldest};
};

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
	const {signal, onProgress, memo = emptyMemo(), now = Date.now} = options;
	const planned = planVerify(target, parts);
	const {keys, jobs, oldest} = await lookUp(planned, memo);
	const total = planned.reduce((sum, {job}) => sum + bytesOf(job), 0);
	const toRead = jobs.reduce((sum, job) => sum + bytesOf(job), 0);
	const startedAt = now();
	let done = total - toRead;
	let saved = done;
	const damages: Damage[] = [];
	const remember = async (job: HashJob, outcome: HashOutcome): Promise<void> => {
		const bad = new Set('problem' in outcome ? rangesOf(job) : outcome.mismatches.map(({range}) => range));
		for (const range of rangesOf(job)) {
			const keyed = keys.get(range);
			if (!keyed) continue;
			// An earlier run may have found it whole; the disk below an unchanged file may have rotted since.
			if (bad.has(range)) memo.drop(keyed.key);
			if (bad.has(range) || !keyed.identities.every((one) => isSettled(one, startedAt))) continue;
			const after = await Promise.all(keyed.identities.map(({file}) => identify(file)));
			if (sameFiles(keyed.identities, after)) memo.add(keyed.key, startedAt);
		}
		if (done - saved < saveBytes) return;
		saved = done;
		await save();
	};
	let notRemembered: string | undefined;
	// A cache that cannot be written costs time, not the bundle.
	const save = async (): Promise<void> =>
		memo.save().catch((error: unknown) => {
			notRemembered = error instanceof Error ? error.message : String(error);
		});
	onProgress({file: '', done, total});
	try {
		await runHashJobs({
			jobs,
			threads: options.threads ?? defaultThreads(),
			signal,
			onBytes: ({slice}, bytes) => {
				done += bytes;
				onProgress({file: slice.label, done, total});
			},
			onDone: async (job, outcome) => {
				if ('problem' in outcome) damages.push(damageOfProblem(job, outcome.problem));
				else damages.push(...outcome.mismatches.map(damageOfMismatch));
				await remember(job, outcome);
			},
		});
	} finally {
		await save();
	}
	return {
		files: new Set(planned.flatMap(({places}) => [...places.keys()].map(({file}) => file))).size,
		bytes: total,
		read: toRead,
		...(oldest === undefined ? {} : {since: oldest}),
		...(notRemembered === undefined ? {} : {notRemembered}),
		damages,
	};
};

/**
 * As `inspectBundle`, for those who go on only with a whole bundle.
 * @throws ProblemError `bundle-checksum-mismatch`, `bundle-archive-truncated`, `bundle-unreadable`: every damaged file in one
 */
export const verifyBundle = async (layout: Layout, bundle: Bundle, options: VerifyOptions): Promise<Verified> => {
	const {damages, ...verified} = await inspectBundle(
		{layout, bundle, checksums: bundle.manifest.checksums},
		[],
		options,
	);
	if (damages.length > 0) throw damageProblem(damages);
	return verified;
};
