import {rm, utimes} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {errnoWords} from '../errno.ts';
import {makeFolders} from '../folders.ts';
import {printable} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {baseProblems} from '../problems.ts';
import {formatMoment} from '../units.ts';
import {create, type Holder, look, notOurs, refused, type Seen} from './lock-file.ts';
import {isSamePlace, type ProcessBirth, type ProcessPlace, processBirth, processPlace} from './process.ts';

export type {Holder} from './lock-file.ts';

/** What a run says of itself; the rest is found out here. */
export type Taker = Pick<Holder, 'pid' | 'host' | 'user' | 'runId' | 'startedAt'>;

type Where = 'on this host' | 'on another host' | 'of an older version';

const locked = (file: string, {pid, host, user, startedAt}: Holder, where: Where): Problem => {
	const holder = {pid, host: printable(host), user: printable(user), since: formatMoment(startedAt)};
	return baseProblems.problem('install-locked', {case: where, file, seconds: staleMs / 1000, ...holder});
};

/** How long a lock may lie there half written before it counts as damaged, ms. */
const writingMs = 250;

/** How often a held lock is touched, ms. */
const beatMs = 3000;

/** How long a lock that is touched may be seen untouched before it counts as a dead run's, ms. */
const staleMs = 15_000;

/** For tests: what is asked of the system, and how long is waited. */
type Means = {
	readonly birthOf: ProcessBirth;
	readonly place: ProcessPlace;
	readonly beatMs: number;
	readonly staleMs: number;
};

export type LockOptions = Partial<Means> & {
	/** Ends the wait for a lock of another host. */
	readonly signal?: AbortSignal | undefined;
	/** Called once when the lock is somebody else's by now, or could not be touched for too long. */
	readonly onLost?: ((problem: Problem) => void) | undefined;
};

/** Where the process of a holder can be looked up. A lock of an older version tells the name of its host and no more. */
const whereIs = (holder: Holder, host: string, place: ProcessPlace): Where => {
	if (holder.beatMs !== undefined) return isSamePlace(holder, place) ? 'on this host' : 'on another host';
	return holder.host === host ? 'on this host' : 'of an older version';
};

/** A run that wants a lock. */
type Claim = {
	readonly file: string;
	readonly mine: Holder;
	/** The lock as it will be written. */
	readonly text: string;
	readonly means: Means;
	readonly signal: AbortSignal | undefined;
};

const pause = async (ms: number, {signal}: Claim): Promise<void> => {
	await sleep(ms, undefined, signal && {signal}).catch((error: unknown) => {
		throw signal?.aborted ? signal.reason : error;
	});
};

const isSameRun = (one: Holder | undefined, other: Holder): boolean =>
	one?.pid === other.pid &&
	one.birth === other.birth &&
	one.runId === other.runId &&
	one.boot === other.boot &&
	one.pidNamespace === other.pidNamespace;

/**
 * Watches a lock whose process cannot be looked up from here. No clock of another host counts: whether it is touched is seen,
 * and for how long it was not is measured here.
 * @throws ProblemError `install-locked` once it is touched
 * @returns true when its run is dead; false when something else lies there by now
 */
const isAbandoned = async (claim: Claim, seen: Seen & {readonly holder: Holder}): Promise<boolean> => {
	const {file, means} = claim;
	const begun = performance.now();
	while (performance.now() - begun < means.staleMs) {
		await pause(means.beatMs / 3, claim);
		const now = await look(file);
		if (now?.identity === seen.identity) continue;
		if (isSameRun(now?.holder, seen.holder)) throw new ProblemError(locked(file, seen.holder, 'on another host'));
		return false;
	}
	return true;
};

/** True for a process that can be looked up here, and is there. */
const isAlive = async ({mine, means}: Claim, holder: Holder): Promise<boolean> =>
	whereIs(holder, mine.host, means.place) === 'on this host' && (await means.birthOf(holder.pid)) === holder.birth;

/**
 * True for a holder that is gone: its process here, or a run elsewhere that does not touch its lock; false when something else
 * lies there by now.
 * @throws ProblemError `install-locked`
 */
const isGone = async (claim: Claim, seen: Seen & {readonly holder: Holder}): Promise<boolean> => {
	const {file, mine, means} = claim;
	const {holder} = seen;
	const where = whereIs(holder, mine.host, means.place);
	if (where === 'on another host') return isAbandoned(claim, seen);
	if (where === 'on this host' && !(await isAlive(claim, holder))) return true;
	throw new ProblemError(locked(file, holder, where));
};

/** How long a second lock is waited for, ms: one of another host for as long as its run may be slow. */
const guardMs = (claim: Claim, holder: Holder | undefined): number => {
	if (!holder) return writingMs;
	return whereIs(holder, claim.mine.host, claim.means.place) === 'on this host' ? 20 : claim.means.staleMs;
};

/**
 * Removes a dead or damaged lock, under a second lock: of several runs that saw it, a slow one must not remove the new
 * lock of a quick one. The second lock is held for milliseconds; a run killed in between leaves it, and it is removed
 * by the same signs.
 */
const removeDead = async (claim: Claim, seen: Seen): Promise<void> => {
	const {file, text} = claim;
	const guard = `${file}.removal`;
	if (await create(guard, text)) {
		if ((await look(file))?.identity === seen.identity) await rm(file, {force: true});
		await rm(guard, {force: true});
		return;
	}
	const other = await look(guard);
	if (other?.foreign !== undefined) throw notOurs(guard, other.foreign);
	await pause(guardMs(claim, other?.holder), claim);
	if (other?.holder && (await isAlive(claim, other.holder))) return;
	if (other && (await look(guard))?.identity === other.identity) await rm(guard, {force: true});
};

/**
 * Clears what lies in the place of a lock, where it may be cleared; another try is due then.
 * @throws ProblemError `install-locked`, `lock-not-ours`, `state-unwritable`
 */
const clearWay = async (claim: Claim): Promise<void> => {
	const {file} = claim;
	const seen = await look(file);
	if (!seen) return;
	const {holder, foreign} = seen;
	if (foreign !== undefined) throw notOurs(file, foreign);
	if (holder) {
		if (!(await isGone(claim, {...seen, holder}))) return;
	} else {
		// Another run may be between creating and writing it; look again before taking it for damaged.
		await pause(writingMs, claim);
		if ((await look(file))?.identity !== seen.identity) return;
	}
	await removeDead(claim, seen);
};

/** Removes a lock that is still that of this run; one that somebody took over meanwhile stays. */
const giveBack = async ({file, mine}: Claim): Promise<void> => {
	if (isSameRun((await look(file))?.holder, mine)) await rm(file, {force: true});
};

/** Touches the lock once. @returns why it is ours no longer */
const beat = async ({file, mine, text}: Claim): Promise<Problem | undefined> => {
	const seen = await look(file);
	if (!seen) {
		// Removed by hand: whoever did it may want it for another run, which is then quicker or refused.
		await create(file, text);
		return undefined;
	}
	if (!isSameRun(seen.holder, mine)) return baseProblems.problem('install-locked', {case: 'file taken over', file});
	const now = new Date();
	await utimes(file, now, now);
	return undefined;
};

/** Touches the lock for as long as it is held, so that others see a run that lives. @returns its end */
const keepBeating = (claim: Claim, onLost: (problem: Problem) => void): (() => Promise<void>) => {
	const {file, means} = claim;
	let touchedAt = performance.now();
	let beating = Promise.resolve();
	const beatOnce = async (): Promise<void> => {
		const loss = await beat(claim).then(
			(lost) => {
				touchedAt = performance.now();
				return lost;
			},
			(error: unknown) => {
				// Others take it for dead at staleMs; this run must have stopped by then.
				if (performance.now() - touchedAt < (means.staleMs * 2) / 3) return undefined;
				const words = error instanceof ProblemError ? error.problem.cause : errnoWords(error, 'write');
				return baseProblems.problem('install-locked', {case: 'file not renewed', file, words});
			},
		);
		if (!loss) return;
		clearInterval(timer);
		onLost(loss);
	};
	const timer = setInterval(() => {
		beating = beating.then(beatOnce);
	}, means.beatMs);
	timer.unref();
	return async () => {
		clearInterval(timer);
		await beating;
	};
};

/** Gives a lock back. Never throws: it ends a run, whose result must stay. @returns why it could not, in words */
export type Unlock = () => Promise<string | undefined>;

const unlocker = (claim: Claim, onLost: (problem: Problem) => void): Unlock => {
	const stop = keepBeating(claim, onLost);
	return async () => {
		try {
			await stop();
			await giveBack(claim);
			return undefined;
		} catch (error) {
			return `The lock ${claim.file} could not be removed: ${error instanceof Error ? error.message : String(error)}`;
		}
	};
};

/** Tries before it is said that others are always quicker. */
const mostTries = 20;

/**
 * Takes a lock file, so that two runs do not work on one installation. A lock whose process is gone (killed, or the host was
 * restarted) is taken over: at once where the process can be looked up, else when the file was not touched for 15 s.
 * @returns a function that gives it back.
 * @throws ProblemError `install-locked` that names the holder; `lock-not-ours` where another file has the name, which stays;
 * `state-unwritable`, `lock-contended`; the signal's reason
 */
export const acquireFileLock = async (file: string, me: Taker, options: LockOptions = {}): Promise<Unlock> => {
	const {signal, onLost = () => undefined, ...given} = options;
	const means: Means = {birthOf: processBirth, place: processPlace(), beatMs, staleMs, ...given};
	await makeFolders(path.dirname(file), 0o700).catch((error: unknown) => {
		throw refused(file, error);
	});
	const {pid, ...others} = me;
	const birth = (await means.birthOf(pid)) ?? 'unknown';
	const mine: Holder = {pid, birth, ...others, ...means.place, beatMs: means.beatMs};
	const claim: Claim = {file, mine, text: JSON.stringify(mine), means, signal};
	for (let attempt = 0; attempt < mostTries; attempt += 1) {
		// A linked-in complete file would be nicer, but some shared file systems have no hard links.
		if (await create(file, claim.text)) return unlocker(claim, onLost);
		await clearWay(claim);
	}
	throw baseProblems.error('lock-contended', {file});
};

/** Who holds the lock right now; undefined when it is free, damaged, or its process here is gone. Elsewhere nothing is known. */
export const liveHolder = async (
	file: string,
	host: string,
	{birthOf = processBirth, place = processPlace()}: Partial<Means> = {},
): Promise<Holder | undefined> => {
	const holder = (await look(file))?.holder;
	if (!holder) return undefined;
	return whereIs(holder, host, place) !== 'on this host' || (await birthOf(holder.pid)) === holder.birth
		? holder
		: undefined;
};
