import {type AgentOptions, createAgents} from './agents.ts';
import {exchange} from './exchange.ts';
import type {ExchangeManner} from './manner.ts';
import type {Answer, Call} from './types.ts';

/** A client that keeps its connections. */
export type HttpClient = {
	/** @throws HttpFailure; the reason of the signal when it is aborted; what a receiver or the source of a body throws */
	readonly exchange: (call: Call) => Promise<Answer>;
	/** Ends idle connections. */
	readonly close: () => void;
};

/** A client over node's own agents, with connections that are kept for the next request. */
export const createHttpClient = (
	options: AgentOptions & Omit<ExchangeManner, 'connect' | 'onNoExpect'>,
): HttpClient => {
	const agents = createAgents(options);
	/** Servers, or proxies before them, that take no `Expect`. */
	const without = new Set<string>();
	const manner: ExchangeManner = {
		...options,
		connect: (url) => ({agent: agents.of(url)}),
		onNoExpect: ({origin}) => void without.add(origin),
	};
	const timeoutsOf = ({url, timeouts = options.timeouts}: Call): Call['timeouts'] =>
		without.has(url.origin) ? {...timeouts, leave: undefined} : timeouts;
	return {exchange: (call) => exchange({...call, timeouts: timeoutsOf(call)}, manner), close: agents.close};
};
