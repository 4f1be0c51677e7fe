import {scopeOf} from '../auth.ts';
import {originOf} from '../origin.ts';
import type {Context} from '../problems.ts';
import type {Answer} from '../refusals.ts';
import {defaultRetries, onceHeard, type RetryTable, withRetry} from '../retry.ts';
import {createSession, type Request} from '../session.ts';
import {createTransport, defaultTimeouts, type ProxyEnvironment, type Timeouts} from '../transport.ts';
import {endpointOf} from './docker-hub.ts';
import type {FindLogin} from './logins.ts';
import {asPull, type Place, pullRefusal} from './problems.ts';
import {proxiesOf, proxyAware} from './proxies.ts';

export type HostOptions = {
	/** Asked once a host, when it is first needed. */
	readonly findLogin: FindLogin;
	/** PEM of a certificate authority by host (with its port, where it has one), in addition to those of this machine. */
	readonly ca?: Readonly<Record<string, string>>;
	/** Hosts (with port) that are spoken to without TLS; no other is. */
	readonly plainHttp?: readonly string[];
	/** The environment, where its proxies shall be used. */
	readonly proxyEnv?: ProxyEnvironment;
	/** Idle connections kept open to each host. */
	readonly sockets?: number;
	readonly timeouts?: Partial<Timeouts>;
	readonly retries?: RetryTable;
};

/** A request to pull: `accept` is what the caller understands, beside the refusals that are told here. */
export type PullRequest = Omit<Request, 'scopes' | 'context' | 'accept'> & {
	readonly repository?: string;
	readonly scopes?: Request['scopes'];
	/** Verb phrase for problems: `read zenml/zenml:1.0`. */
	readonly what: string;
	readonly accept: readonly number[];
};

/** One registry that is pulled from. Problems are in the words of one who pulls. */
export type Host = {
	readonly origin: URL;
	readonly retries: RetryTable;
	/** Tries once; for who follows the retry table by itself. @throws ProblemError area `registry`, not yet in the words of pulls */
	readonly send: (request: PullRequest) => Promise<Answer>;
	/** Follows the retry table. @throws ProblemError area `registry` */
	readonly ask: (request: PullRequest) => Promise<Answer>;
	readonly contextOf: (what: string, repository?: string) => Context;
};

/** Statuses that mean another thing to a pull than to a push. */
const refusals = [401, 403, 429] as const;

/**
 * Registries by host; each gets its session, its login and its connections when it is first needed. `close` ends idle ones.
 * @throws ProblemError `registry-proxy` where the environment names a proxy that cannot be used
 */
export const createHosts = (
	options: HostOptions,
): {readonly of: (host: string) => Promise<Host>; readonly close: () => void} => {
	const {findLogin, ca = {}, plainHttp = [], sockets = 8} = options;
	const proxies = options.proxyEnv === undefined ? undefined : proxiesOf(options.proxyEnv);
	const timeouts = {...defaultTimeouts, ...options.timeouts};
	const open = new Map<string, Promise<Host>>();
	const closers: (() => void)[] = [];

	const make = async (host: string): Promise<Host> => {
		const origin = originOf(endpointOf(host), plainHttp.includes(host));
		const {login, source} = await findLogin(host);
		const place: Place = {host, login: {given: Object.keys(login).length > 0, source}};
		const pem = ca[host];
		const {call, close} = createTransport({
			sockets,
			timeouts,
			...(pem === undefined ? {} : {ca: pem}),
			...(proxies === undefined ? {} : {proxyEnv: proxies}),
		});
		closers.push(close);
		const aware = proxies === undefined ? call : proxyAware(call, proxies);
		const {retries, transport} = onceHeard(options.retries ?? defaultRetries, aware);
		const session = createSession({origin, transport, login, retries});
		const contextOf: Host['contextOf'] = (what, repository) => ({
			registry: host,
			what,
			...(repository === undefined ? {} : {repository}),
		});
		const send: Host['send'] = async ({repository, scopes, what, accept, ...request}) => {
			const context = contextOf(what, repository);
			const wanted = scopes ?? (repository === undefined ? [] : [scopeOf(repository, 'pull')]);
			const answer = await session.send({...request, scopes: wanted, context, accept: [...accept, ...refusals]});
			if (accept.includes(answer.status)) return answer;
			throw pullRefusal(place, context, answer, session.refuse(context, answer));
		};
		return {
			origin,
			retries,
			send,
			ask: (request) =>
				withRetry(retries, request.signal, () => send(request)).catch((error: unknown) => {
					throw asPull(error);
				}),
			contextOf,
		};
	};
	return {
		of: (host) => {
			const key = endpointOf(host);
			const known = open.get(key) ?? make(host);
			open.set(key, known);
			// A login that could not be read may be mended before the next try.
			known.catch(() => open.delete(key));
			return known;
		},
		close: () => {
			for (const close of closers) close();
		},
	};
};
