import type {Clock} from '../base/clock.ts';
import {type ProblemCode, ProblemError} from '../base/problem.ts';
import {type RetryRule, retrying} from '../base/retry.ts';
import {addressOf} from './refuse.ts';
import type {Transport} from './transport.ts';

/** How often a refusal is tried again; one that is not here is not. */
export type RetryTable = Readonly<Partial<Record<ProblemCode, RetryRule>>>;

export const defaultRetries: RetryTable = {
	'registry-line-dropped': {attempts: 5, pausesMs: [500, 1000, 2000, 4000]},
	'registry-login-expired': {attempts: 5, pausesMs: [0, 1000]},
	'registry-stalled': {attempts: 3, pausesMs: [1000, 5000]},
	'registry-unavailable': {attempts: 6, pausesMs: [1000, 2000, 4000, 8000, 15_000]},
	'registry-upload-lost': {attempts: 3, pausesMs: [500, 2000]},
	'registry-rate-limited': {attempts: 6, pausesMs: [2000, 5000, 10_000, 20_000, 30_000]},
};

/** Attempts of a brief question to a registry that is silent: another answer comes at once or not at all. */
const briefAttempts = 2;

/** The longest wait that a registry may ask for (`Retry-After`, ms); one who asks for more is not waited for. */
export const longestWaitMs = 120_000;

/** Shorter pauses are not worth a word, ms. */
const worthTelling = 1500;

/** A pause before something is tried again. */
export type Wait = {
	/** Host and port of who is waited for. */
	readonly address: string;
	/** Why, in a sentence. */
	readonly cause: string;
	readonly ms: number;
	/** Did it ask for this wait (`Retry-After`)? */
	readonly asked: boolean;
	/** The attempt that failed, of how many; counted from 1. */
	readonly attempt: number;
	readonly attempts: number;
};

/** A wait in words. @param now ms since the epoch */
export const waitText = ({address, cause, ms, asked, attempt, attempts}: Wait, now: number): string => {
	const until = new Date(now + ms).toISOString().slice(11, 19);
	const whose = asked ? 'it asks for that' : 'before it is asked again';
	return `${address}: ${cause} Waiting ${Math.ceil(ms / 1000)} s, until ${until} UTC (${whose}; failed ${attempt} of ${attempts} times).`;
};

/** Pauses vary by up to a quarter, so that several transfers do not come back at once. */
const varied = (ms: number): number => ms * (0.75 + Math.random() / 2);

const codeOf = (error: unknown): ProblemCode | undefined =>
	error instanceof ProblemError ? (error.problem.code as ProblemCode) : undefined;

/** How one registry is tried again. */
export type Retries = {
	/**
	 * Does work until it succeeds, or its failure is not to be tried again.
	 * @param work `advance` says that it came further than any before, so that the next failure counts as the first
	 * @param isBrief a registry that is silent is not asked often
	 * @throws what the last attempt threw; the reason of the signal
	 */
	readonly run: <T>(signal: AbortSignal, work: (advance: () => void) => Promise<T>, isBrief?: boolean) => Promise<T>;
	/**
	 * A transport that tells these when the registry answers. One that answered once and then cannot be connected to is being restarted: from then on that is tried
	 * again like any trouble of its own. Before, it is a wrong name or a firewall, and waiting helps nobody.
	 */
	readonly hearing: (transport: Transport) => Transport;
};

export const createRetries = (
	table: RetryTable,
	clock: Pick<Clock, 'sleep'>,
	onWait: (wait: Wait) => void = () => {},
): Retries => {
	/** Addresses that have answered. */
	const answered = new Set<string>();
	const ruleOf = (error: unknown): RetryRule | undefined => {
		const code = codeOf(error);
		if (code === undefined || !(error instanceof ProblemError)) return undefined;
		if ((error.retryAfterMs ?? 0) > longestWaitMs) return undefined;
		const isRestarting = code === 'registry-unreachable' && answered.has(String(error.facts.address));
		return table[code] ?? (isRestarting ? table['registry-unavailable'] : undefined);
	};
	const briefRuleOf = (error: unknown): RetryRule | undefined => {
		const rule = ruleOf(error);
		const isSilent = codeOf(error) === 'registry-stalled';
		return rule && isSilent ? {...rule, attempts: Math.min(rule.attempts, briefAttempts)} : rule;
	};
	/** Until when is waited already, by what is said of it: many that wait for the same are one. */
	const told = new Map<string, number>();
	const tell = (error: unknown, attempt: number, ms: number, attempts = attempt): void => {
		if (!(error instanceof ProblemError) || ms < worthTelling) return;
		const {retryAfterMs: asked = 0, facts, problem} = error;
		const {cause} = problem;
		const address = String(facts.address ?? '');
		const end = Date.now() + ms;
		if ((told.get(`${address} ${cause}`) ?? 0) > end - ms / 2) return;
		told.set(`${address} ${cause}`, end);
		onWait({address, cause, ms, asked: asked === ms, attempt, attempts});
	};
	return {
		run: (signal, work, isBrief = false) => {
			const ruled = isBrief ? briefRuleOf : ruleOf;
			return retrying((_attempt, advance) => work(advance), {
				ruleOf: ruled,
				clock,
				signal,
				onRetry: (error, attempt, pauseMs) => {
					const asked = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
					const ms = Math.max(varied(pauseMs), asked);
					tell(error, attempt, ms, ruled(error)?.attempts);
					return ms;
				},
			});
		},
		hearing: (transport) => async (call) => {
			const answer = await transport(call);
			answered.add(addressOf(call.url));
			return answer;
		},
	};
};

/** Failures after which fewer connections are better: of the line, of a busy registry, of its storage. */
const troubles: ReadonlySet<ProblemCode | undefined> = new Set<ProblemCode>([
	'registry-line-dropped',
	'registry-stalled',
	'registry-unavailable',
	'registry-rate-limited',
	'registry-unreachable',
]);

/** Does this failure say that registry or line have too much to do? */
export const isTrouble = (error: unknown): boolean => troubles.has(codeOf(error));
