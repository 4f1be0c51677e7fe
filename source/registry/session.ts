import type {ProblemError} from '../base/problem.ts';
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
	readonly locate: (answer: Pick<Answer, 'headers'>, context: Context) => URL;
};

/** A body of which no more than this went out is sent again from its start; it fits the buffers of the line. */
const wholeAgainBytes = 1024 * 1024;

const loginExpired = (context: Context, sent: number) =>
	refusal(
		context,
		{
			code: 'registry-login-expired',
			cause: `The login ran out after ${sent} bytes of an upload.`,
			fix: 'Start again: what is already in the registry is not sent twice. If it comes back, have tokens given a longer life.',
			answers: ['registry.username', 'registry.password'],
		},
		[],
	);

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
		let gone = 0;
		const counted = body && {
			...body,
			onSent: (bytes: number) => {
				gone = bytes;
				body.onSent?.(bytes);
			},
		};
		const attempt = async () => {
			// The login is for this registry alone, whatever place an upload is sent to.
			const authorization = home ? await authenticator.header(scopes, context, signal) : undefined;
			sent = authorization;
			const headers = {...request.headers, ...(authorization === undefined ? {} : {authorization})};
			return transport({
				method,
				url,
				headers,
				signal,
				context,
				...(counted === undefined ? {} : {body: counted}),
				...(receive === undefined ? {} : {receive}),
			});
		};
		let answer = await attempt();
		if (answer.status === 401 && home && (await authenticator.answer({answer, sent}, scopes, context, signal))) {
			// What the registry has taken of the body is not to be sent again: the caller asks it where to go on.
			if (gone > wholeAgainBytes) throw loginExpired(context, gone);
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
