import {isMap} from '../../base/text.ts';
import {wholeBody} from '../../http/body.ts';
import type {Answer} from '../../http/types.ts';
import {type Context, refuse} from '../refuse.ts';
import {statusProblem} from '../status-problem.ts';
import type {Call, Transport} from '../transport.ts';
import type {Challenge} from './challenge.ts';
import type {Credentials} from './credentials.ts';
import type {Scope} from './login.ts';
import type {Secrets} from './secrets.ts';

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
	readonly credentials: Credentials;
	readonly secrets: Secrets;
	readonly now: () => number;
};

/** The token specification sets this where the server names no time. */
const usualSeconds = 60;

/** Of its life a token is used for this part, so that a request does not arrive with one that has just ended. */
const usedPart = 0.8;

const readToken = ({body}: Answer, now: number): Token | undefined => {
	let value: unknown;
	try {
		value = JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
	if (!isMap(value)) return undefined;
	const {token, access_token: access, expires_in: seconds} = value;
	const text = typeof token === 'string' && token !== '' ? token : access;
	if (typeof text !== 'string' || !/^[\x21-\x7e]+$/u.test(text)) return undefined;
	const life = typeof seconds === 'number' && seconds > 0 ? seconds : usualSeconds;
	return {value: text, until: now + Math.max(1, life * usedPart) * 1000};
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
	return {method: 'GET', url: target, headers: authorization === undefined ? {} : {authorization}, signal, context};
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
	return {method: 'POST', url, headers, body: wholeBody(form.toString()), signal, context};
};

/**
 * Buys a token of the token server that a registry names (CNCF distribution, "Token Authentication Specification").
 * @returns undefined where the server does not accept the login @throws ProblemError
 */
export const buyToken = async (challenge: Challenge, wanted: Wanted, buyer: Buyer): Promise<Token | undefined> => {
	const context = {...wanted.context, what: 'log in'};
	const url = serverOf(challenge, buyer, wanted.context);
	const asking = {...wanted, context};
	const refresh = await buyer.credentials.refreshToken(url, context);
	const call =
		refresh === undefined
			? await basicCall(url, challenge, asking, buyer)
			: refreshCall(url, challenge, asking, refresh);
	const answer = await buyer.transport(call);
	if (answer.status === 401 || answer.status === 403) return undefined;
	const {scrub} = buyer.secrets;
	if (answer.status !== 200) throw statusProblem(context, answer, {hasLogin: buyer.username !== undefined, scrub});
	const token = readToken(answer, buyer.now());
	if (!token) throw refuse(wanted.context, 'registry-not-a-registry', {case: 'no token', server: url.origin});
	buyer.secrets.add(token.value);
	return token;
};
