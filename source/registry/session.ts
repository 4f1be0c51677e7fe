import type {ProblemError} from '../base/problem.ts';
import type {Body, Head} from '../http/types.ts';
import {createAuthenticator} from './auth/authenticator.ts';
import type {Login} from './auth/login.ts';
import {type Answered, isOwnUpload, mostHops, nextAddress, sentOn, uploadAddress} from './reach.ts';
import {type Context, type Role, refuse} from './refuse.ts';
import type {Request} from './request.ts';
import type {Retries} from './retry.ts';
import {statusProblem} from './status-problem.ts';
import type {Transport} from './transport.ts';
import {withWords} from './wordless.ts';
import {wordsOf} from './words.ts';

/** Requests to one registry: login, statuses to problems. `send` tries once, `ask` follows the retry table. */
export type Session = {
	readonly send: (request: Request) => Promise<Answered>;
	readonly ask: (request: Request) => Promise<Answered>;
	/**
	 * Resolves the `Location` of an upload, from where it was answered or the registry's root.
	 * @throws ProblemError `registry-redirects`, `registry-not-a-registry`
	 */
	readonly locate: (answer: Pick<Head, 'headers'> & {readonly from?: URL}, context: Context) => URL;
	/** The registry's own words in an answer that was taken, without the login. */
	readonly wordsOf: (answer: Answered) => readonly string[];
	/** May an upload be cancelled at that address? */
	readonly isOwnUpload: (url: URL) => boolean;
};

/** A body of which no more than this went out is sent again from its start; it fits the buffers of the line. */
const wholeAgainBytes = 1024 * 1024;

/** What became of one attempt. `sent`: its `Authorization`; `gone`: bytes of its body. */
type Attempt = {readonly answer: Answered; readonly sent: string | undefined; readonly gone: number};

/** What a host is asked for that the registry sent to. */
const roleOf = ({method, context}: Request): Role => {
	if (context.role !== undefined) return context.role;
	return method === 'GET' || method === 'HEAD' ? 'downloads' : 'uploads';
};

/** What is known of a request that goes to that address. */
const contextOf = (request: Request, at: URL, isHome: boolean): Context => ({
	...request.context,
	at,
	role: isHome ? undefined : roleOf(request),
});

/** Hears how much of a body went out. */
const counted = (body: Body | undefined, onGone: (bytes: number) => void): Body | undefined =>
	body && {
		...body,
		onSent: (bytes) => {
			onGone(bytes);
			body.onSent?.(bytes);
		},
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
	const {hasLogin, scrub} = authenticator;
	const isHome = (url: URL): boolean => url.origin === origin.origin;
	const contextAt = (request: Request, at: URL): Context => contextOf(request, at, isHome(at));

	/** The login is for this registry alone, whatever place an upload is sent to. */
	const attempt = async (request: Request, url: URL): Promise<Attempt> => {
		const {body, method, receive, signal, brief} = request;
		const sent = isHome(url) && !request.isAnonymous ? await authenticator.header(request) : undefined;
		let gone = 0;
		const watched = counted(body, (bytes) => {
			gone = bytes;
		});
		const headers = {...request.headers, ...(sent === undefined ? {} : {authorization: sent})};
		const context = contextAt(request, url);
		const answer = await transport({method, url, headers, body: watched, receive, signal, context, brief});
		return {answer: {...answer, from: url}, sent, gone};
	};

	/** How the registry asks for a login, where a request was refused that had none. */
	const challenge = async (request: Request): Promise<Attempt> => {
		const {context, signal} = request;
		const asked = {method: 'GET', url: '/v2/', scopes: [], context, signal, accept: [], brief: true} as const;
		return attempt(asked, new URL('/v2/', origin));
	};

	/** As `attempt`, and once more with a better login, where a 401 asks for one. */
	const authorized = async (request: Request, url: URL): Promise<Attempt> => {
		const first = await attempt(request, url);
		if (!isHome(url) || request.isAnonymous) return first;
		const {status} = first.answer;
		// Some refuse (403) who has no login without asking for one.
		const isSilent = status === 403 && hasLogin && first.sent === undefined;
		if (status !== 401 && !isSilent) return first;
		const asked = isSilent ? await challenge(request) : first;
		if (asked.answer.status !== 401 || !(await authenticator.answer(asked, request))) return first;
		// What the registry has taken of the body is not to be sent again: the caller asks it where to go on.
		if (first.gone > wholeAgainBytes) throw refuse(request.context, 'registry-login-expired', {bytes: first.gone});
		return attempt(request, url);
	};

	const problemOf = (request: Request, {answer, sent}: Attempt): ProblemError => {
		const context = contextAt(request, answer.from);
		const {status} = answer;
		if (status >= 300 && status < 400) return sentOn(context, request.method, answer);
		return statusProblem(context, answer, {hasLogin, sent: sent !== undefined, scrub});
	};

	const send: Session['send'] = async (request) => {
		let url = new URL(request.url, origin);
		for (let hops = 0; hops <= mostHops; hops++) {
			const got = await withWords(request, await authorized(request, url), (again) => authorized(again, url));
			if (request.accept.includes(got.answer.status)) return got.answer;
			const next = nextAddress(got.answer, origin, request.carriesBlob ?? false);
			if (!next) throw problemOf(request, got);
			url = next;
		}
		throw refuse(contextAt(request, url), 'registry-redirects', {case: 'request in circles', count: mostHops});
	};

	return {
		send,
		ask: (request) => retries.run(request.signal, () => send(request), request.brief),
		locate: (answer, context) => uploadAddress(answer, origin, context),
		wordsOf: (answer) => wordsOf(answer).lines.map(scrub),
		isOwnUpload: (url) => isOwnUpload(url, origin),
	};
};
