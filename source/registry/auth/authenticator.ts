import type {Answer} from '../../http/types.ts';
import {statusProblem} from '../status-problem.ts';
import type {Transport} from '../transport.ts';
import {type Challenge, challengesOf} from './challenge.ts';
import {createCredentials} from './credentials.ts';
import type {Login} from './login.ts';
import {createSecrets} from './secrets.ts';
import {type Buyer, buyToken, type Wanted} from './token-server.ts';
import {createTokens} from './tokens.ts';
import {createTrials, type Outcome} from './trials.ts';

/** A 401, and the `Authorization` of the request that it answers. */
export type Refusal = {readonly answer: Answer; readonly sent: string | undefined};

/** Who may see the login: this host, and over the same or a safer protocol. */
export type Authenticator = {
	/** Was a login given? */
	readonly hasLogin: boolean;
	/**
	 * `Authorization` to send for these rights, or undefined when none is known to be needed. Once the registry has named its token
	 * server, a token is bought before it is asked for: a long upload is then not refused half-way. @throws ProblemError
	 */
	readonly header: (wanted: Wanted) => Promise<string | undefined>;
	/**
	 * Answers a 401. @returns false when there is nothing better to offer
	 * @throws ProblemError, also where the login is refused, or was before: it is not sent again then
	 */
	readonly answer: (refusal: Refusal, wanted: Wanted) => Promise<boolean>;
	/** Removes password and tokens from a text. */
	readonly scrub: (text: string) => string;
};

/**
 * Login by HTTP Basic (RFC 7617) or by bearer tokens of a token server. Tokens are kept by scope until shortly before they end. The
 * password goes to the registry and to the token server it names, to the latter only over TLS when the registry itself is reached over
 * TLS; without TLS to this host alone.
 */
export const createAuthenticator = (
	options: Login & {readonly transport: Transport; readonly origin: URL; readonly now?: () => number},
): Authenticator => {
	const {username, identityToken, transport, origin, now = Date.now} = options;
	const secrets = createSecrets();
	const credentials = createCredentials(options, secrets);
	const trials = createTrials(now);
	const hasLogin = username !== undefined || identityToken !== undefined;
	const buyer: Buyer = {transport, origin, username, hasLogin, credentials, secrets, now, unreachable: new Map()};
	const tokens = createTokens(
		(key, challenge, wanted) => trials.run(key, wanted.signal, () => buyToken(challenge, wanted, buyer)),
		now,
	);
	let basic: string | undefined;
	let bearer: Challenge | undefined;

	const offerToken = async (challenge: Challenge, sent: string | undefined, wanted: Wanted): Promise<boolean> => {
		bearer = challenge;
		// Another request has a newer token by now than the one that was refused.
		const current = tokens.valid(wanted.scopes);
		if (current === undefined || current === sent) await tokens.buy(challenge, wanted);
		return true;
	};
	/** Tries a login where it is asked for without any right: there a wrong password is told from a missing project. */
	const tryBasic = async (authorization: string, {context, signal}: Wanted): Promise<Outcome<string>> => {
		const {registry, pull} = context;
		// Another request has tried it while this one waited.
		if (basic === authorization) return {accepted: authorization};
		const login = {registry, pull, what: 'log in', at: origin};
		const headers = {authorization};
		const url = new URL('/v2/', origin);
		const answer = await transport({method: 'GET', url, headers, signal, context: login, brief: true});
		if (answer.status !== 401) basic = authorization;
		if (answer.status >= 200 && answer.status < 400) return {accepted: authorization};
		if (answer.status !== 401) return {unclear: authorization};
		return {refused: statusProblem(login, answer, {hasLogin, sent: true, scrub: secrets.scrub}), whole: true};
	};
	const offerBasic = async (sent: string | undefined, wanted: Wanted): Promise<boolean> => {
		const fresh = await credentials.basic(origin, wanted.context);
		// The same wrong login again could lock the account.
		if (fresh === undefined || fresh === sent) return false;
		if (fresh !== basic) await trials.run('basic', wanted.signal, () => tryBasic(fresh, wanted));
		return true;
	};
	return {
		hasLogin,
		scrub: secrets.scrub,
		header: async (wanted) => {
			const {scopes} = wanted;
			// Without scopes nothing but the challenge says what the token is for.
			if (bearer && scopes.length > 0 && tokens.valid(scopes) === undefined) await tokens.buy(bearer, wanted);
			return tokens.valid(scopes) ?? basic;
		},
		answer: async ({answer, sent}, wanted) => {
			const challenges = challengesOf(answer.headers);
			const ofBearer = challenges.find(({scheme}) => scheme === 'bearer');
			if (ofBearer) return offerToken(ofBearer, sent, wanted);
			return challenges.some(({scheme}) => scheme === 'basic') && offerBasic(sent, wanted);
		},
	};
};
