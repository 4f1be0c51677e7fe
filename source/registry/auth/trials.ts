import type {ProblemError} from '../../base/problem.ts';

/** How long a login that was refused is not sent again, ms: the same wrong one again and again locks accounts. */
const rememberedMs = 120_000;

/** What came of a login. `whole`: it is refused whatever it is for. `unclear`: neither taken nor refused. */
export type Outcome<T> =
	| {readonly accepted: T}
	| {readonly unclear: T}
	| {readonly refused: ProblemError; readonly whole: boolean};

/** Tries a login: one at a time until it was accepted once, and not again after it was refused. */
export type Trials = {
	/**
	 * @param key what the login is for
	 * @throws ProblemError that it is refused with now, or was before; the reason of the signal
	 */
	readonly run: <T>(key: string, signal: AbortSignal, work: () => Promise<Outcome<T>>) => Promise<T>;
};

type Refusal = {readonly error: ProblemError; readonly at: number};

/** Its key stands for everything. */
const everything = '*';

const again = ({error, at}: Refusal, now: number): ProblemError => {
	const left = Math.ceil((at + rememberedMs - now) / 1000);
	const words = `This login was refused before; it is not sent again for ${left} s, as that could lock the account.`;
	return error.with({evidence: [...(error.problem.evidence ?? []), words]});
};

export const createTrials = (now: () => number): Trials => {
	const refusals = new Map<string, Refusal>();
	let accepted = false;
	let busy: Promise<void> | undefined;

	const refuseKnown = (key: string): void => {
		for (const name of [everything, key]) {
			const known = refusals.get(name);
			if (known && now() - known.at < rememberedMs) throw again(known, now());
		}
	};
	const judge = <T>(key: string, outcome: Outcome<T>): T => {
		if ('refused' in outcome) {
			refusals.set(outcome.whole ? everything : key, {error: outcome.refused, at: now()});
			throw outcome.refused;
		}
		if ('unclear' in outcome) return outcome.unclear;
		accepted = true;
		refusals.delete(everything);
		return outcome.accepted;
	};
	const free = (): void => {
		busy = undefined;
	};
	return {
		run: async (key, signal, work) => {
			for (;;) {
				refuseKnown(key);
				if (accepted || busy === undefined) break;
				await busy;
				signal.throwIfAborted();
			}
			const judged = work().then((outcome) => judge(key, outcome));
			if (!accepted) busy = judged.then(free, free);
			return judged;
		},
	};
};
