import {ProblemError} from '../base/problem.ts';
import {httpsUrl} from '../base/url.ts';
import type {HttpsPort} from '../network/types.ts';
import {apiError, type Exchange, evidenceOf, isHtml, read} from './answers.ts';
import {zenmlProblems} from './problems.ts';
import {loginSchema} from './schemas.ts';
import type {ZenmlEndpoint} from './types.ts';

/** One call below `/api/v1`. `query` values are never shown in messages: the product takes a password there. */
export type Call = {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly path: string;
	readonly query?: Readonly<Record<string, string>> | undefined;
	readonly json?: unknown;
	readonly form?: Readonly<Record<string, string>> | undefined;
	readonly token?: string | undefined;
};

/** A call that is bound to one server: sends it and hands back whatever was answered. */
export type Send = (call: Call) => Promise<Exchange>;

const hidden = (text: string, secrets: readonly string[]): string =>
	secrets.reduce((result, secret) => result.replaceAll(secret, '[hidden]'), text);

// Whatever the network layer puts into its messages, the query does not leave this function.
const withoutQuery = (error: unknown, query: string): unknown => {
	if (query === '' || !(error instanceof ProblemError)) return error;
	const {problem, facts, retryAfterMs} = error;
	const clean = (text: string): string => hidden(text, [`?${query}`, query]);
	const cleaned = {
		...problem,
		message: clean(problem.message),
		cause: clean(problem.cause),
		fix: clean(problem.fix),
		nextSteps: problem.nextSteps.map(clean),
		...(problem.evidence ? {evidence: problem.evidence.map(clean)} : {}),
	};
	const cleanFacts = Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? clean(fact) : fact]);
	return new ProblemError(cleaned, {facts: Object.fromEntries(cleanFacts), retryAfterMs});
};

const bodyOf = ({form, json}: Call): {readonly type: string; readonly body: string} | undefined => {
	if (form) return {type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString()};
	return json === undefined ? undefined : {type: 'application/json', body: JSON.stringify(json)};
};

/** Binds calls to one server. `root` is the path that every call's path is appended to. */
export const createSend =
	(options: {
		readonly https: HttpsPort;
		readonly endpoint: ZenmlEndpoint;
		readonly root: string;
		readonly timeoutMs: number;
		readonly signal: AbortSignal;
	}): Send =>
	async (call) => {
		const {https, endpoint, root, timeoutMs, signal} = options;
		const url = `${httpsUrl(endpoint.host, endpoint.port)}${root}${call.path}`;
		const query = new URLSearchParams(call.query).toString();
		const content = bodyOf(call);
		const headers = {
			accept: 'application/json',
			...(content && {'content-type': content.type}),
			...(call.token && {authorization: `Bearer ${call.token}`}),
		};
		try {
			const response = await https.request({
				method: call.method,
				url: query ? `${url}?${query}` : url,
				address: endpoint.address,
				ca: endpoint.ca,
				headers,
				body: content?.body,
				timeoutMs,
				signal,
			});
			return {method: call.method, url, response};
		} catch (error) {
			throw withoutQuery(error, query);
		}
	};

// The only sign of it: the API has no code for this (see logIn).
const passwordChange =
	/(change|reset|expired?|update)\W+(your\W+|the\W+)?password|password\W+.{0,40}(change|reset|expired)/iu;

/** How FastAPI refuses a login, or a form of it. */
const loginRefusals: readonly number[] = [400, 401, 403, 422];

/**
 * `POST /auth/login` with a form (the vendor's user accounts page). Hands back the bearer token.
 *
 * That page says that local users must change their password at the first login, but not what the API answers then: a token
 * all the same, or a refusal. A token is taken as it is; a refusal that speaks of a password change is told as such, because
 * only the dashboard offers the change. The reserved administrator is not named as one of those users.
 * @throws ProblemError `zenml-login-refused` (400, 401, 403, 422), else as `apiError`.
 */
export const logIn = async (
	send: Send,
	credentials: {readonly username: string; readonly password: string},
): Promise<string> => {
	const exchange = await send({method: 'POST', path: '/auth/login', form: credentials});
	const {response} = exchange;
	if (!isHtml(response) && loginRefusals.includes(response.status)) {
		const which = passwordChange.test(response.body) ? 'password to be changed' : 'wrong login';
		const given = {case: which, username: credentials.username} as const;
		throw zenmlProblems.error('zenml-login-refused', given, {evidence: evidenceOf(exchange)});
	}
	if (response.status >= 300) throw apiError(exchange);
	return read(exchange, loginSchema).access_token;
};
