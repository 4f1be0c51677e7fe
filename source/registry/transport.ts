import type {ProblemError} from '../base/problem.ts';
import type {AgentOptions} from '../http/agents.ts';
import type {Bandwidth} from '../http/bandwidth.ts';
import {createHttpClient} from '../http/client.ts';
import {HttpFailure} from '../http/failure.ts';
import type {Answer, Call as HttpCall, Timeouts} from '../http/types.ts';
import {heldBytes} from '../oci/descriptor.ts';
import {failureProblem} from './failure-problem.ts';
import type {Context} from './refuse.ts';

export const defaultTimeouts: Timeouts = {
	connect: 15_000,
	answer: 60_000,
	stall: 30_000,
	commit: 300_000,
	whole: 120_000,
	leave: 1000,
};

/** Longer than any answer of a registry that is not a blob. */
const mostAnswerBytes = 4 * 1024 * 1024;

/** How long a question without a body is waited for: nothing has to be kept before it is answered. */
const questionTimeouts: Bounds = {answer: 15_000};

/** For what all the rest waits for and that is quick where it works, as a token is. */
const briefTimeouts: Bounds = {connect: 10_000, answer: 15_000, stall: 15_000, whole: 30_000};

type Bounds = Readonly<Partial<Record<keyof Timeouts, number>>>;

/** A request, and what it is for. */
export type Call = HttpCall & {
	readonly context: Context;
	/** It is given up sooner than others. */
	readonly brief?: boolean | undefined;
};

/** These bounds, none longer than its usual one. */
const within = (timeouts: Timeouts, bounds: Bounds): Timeouts => ({
	...timeouts,
	...Object.fromEntries(
		Object.entries(bounds).map(([name, ms]) => [name, Math.min(timeouts[name as keyof Timeouts] ?? Infinity, ms)]),
	),
});

const isQuestion = ({body, receive}: Call): boolean => receive === undefined && (body?.length ?? 0) === 0;

const timeoutsOf = (call: Call, timeouts: Timeouts): Timeouts => {
	if (call.brief) return within(timeouts, briefTimeouts);
	return isQuestion(call) ? within(timeouts, questionTimeouts) : timeouts;
};

/** What a failure means that is not the registry's own; undefined where it is. */
export type Explain = (call: Call, failure: HttpFailure) => ProblemError | undefined;

/** Answers of any status. @throws ProblemError of area `registry`; an aborted signal throws its reason */
export type Transport = (call: Call) => Promise<Answer>;

export type TransportOptions = AgentOptions & {
	readonly timeouts: Timeouts;
	/** Bounds what all connections send together. */
	readonly bandwidth?: Bandwidth | undefined;
	/** Of who knows of something between this host and the registry. */
	readonly explain?: Explain | undefined;
};

/** Requests to a registry and to where it sends them, with failures in its words; blobs are sent as `scan` hands them out. */
export const createTransport = (options: TransportOptions): {readonly call: Transport; readonly close: () => void} => {
	const client = createHttpClient({...options, mostBytes: mostAnswerBytes, aheadBytes: heldBytes});
	return {
		call: async (call) => {
			try {
				return await client.exchange({...call, timeouts: timeoutsOf(call, options.timeouts)});
			} catch (error) {
				if (!(error instanceof HttpFailure)) throw error;
				const at = {...call, context: {...call.context, at: call.url}};
				throw options.explain?.(at, error) ?? failureProblem(at.context, error);
			}
		},
		close: client.close,
	};
};
