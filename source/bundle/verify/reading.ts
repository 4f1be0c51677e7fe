import {type Identity, identify, isSettled, sameFiles} from '../../archive/identity.ts';
import {rowOf, type Slice} from '../../archive/range.ts';
import {type HashJob, type Range, rangesOf} from './hash-job.ts';
import type {HashOutcome} from './hash-pool.ts';
import {type Memo, memoKey} from './memo.ts';
import {type PlannedJob, touchedFiles} from './plan.ts';

/** A range as the memo knows it: the files that hold it as they are, its key, and when it was verified last. */
type Known = {
	readonly identities: readonly Identity[];
	readonly key: string;
	readonly when: number | undefined;
};

/** Looks at each file once, however many ranges it holds. */
const identityCache = () => {
	const cache = new Map<string, Promise<Identity | undefined>>();
	return (file: string): Promise<Identity | undefined> => {
		const known = cache.get(file) ?? identify(file);
		cache.set(file, known);
		return known;
	};
};

const knownOf = async (
	[range, slice]: readonly [Range, Slice],
	identityOf: ReturnType<typeof identityCache>,
	memo: Memo,
): Promise<Known> => {
	const touched = touchedFiles(slice);
	const identities = (await Promise.all(touched.map(({file}) => identityOf(file)))).filter((one) => one !== undefined);
	const {offset, size} = slice;
	const starts = touched.map(({start}) => start);
	const key = memoKey(identities, {row: rowOf(slice), starts, offset, size, digest: range.digest});
	const isWhole = identities.length > 0 && identities.length === touched.length;
	return {identities, key, when: isWhole ? memo.when(key) : undefined};
};

/** What is to be read, and what the memo makes of the rest. */
export type Reading = {
	readonly memo: Memo;
	readonly known: ReadonlyMap<Range, Known>;
	/** Jobs with a range at least that the memo does not know. */
	readonly jobs: readonly HashJob[];
	/** When the oldest of what it knows was verified, in ms since the epoch. */
	readonly oldest: number | undefined;
};

/** Which ranges the memo knows, and what to write into it when the others were read. */
export const lookUp = async (planned: readonly PlannedJob[], memo: Memo): Promise<Reading> => {
	const identityOf = identityCache();
	const known = new Map<Range, Known>();
	for (const held of planned.flatMap(({slices}) => [...slices])) {
		known.set(held[0], await knownOf(held, identityOf, memo));
	}
	const isKnown = (range: Range): boolean => known.get(range)?.when !== undefined;
	const times = [...known.values()].flatMap(({when}) => when ?? []);
	return {
		memo,
		known,
		jobs: planned.map(({job}) => job).filter((job) => !rangesOf(job).every(isKnown)),
		oldest: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
	};
};

/** The files of a range are as they were before it was read, and nothing can have changed in them without a trace. */
const isUnchanged = async ({identities}: Known, startedAt: number): Promise<boolean> => {
	if (!identities.every((identity) => isSettled(identity, startedAt))) return false;
	return sameFiles(identities, await Promise.all(identities.map(({file}) => identify(file))));
};

/** Ranges that an outcome does not prove whole. */
const badRanges = (job: HashJob, outcome: HashOutcome): ReadonlySet<Range> =>
	new Set('problem' in outcome ? rangesOf(job) : outcome.mismatches.map(({range}) => range));

/** Writes into the memo what a job has found. @param startedAt when the verification began, ms since the epoch */
export const remember = async (
	job: HashJob,
	outcome: HashOutcome,
	{memo, known}: Reading,
	startedAt: number,
): Promise<void> => {
	const bad = badRanges(job, outcome);
	for (const range of rangesOf(job)) {
		const one = known.get(range);
		if (!one) continue;
		// An earlier run may have found it whole; the disk below an unchanged file may have rotted since.
		if (bad.has(range)) memo.drop(one.key);
		else if (await isUnchanged(one, startedAt)) memo.add(one.key, startedAt);
	}
};
