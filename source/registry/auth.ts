import {isIPv4} from 'node:net';
import {badRedirect, type Context, notARegistry, refusal} from './problems.ts';
import {type Answer, statusProblem} from './refusals.ts';
import type {Call, Transport} from './transport.ts';

/** One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1). Keys and the scheme are lower case. */
export type Challenge = {readonly scheme: string; readonly parameters: Readonly<Record<string, string>>};

/** Takes a `WWW-Authenticate` header apart: several challenges, quoted and bare values. */
export const parseChallenges = (header: string): readonly Challenge[] => {
	const challenges: {scheme: string; parameters: Record<string, string>}[] = [];
	const pattern = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?[\s,]*/gu;
	for (const [, word = '', quoted, bare] of header.slice(0, 8192).matchAll(pattern)) {
		const value = quoted === undefined ? bare : quoted.replace(/\\(.)/gu, '$1');
		const current = challenges.at(-1);
		if (value === undefined) challenges.push({scheme: word.toLowerCase(), parameters: {}});
		else if (current) current.parameters[word.toLowerCase()] = value;
	}
	return challenges;
};

export type Login = {
	readonly username?: string;
	readonly password?: () => Promise<string>;
	/** A refresh token (OAuth2) in place of user name and password, as `docker login` keeps it; it goes to the token server alone. */
	readonly identityToken?: () => Promise<string>;
};

/** `repository:<name>:<actions>` of the distribution token specification. */
export type Scope = string;
export const scopeOf = (repository: string, actions: 'pull' | 'pull,push'): Scope =>
	`repository:${repository}:${actions}`;

/** Who may see the login: this host, and over the same or a safer protocol. */
export type Authenticator = {
	/**
	 * `Authorization` to send with these scopes, or undefined when none is known to be needed. Once the registry has named its token
	 * server, a token is bought before it is asked for: a long upload is then not refused half-way. @throws ProblemError
	 */
	readonly header: (scopes: readonly Scope[], context: Context, signal: AbortSignal) => Promise<string | undefined>;
	/** Answers a 401 to a request that was sent with `sent`. @returns false when there is nothing better to offer @throws ProblemError */
	readonly answer: (
		refused: {readonly answer: Answer; readonly sent: string | undefined},
		scopes: readonly Scope[],
		context: Context,
		signal: AbortSignal,
	) => Promise<boolean>;
	/** Removes password and tokens from a text. */
	readonly scrub: (text: string) => string;
};

type Token = {readonly value: string; readonly until: number};

const readToken = (answer: Answer, now: number): Token | undefined => {
	try {
		const value: unknown = JSON.parse(answer.body.toString('utf8'));
		if (!(value instanceof Object)) return undefined;
		const {token, access_token: access, expires_in: seconds} = value as Record<string, unknown>;
		const text = typeof token === 'string' && token !== '' ? token : access;
		// 60 s is what the token specification sets where the server names no time.
		const life = typeof seconds === 'number' && seconds > 0 ? seconds : 60;
		return typeof text === 'string' && /^[\x21-\x7e]+$/u.test(text)
			? {value: text, until: now + Math.max(1, life * 0.8) * 1000}
			: undefined;
	} catch {
		return undefined;
	}
};

/** Trades a refresh token for an access token (CNCF distribution, "Oauth2 Token Authentication", `grant_type=refresh_token`). */
const refreshCall = (
	url: URL,
	service: string | undefined,
	scopes: readonly Scope[],
	token: string,
	asked: Pick<Call, 'signal' | 'context'>,
): Call => {
	const form = new URLSearchParams({grant_type: 'refresh_token', client_id: 'zenml-airgap', refresh_token: token});
	if (service !== undefined) form.set('service', service);
	if (scopes.length > 0) form.set('scope', scopes.join(' '));
	const bytes = Buffer.from(form.toString());
	const body: Call['body'] = {
		length: bytes.length,
		chunks: async function* () {
			yield bytes;
		},
	};
	return {method: 'POST', url, headers: {'content-type': 'application/x-www-form-urlencoded'}, body, ...asked};
};

/** Names and addresses that never leave this host (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
const isLoopback = ({hostname}: URL): boolean =>
	hostname === 'localhost' ||
	hostname.endsWith('.localhost') ||
	(isIPv4(hostname) && hostname.startsWith('127.')) ||
	hostname === '[::1]';
const isInTheClear = (to: URL): boolean => to.protocol !== 'https:' && !isLoopback(to);

const loginInTheClear = (context: Context, to: URL) =>
	refusal(
		{...context, what: 'log in'},
		{
			code: 'registry-login-in-clear',
			cause: `${to.host} asks for a login, but is reached without TLS: everybody on the way could read it. It was not sent.`,
			fix: 'Leave plain HTTP off and give the CA of the registry; a registry on this host may also be named localhost.',
			answers: ['registry.plainHttp', 'registry.ca'],
		},
		[],
	);

/**
 * Login by HTTP Basic (RFC 7617) or by bearer tokens of a token server (CNCF distribution, "Token Authentication
 * Specification"). Tokens are kept by scope until shortly before they end. The password goes to the registry and to
 * the token server it names, to the latter only over TLS when the registry itself is reached over TLS; without TLS to this host alone.
 */
export const createAuthenticator = (
	options: Login & {readonly transport: Transport; readonly origin: URL; readonly now?: () => number},
): Authenticator => {
	const {username, password, identityToken, transport, origin, now = Date.now} = options;
	let basic: string | undefined;
	let bearer: Challenge | undefined;
	const buying = new Map<string, Promise<boolean>>();
	const tokens = new Map<string, Token>();
	const secrets = new Set<string>();
	const scrub = (text: string): string => {
		let clean = text;
		for (const secret of secrets) clean = clean.replaceAll(secret, '***');
		return clean;
	};
	const credentials = async (to: URL, context: Context): Promise<string | undefined> => {
		if (username === undefined) return undefined;
		if (isInTheClear(to)) throw loginInTheClear(context, to);
		const secret = (await password?.()) ?? '';
		const value = Buffer.from(`${username}:${secret}`).toString('base64');
		for (const form of [secret, value, encodeURIComponent(secret)]) if (form !== '') secrets.add(form);
		return `Basic ${value}`;
	};
	const key = (scopes: readonly Scope[]) => [...scopes].sort().join(' ');

	const fetchToken = async (
		{parameters}: Challenge,
		scopes: readonly Scope[],
		context: Context,
		signal: AbortSignal,
	): Promise<boolean> => {
		const {realm = ''} = parameters;
		if (!URL.canParse(realm)) throw notARegistry(context, 'It names a token server that is no URL.');
		const url = new URL(realm);
		if (url.protocol !== 'https:' && !(url.protocol === 'http:' && origin.protocol === 'http:')) {
			throw badRedirect(context, `It sends logins to ${url.origin}, which is not protected by TLS.`);
		}
		if (parameters.service !== undefined) url.searchParams.set('service', parameters.service);
		const wanted = scopes.length > 0 ? scopes : (parameters.scope?.split(' ') ?? []);
		const asked = {signal, context: {...context, what: 'log in'}};
		const refresh = await identityToken?.();
		let answer: Answer;
		if (refresh === undefined) {
			for (const scope of wanted) url.searchParams.append('scope', scope);
			const authorization = await credentials(url, context);
			if (username !== undefined) url.searchParams.set('account', username);
			const headers = authorization === undefined ? {} : {authorization};
			answer = await transport({method: 'GET', url, headers, ...asked});
		} else {
			if (isInTheClear(url)) throw loginInTheClear(context, url);
			for (const form of [refresh, encodeURIComponent(refresh)]) secrets.add(form);
			answer = await transport(refreshCall(new URL(realm), parameters.service, wanted, refresh, asked));
		}
		if (answer.status === 401 || answer.status === 403) return false;
		if (answer.status !== 200) throw statusProblem({...context, what: 'log in'}, answer, scrub);
		const token = readToken(answer, now());
		if (!token) throw notARegistry(context, `The token server ${url.origin} answers without a token.`);
		secrets.add(token.value);
		tokens.set(key(scopes), token);
		return true;
	};

	/** Requests beside each other that want the same rights buy one token. */
	const buyToken = async (...wanted: Parameters<typeof fetchToken>): Promise<boolean> => {
		const [, scopes, , signal] = wanted;
		const name = key(scopes);
		const running = buying.get(name);
		if (running) {
			const bought = await running.catch(() => undefined);
			signal.throwIfAborted();
			if (bought !== undefined) return bought;
		}
		const work = fetchToken(...wanted).finally(() => {
			if (buying.get(name) === work) buying.delete(name);
		});
		buying.set(name, work);
		return work;
	};
	const valid = (scopes: readonly Scope[]): string | undefined => {
		const token = tokens.get(key(scopes));
		return token && token.until > now() ? `Bearer ${token.value}` : undefined;
	};

	return {
		scrub,
		header: async (scopes, context, signal) => {
			// Without scopes nothing but the challenge says what the token is for.
			if (bearer && scopes.length > 0 && valid(scopes) === undefined) await buyToken(bearer, scopes, context, signal);
			return valid(scopes) ?? basic;
		},
		answer: async ({answer, sent}, scopes, context, signal) => {
			const header = answer.headers['www-authenticate'];
			const challenges = parseChallenges(Array.isArray(header) ? header.join(', ') : String(header ?? ''));
			const asked = challenges.find(({scheme}) => scheme === 'bearer');
			if (asked) {
				bearer = asked;
				// Another request has a newer token by now than the one that was refused.
				const current = valid(scopes);
				return (current !== undefined && current !== sent) || buyToken(asked, scopes, context, signal);
			}
			if (!challenges.some(({scheme}) => scheme === 'basic')) return false;
			const fresh = await credentials(origin, context);
			// The same wrong login again could lock the account.
			if (fresh === undefined || fresh === sent) return false;
			basic = fresh;
			return true;
		},
	};
};
