import * as z from 'zod';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import {wholeBody} from '../../http/body.ts';
import type {Answer} from '../../http/types.ts';
import {type Context, refuse} from '../refuse.ts';
import {statusProblem} from '../status-problem.ts';
import type {Call, Transport} from '../transport.ts';
import type {Challenge} from './challenge.ts';
import type {Credentials} from './credentials.ts';
import type {Scope} from './login.ts';
import type {Secrets} from './secrets.ts';
import type {Outcome} from './trials.ts';

/** A token, and until when it is used, in ms since the epoch. */
export type Token = {readonly value: string; readonly until: number};

/** The rights that a request needs, and what it is for. */
export type Wanted = {
	readonly scopes: readonly Scope[];
	readonly context: Context;
	readonly signal: AbortSignal;
};

/** What a token is bought with. */
export type Buyer = {
	readonly transport: Transport;
	/** Root of the registry. */
	readonly origin: URL;
	readonly username: string | undefined;
	/** Was a login given, of whatever kind? */
	readonly hasLogin: boolean;
	readonly credentials: Credentials;
	readonly secrets: Secrets;
	readonly now: () => number;
	/** Token servers that could not be reached, by origin; each failure is met once, not by every image. */
	readonly unreachable: Map<string, {readonly error: ProblemError; readonly until: number}>;
};

/** The token specification sets this where the server names no time. */
const usualSeconds = 60;

/** Of its life a token is used for this part, so that a request does not arrive with one that has just ended. */
const usedPart = 0.8;

/** No token is used for longer than a day, whatever its server says. */
const mostSeconds = 24 * 3600;

/** A token goes into one header of every request; servers take 8 to 16 KiB of all of them. */
const value = z
	.string()
	.max(16 * 1024)
	.regex(/^[\x21-\x7e]+$/u)
	.optional()
	.catch(undefined);
/** "Token Response Fields" of the token specification; OAuth2 names it `access_token`. */
const schema = z.object({
	token: value,
	access_token: value,
	expires_in: z.number().positive().max(mostSeconds).catch(usualSeconds).optional(),
});

const readToken = ({body}: Answer, now: number): Token | undefined => {
	let parsed: z.infer<typeof schema> | undefined;
	try {
		parsed = schema.safeParse(JSON.parse(body.toString('utf8'))).data;
	} catch {
		return undefined;
	}
	const text = parsed?.token ?? parsed?.access_token;
	if (text === undefined) return undefined;
	return {value: text, until: now + Math.max(1, (parsed?.expires_in ?? usualSeconds) * usedPart) * 1000};
};

/** @throws ProblemError `registry-not-a-registry`, `registry-redirects` */
const serverOf = ({parameters: {realm = ''}}: Challenge, {origin}: Buyer, context: Context): URL => {
	if (!URL.canParse(realm)) throw refuse(context, 'registry-not-a-registry', {case: 'login nowhere'});
	const url = new URL(realm);
	const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && origin.protocol === 'http:');
	if (!isSafe) throw refuse(context, 'registry-redirects', {case: 'login in clear', place: url.origin});
	return url;
};

const scopesOf = ({parameters}: Challenge, {scopes}: Wanted): readonly Scope[] =>
	scopes.length > 0 ? scopes : (parameters.scope?.split(' ') ?? []);

/** With user name and password, or without a login, where everybody may have a token. */
const basicCall = async (url: URL, challenge: Challenge, wanted: Wanted, buyer: Buyer): Promise<Call> => {
	const {context, signal} = wanted;
	const {username, credentials} = buyer;
	const target = new URL(url);
	const {service} = challenge.parameters;
	if (service !== undefined) target.searchParams.set('service', service);
	for (const scope of scopesOf(challenge, wanted)) target.searchParams.append('scope', scope);
	if (username !== undefined) target.searchParams.set('account', username);
	const authorization = await credentials.basic(target, context);
	const headers = authorization === undefined ? {} : {authorization};
	return {method: 'GET', url: target, headers, signal, context, brief: true};
};

/** Trades a refresh token for an access token (CNCF distribution, "Oauth2 Token Authentication", `grant_type=refresh_token`). */
const refreshCall = (url: URL, challenge: Challenge, wanted: Wanted, token: string): Call => {
	const {context, signal} = wanted;
	const {service} = challenge.parameters;
	const scopes = scopesOf(challenge, wanted);
	const form = new URLSearchParams({grant_type: 'refresh_token', client_id: 'zenml-airgap', refresh_token: token});
	if (service !== undefined) form.set('service', service);
	if (scopes.length > 0) form.set('scope', scopes.join(' '));
	const headers = {'content-type': 'application/x-www-form-urlencoded'};
	return {method: 'POST', url, headers, body: wholeBody(form.toString()), signal, context, brief: true};
};

/** Failures that another request would meet in the same way, after the same wait. */
const lasting: ReadonlySet<string> = new Set<ProblemCode>([
	'registry-unreachable',
	'registry-untrusted',
	'registry-certificate',
	'registry-not-tls',
	'registry-stalled',
	'registry-proxy',
]);

/** How long a token server that could not be reached is not asked again, ms. */
const rememberedMs = 30_000;

/** Asks the token server, unless it could not be reached just now. @throws ProblemError */
const ask = async (call: Call, {transport, unreachable, now}: Buyer): Promise<Answer> => {
	const {origin} = call.url;
	const known = unreachable.get(origin);
	if (known && known.until > now()) throw known.error;
	try {
		return await transport(call);
	} catch (error) {
		if (error instanceof ProblemError && lasting.has(error.problem.code)) {
			unreachable.set(origin, {error, until: now() + rememberedMs});
		}
		throw error;
	}
};

/**
 * Buys a token of the token server that a registry names (CNCF distribution, "Token Authentication Specification").
 * @returns the token, or how the server refuses the login, in its own words @throws ProblemError
 */
export const buyToken = async (challenge: Challenge, wanted: Wanted, buyer: Buyer): Promise<Outcome<Token>> => {
	const asked: Context = {...wanted.context, at: wanted.context.at ?? buyer.origin};
	const url = serverOf(challenge, buyer, asked);
	const role = url.host === buyer.origin.host ? undefined : ('token server' as const);
	const context: Context = {...asked, what: 'log in', at: url, role};
	const asking = {...wanted, context};
	const refresh = await buyer.credentials.refreshToken(url, context);
	const call =
		refresh === undefined
			? await basicCall(url, challenge, asking, buyer)
			: refreshCall(url, challenge, asking, refresh);
	const answer = await ask(call, buyer);
	const {status} = answer;
	if (status === 200) {
		const token = readToken(answer, buyer.now());
		if (!token) throw refuse(asked, 'registry-not-a-registry', {case: 'no token', server: url.origin});
		buyer.secrets.add(token.value);
		return {accepted: token};
	}
	const {hasLogin, secrets} = buyer;
	const asker = {hasLogin, sent: hasLogin, scrub: secrets.scrub, ofTokens: true};
	const refused = statusProblem(context, answer, asker);
	// RFC 6749 section 5.2: a refresh token that is refused is answered with 400.
	if (status !== 401 && status !== 403 && !(status === 400 && refresh !== undefined)) throw refused;
	return {refused, whole: hasLogin && status === 401};
};
