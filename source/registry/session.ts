import type {ProblemError} from '../base/problem.ts';
import type {Answer, Body, Head, Method} from '../http/types.ts';
import {createAuthenticator} from './auth/authenticator.ts';
import type {Login, Scope} from './auth/login.ts';
import {outerAddress} from './quirks.ts';
import {type Context, refuse} from './refuse.ts';
import type {Retries} from './retry.ts';
import {statusProblem} from './status-problem.ts';
import type {Call, Transport} from './transport.ts';

export type Request = {
	readonly method: Method;
	/** Below the registry's root, or an absolute URL it gave. */
	readonly url: string | URL;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly body?: Body | undefined;
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
	/** Resolves the `Location` of an upload. @throws ProblemError `registry-redirects`, `registry-not-a-registry` */
	readonly locate: (answer: Pick<Head, 'headers'>, context: Context) => URL;
};

/** A body of which no more than this went out is sent again from its start; it fits the buffers of the line. */
const wholeAgainBytes = 1024 * 1024;

/** What became of one attempt. `sent`: its `Authorization`; `gone`: bytes of its body. */
type Attempt = {readonly answer: Answer; readonly sent: string | undefined; readonly gone: number};

const isSafe = ({protocol}: URL, origin: URL): boolean =>
	protocol === 'https:' || (origin.protocol === 'http:' && protocol === 'http:');

/** A request sent on: registries send on downloads alone, which are asked for in another way. */
const sentOn = ({method, context}: Request, {status, headers}: Answer, origin: URL): ProblemError => {
	const target = String(headers.location ?? '');
	const place = URL.canParse(target, origin.href) ? new URL(target, origin).origin : 'another place';
	return refuse(context, 'registry-redirects', {case: 'request', method, place, status});
};

/** @param options.origin root of the registry, `https://host:port/` */
export const createSession = (options: {
	readonly origin: URL;
	readonly transport: Transport;
	readonly login: Login;
	readonly retries: Retries;
}): Session => {
	const {origin, transport, login, retries} = options;
	const authenticator = createAuthenticator({...login, transport, origin});
	const asker = {hasLogin: login.username !== undefined, scrub: authenticator.scrub};

	/** The login is for this registry alone, whatever place an upload is sent to. */
	const attempt = async (request: Request, url: URL): Promise<Attempt> => {
		const {body, method, receive, signal, context} = request;
		const sent = url.origin === origin.origin ? await authenticator.header(request) : undefined;
		let gone = 0;
		const counted = body && {
			...body,
			onSent: (bytes: number) => {
				gone = bytes;
				body.onSent?.(bytes);
			},
		};
		const headers = {...request.headers, ...(sent === undefined ? {} : {authorization: sent})};
		const answer = await transport({method, url, headers, body: counted, receive, signal, context});
		return {answer, sent, gone};
	};

	/** As `attempt`, and once more with a better login, where a 401 asks for one. */
	const authorized = async (request: Request, url: URL): Promise<Answer> => {
		const first = await attempt(request, url);
		if (first.answer.status !== 401 || url.origin !== origin.origin) return first.answer;
		if (!(await authenticator.answer(first, request))) return first.answer;
		// What the registry has taken of the body is not to be sent again: the caller asks it where to go on.
		if (first.gone > wholeAgainBytes) throw refuse(request.context, 'registry-login-expired', {bytes: first.gone});
		return (await attempt(request, url)).answer;
	};

	const send: Session['send'] = async (request) => {
		const answer = await authorized(request, new URL(request.url, origin));
		const {status} = answer;
		if (request.accept.includes(status)) return answer;
		if (status >= 300 && status < 400) throw sentOn(request, answer, origin);
		throw statusProblem(request.context, answer, asker);
	};

	return {
		send,
		ask: (request) => retries.run(request.signal, () => send(request)),
		locate: ({headers: {location}}, context) => {
			if (typeof location !== 'string' || !URL.canParse(location, origin.href)) {
				throw refuse(context, 'registry-not-a-registry', {case: 'upload nowhere'});
			}
			const url = outerAddress(new URL(location, origin), origin);
			if (isSafe(url, origin)) return url;
			throw refuse(context, 'registry-redirects', {case: 'upload in clear', place: url.origin});
		},
	};
};
