import type {ProblemError} from '../engine/problem.ts';
import {createAuthenticator, type Login, type Scope} from './auth.ts';
import {badRedirect, type Context, notARegistry, refusal} from './problems.ts';
import {type Answer, statusProblem} from './refusals.ts';
import {type RetryTable, withRetry, withWish} from './retry.ts';
import type {Body, Call, Transport} from './transport.ts';

export type Request = {
	readonly method: Call['method'];
	/** Below the registry's root, or an absolute URL it gave. */
	readonly url: string | URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Body;
	/** See `Call`: streams the body of a 200 or 206. An attempt that breaks may have given some of it already. */
	readonly receive?: Call['receive'];
	readonly scopes: readonly Scope[];
	readonly context: Context;
	readonly signal: AbortSignal;
	/** Statuses that the caller takes; any other becomes a problem. */
	readonly accept: readonly number[];
};

/** Requests to one registry: login, statuses to problems. `send` tries once, `ask` follows the retry table. */
export type Session = {
	readonly send: (request: Request) => Promise<Answer>;
	readonly ask: (request: Request) => Promise<Answer>;
	readonly refuse: (context: Context, answer: Answer) => ProblemError;
	/** Resolves a `Location` header. @throws ProblemError `registry-redirects`, `registry-not-a-registry` */
	readonly locate: (answer: Answer, context: Context) => URL;
};

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

/** @param options.origin root of the registry, `https://host:port/` */
export const createSession = (options: {
	readonly origin: URL;
	readonly transport: Transport;
	readonly login: Login;
	readonly retries: RetryTable;
}): Session => {
	const {origin, transport, login, retries} = options;
	const authenticator = createAuthenticator({...login, transport, origin});
	const isHome = (url: URL) =>
		url.hostname === origin.hostname && portOf(url) === portOf(origin) && url.protocol === origin.protocol;

	const refuse = (context: Context, answer: Answer): ProblemError => {
		if (answer.status === 401 && login.username === undefined) {
			return refusal(
				context,
				{
					code: 'registry-unauthorized',
					cause: 'It asks for a login, but none was given.',
					fix: 'Give user name and password (or robot token) of the registry.',
					answers: ['registry.username', 'registry.password'],
				},
				[],
			);
		}
		return withWish(statusProblem(context, answer, authenticator.scrub), answer.headers['retry-after']);
	};

	const send: Session['send'] = async (request) => {
		const {method, body, receive, scopes, context, signal, accept} = request;
		const url = new URL(request.url, origin);
		const home = isHome(url);
		let sent: string | undefined;
		const attempt = () => {
			// The login is for this registry alone, whatever place an upload is sent to.
			const authorization = home ? authenticator.header(scopes) : undefined;
			sent = authorization;
			const headers = {...request.headers, ...(authorization === undefined ? {} : {authorization})};
			return transport({
				method,
				url,
				headers,
				signal,
				context,
				...(body === undefined ? {} : {body}),
				...(receive === undefined ? {} : {receive}),
			});
		};
		let answer = await attempt();
		if (answer.status === 401 && home && (await authenticator.answer({answer, sent}, scopes, context, signal))) {
			answer = await attempt();
		}
		if (accept.includes(answer.status)) return answer;
		if (answer.status >= 300 && answer.status < 400) {
			const target = String(answer.headers.location ?? '');
			const place = URL.canParse(target, origin.href) ? new URL(target, origin).origin : 'another place';
			throw badRedirect(context, `It sends ${method} requests on to ${place} (status ${answer.status}).`);
		}
		throw refuse(context, answer);
	};

	return {
		send,
		ask: (request) => withRetry(retries, request.signal, () => send(request)),
		refuse,
		locate: (answer, context) => {
			const header = answer.headers.location;
			if (typeof header !== 'string' || !URL.canParse(header, origin.href)) {
				throw notARegistry(context, 'It opened an upload but does not say where.');
			}
			const url = new URL(header, origin);
			// A registry behind a proxy often names itself by its inner protocol or port; the outer one is known to work.
			if (url.hostname === origin.hostname) {
				url.protocol = origin.protocol;
				url.port = origin.port;
			} else if (url.protocol !== 'https:' && !(origin.protocol === 'http:' && url.protocol === 'http:')) {
				throw badRedirect(context, `It sends uploads to ${url.origin}, which is not protected by TLS.`);
			}
			return url;
		},
	};
};
