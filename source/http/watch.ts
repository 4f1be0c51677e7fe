import {createDeadline} from './deadline.ts';
import {type FailureKind, HttpFailure, type Stage} from './failure.ts';

/** Watches over one exchange: how far it came, its bounds in time, and the first thing that went wrong. */
export type Watch = {
	readonly stage: () => Stage;
	/** The exchange came to this stage, with the bounds of the one before. */
	readonly reach: (stage: Stage) => void;
	/** From now on the exchange is at this stage; it fails when nothing moves for so many milliseconds, where there is a bound. */
	readonly expect: (stage: Stage, ms: number | undefined) => void;
	/** It fails when it has not ended by then. */
	readonly expectEnd: (ms: number) => void;
	/** Nothing is expected of the server for now. */
	readonly rest: () => void;
	/** Rejects when something goes wrong: with a failure, or the reason of the signal. */
	readonly broken: Promise<never>;
	readonly fail: (error: unknown) => void;
	/** The failure of a connection that ended with that error. */
	readonly lost: (error: unknown) => HttpFailure;
	/** @throws what went wrong, where something did */
	readonly check: () => void;
	/** What to throw for an error that the answer ended with: what went wrong first. */
	readonly reason: (error: unknown) => unknown;
	/** From now on nothing can go wrong any more. @returns false where that was so before */
	readonly end: () => boolean;
};

/** What a connection that did not come about in time fails with, as where the operating system gave it up. */
const timedOut = (): Error => Object.assign(new Error('no connection in time'), {code: 'ETIMEDOUT'});

/** @param sentBytes of the body so far @param onFail ends what is under way */
export const createWatch = (sentBytes: () => number, onFail: () => void): Watch => {
	const [silence, slowness] = [createDeadline(), createDeadline()];
	const broken = Promise.withResolvers<never>();
	// Who waits for something else at that moment hears of it by `check` or `reason`.
	broken.promise.catch(() => {});
	let stage: Stage = 'connect';
	let over = false;
	let first: {readonly error: unknown} | undefined;

	const failure = (kind: FailureKind, waitedMs?: number, cause?: unknown): HttpFailure =>
		new HttpFailure(kind, {stage, sentBytes: sentBytes(), waitedMs}, cause === undefined ? {} : {cause});
	const liftAll = (): void => {
		silence.lift();
		slowness.lift();
	};
	const fail = (error: unknown): void => {
		if (over || first) return;
		first = {error};
		liftAll();
		onFail();
		broken.reject(error);
	};
	const failBySilence = (ms: number): void => {
		const connecting = stage === 'connect' || stage === 'handshake';
		fail(connecting ? failure('connection', ms, timedOut()) : failure('silence', ms));
	};
	return {
		stage: () => stage,
		reach: (next) => {
			stage = next;
		},
		expect: (next, ms) => {
			if (over || first) return;
			stage = next;
			if (ms === undefined) silence.lift();
			else silence.within(ms, () => failBySilence(ms));
		},
		expectEnd: (ms) => {
			if (!over && !first) slowness.within(ms, () => fail(failure('slowness', ms)));
		},
		rest: silence.lift,
		broken: broken.promise,
		fail,
		lost: (error) => failure('connection', undefined, error),
		check: () => {
			if (first) throw first.error;
		},
		reason: (error) => first?.error ?? failure('connection', undefined, error),
		end: () => {
			if (over) return false;
			over = true;
			liftAll();
			return true;
		},
	};
};
