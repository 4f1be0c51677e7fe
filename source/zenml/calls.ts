import {isIPv6} from 'node:net';
import {ProblemError} from '../base/problem.ts';
import type {HttpsPort, HttpsResponse} from '../network/types.ts';
import {type Asked, apiError, isHtml, read, refusal} from './answers.ts';
import {loginSchema} from './schemas.ts';
import type {ZenmlEndpoint} from './types.ts';

/** One call below `/api/v1`. `query` values are never shown in messages: the product takes a password there. */
export type Call = {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly json?: unknown;
	readonly form?: Readonly<Record<string, string>>;
	readonly token?: string;
};

/** A call that is bound to one server: sends it and hands back whatever was answered. */
export type Send = (call: Call) => Promise<{readonly asked: Asked; readonly response: HttpsResponse}>;

/** `https://HOST[:PORT]`, without the port when it is 443. */
export const originOf = ({host, port}: ZenmlEndpoint): string =>
	`https://${isIPv6(host) ? `[${host}]` : host}${port === 443 ? '' : `:${port}`}`;

const hidden = (text: string, secrets: readonly string[]): string =>
	secrets.reduce((result, secret) => result.replaceAll(secret, '[hidden]'), text);

// Whatever the network layer puts into its messages, the query does not leave this function.
const withoutQuery = (error: unknown, query: string): unknown => {
	if (query === '' || !(error instanceof ProblemError)) return error;
	const {problem} = error;
	const clean = (text: string): string => hidden(text, [`?${query}`, query]);
	return new ProblemError({
		...problem,
		message: clean(problem.message),
		cause: clean(problem.cause),
		fix: clean(problem.fix),
		nextSteps: problem.nextSteps.map(clean),
		...(problem.evidence ? {evidence: problem.evidence.map(clean)} : {}),
	});
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
		const url = `${originOf(endpoint)}${root}${call.path}`;
		const query = new URLSearchParams(call.query).toString();
		const body = call.form ? new URLSearchParams(call.form).toString() : call.json && JSON.stringify(call.json);
		const headers = {
			accept: 'application/json',
			...(call.form ? {'content-type': 'application/x-www-form-urlencoded'} : {}),
			...(call.json ? {'content-type': 'application/json'} : {}),
			...(call.token ? {authorization: `Bearer ${call.token}`} : {}),
		};
		try {
			const response = await https.request({
				method: call.method,
				url: query ? `${url}?${query}` : url,
				ca: endpoint.ca,
				headers,
				timeoutMs,
				signal,
				...(endpoint.address ? {address: endpoint.address} : {}),
				...(typeof body === 'string' ? {body} : {}),
			});
			return {asked: {method: call.method, url}, response};
		} catch (error) {
			throw withoutQuery(error, query);
		}
	};

const passwordChange =
	/(change|reset|expired?|update)\W+(your\W+|the\W+)?password|password\W+.{0,40}(change|reset|expired)/iu;

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
	const {asked, response} = await send({method: 'POST', path: '/auth/login', form: credentials});
	if (!isHtml(response) && [400, 401, 403, 422].includes(response.status)) {
		const change = passwordChange.test(response.body);
		throw refusal(asked, response, {
			code: 'zenml-login-refused',
			message: `The control plane refused the login of "${credentials.username}".`,
			cause: change
				? 'The account must change its password first.'
				: 'User name or password is not the one this control plane was installed with.',
			fix: change
				? 'Log in at the dashboard once, set a new password, and give that one to this tool.'
				: 'Give the password that the control plane has; it is in its release Secret under ZENML_CLOUD_ADMIN_PASSWORD.',
			answers: ['controlPlane.admin.password'],
		});
	}
	if (response.status >= 300) throw apiError(asked, response);
	return read(asked, response, loginSchema).access_token;
};
