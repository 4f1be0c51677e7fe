import {type Clock, systemClock} from '../../base/clock.ts';
import type {Answer, ProxyEnvironment, Timeouts} from '../../http/types.ts';
import {scopeOf} from '../auth/login.ts';
import {originOf} from '../origin.ts';
import {hostRowOf} from '../quirks.ts';
import type {Context} from '../refuse.ts';
import type {Request} from '../request.ts';
import {createRetries, defaultRetries, type Retries, type RetryTable, type Wait} from '../retry.ts';
import {createSession, type Session} from '../session.ts';
import {createTransport, defaultTimeouts} from '../transport.ts';
import type {FindLogin} from './logins.ts';
import {explainProxy, proxiesOf, proxyOf} from './proxies.ts';

export type HostOptions = {
	/** Asked once a host, when it is first needed. */
	readonly findLogin: FindLogin;
	/** PEM of a certificate authority by host (with its port, where it has one), in addition to those of this machine. */
	readonly ca?: Readonly<Record<string, string>> | undefined;
	/** Hosts (with port) that are spoken to without TLS; no other is. */
	readonly plainHttp?: readonly string[] | undefined;
	/** The environment, where its proxies shall be used. */
	readonly proxyEnv?: ProxyEnvironment | undefined;
	/** Idle connections kept open to each host. */
	readonly sockets?: number | undefined;
	readonly timeouts?: Partial<Timeouts> | undefined;
	readonly retries?: RetryTable | undefined;
	/** For the pauses before something is tried again. */
	readonly clock?: Pick<Clock, 'sleep'> | undefined;
	/** Told of each pause that is worth a word, when it begins. */
	readonly onWait?: ((wait: Wait) => void) | undefined;
	/** Told of a registry that is reached through a proxy; host and port of both. */
	readonly onProxy?: ((host: string, proxy: string) => void) | undefined;
};

/** A request to pull. */
export type PullRequest = Omit<Request, 'scopes' | 'context'> & {
	readonly repository?: string | undefined;
	readonly scopes?: Request['scopes'] | undefined;
	/** Verb phrase for problems: `read zenml/zenml:1.0`. */
	readonly what: string;
};

/** One registry that is pulled from. Problems are in the words of one who pulls. */
export type Host = {
	readonly origin: URL;
	readonly retries: Retries;
	/** Tries once; for who follows the retry table by itself. @throws ProblemError area `registry` */
	readonly send: (request: PullRequest) => Promise<Answer>;
	/** Follows the retry table. @throws ProblemError area `registry` */
	readonly ask: (request: PullRequest) => Promise<Answer>;
	readonly contextOf: (what: string, repository?: string) => Context;
};

/** Host (and port) that serves the images of references to `host`. */
export const endpointOf = (host: string): string => hostRowOf(host).endpoint ?? host;

/** The requests of one who pulls. */
const createHost = (
	session: Session,
	{origin, retries, contextOf}: Pick<Host, 'origin' | 'retries' | 'contextOf'>,
): Host => {
	const send: Host['send'] = ({repository, scopes, what, ...request}) => {
		const usual = repository === undefined ? [] : [scopeOf(repository, 'pull')];
		return session.send({...request, scopes: scopes ?? usual, context: contextOf(what, repository)});
	};
	return {
		origin,
		retries,
		contextOf,
		send,
		ask: (request) => retries.run(request.signal, () => send(request)),
	};
};

/**
 * Registries by host; each gets its session, its login and its connections when it is first needed. `close` ends idle ones.
 * @throws ProblemError `registry-proxy` where the environment names a proxy that cannot be used
 */
export const createHosts = (
	options: HostOptions,
): {readonly of: (host: string) => Promise<Host>; readonly close: () => void} => {
	const {findLogin, ca = {}, plainHttp = [], sockets = 8, clock = systemClock} = options;
	const proxyEnv = options.proxyEnv === undefined ? undefined : proxiesOf(options.proxyEnv);
	const explain = proxyEnv && explainProxy(proxyEnv);
	const timeouts = {...defaultTimeouts, ...options.timeouts};
	const open = new Map<string, Promise<Host>>();
	const closers: (() => void)[] = [];

	const make = async (host: string): Promise<Host> => {
		const unknown = {given: false, source: 'it was not looked for yet'};
		const origin = originOf(endpointOf(host), plainHttp.includes(host), {registry: host, what: 'pull', pull: unknown});
		const {login, source} = await findLogin(host);
		const pull = {given: Object.keys(login).length > 0, source};
		const {call, close} = createTransport({sockets, timeouts, ca: ca[host], proxyEnv, explain});
		closers.push(close);
		const through = proxyEnv && proxyOf(origin, proxyEnv);
		if (through !== undefined) options.onProxy?.(host, through);
		const retries = createRetries(options.retries ?? defaultRetries, clock, options.onWait);
		const session = createSession({origin, transport: retries.hearing(call), login, retries});
		const contextOf: Host['contextOf'] = (what, repository) => ({registry: host, what, repository, pull});
		return createHost(session, {origin, retries, contextOf});
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
