import type {Answer} from '../../http/types.ts';
import type {Transport} from '../transport.ts';
import {type Challenge, challengesOf} from './challenge.ts';
import {createCredentials} from './credentials.ts';
import type {Login, Scope} from './login.ts';
import {createSecrets} from './secrets.ts';
import {buyToken, type Token, type Wanted} from './token-server.ts';

/** A 401, and the `Authorization` of the request that it answers. */
export type Refusal = {readonly answer: Answer; readonly sent: string | undefined};

/** Who may see the login: this host, and over the same or a safer protocol. */
export type Authenticator = {
	/**
	 * `Authorization` to send for these rights, or undefined when none is known to be needed. Once the registry has named its token
	 * server, a token is bought before it is asked for: a long upload is then not refused half-way. @throws ProblemError
	 */
	readonly header: (wanted: Wanted) => Promise<string | undefined>;
	/** Answers a 401. @returns false when there is nothing better to offer @throws ProblemError */
	readonly answer: (refusal: Refusal, wanted: Wanted) => Promise<boolean>;
	/** Removes password and tokens from a text. */
	readonly scrub: (text: string) => string;
};

/** Tokens by the scopes they are for. Requests beside each other that want the same rights buy one. */
const createTokens = (buy: (challenge: Challenge, wanted: Wanted) => Promise<Token | undefined>, now: () => number) => {
	const known = new Map<string, Token>();
	const buying = new Map<string, Promise<boolean>>();
	const keyOf = (scopes: readonly Scope[]): string => [...scopes].sort().join(' ');
	const begin = (challenge: Challenge, wanted: Wanted): Promise<boolean> => {
		const key = keyOf(wanted.scopes);
		const work = buy(challenge, wanted)
			.then((token) => {
				if (token) known.set(key, token);
				return token !== undefined;
			})
			.finally(() => {
				if (buying.get(key) === work) buying.delete(key);
			});
		buying.set(key, work);
		return work;
	};
	return {
		/** @returns the token's `Authorization`; undefined where there is none, or it has ended */
		valid: (scopes: readonly Scope[]): string | undefined => {
			const token = known.get(keyOf(scopes));
			return token && token.until > now() ? `Bearer ${token.value}` : undefined;
		},
		/** @returns false where the login is not accepted */
		buy: async (challenge: Challenge, wanted: Wanted): Promise<boolean> => {
			const running = buying.get(keyOf(wanted.scopes));
			if (!running) return begin(challenge, wanted);
			// Another's failure, or its being stopped, is not this one's.
			const bought = await running.catch(() => undefined);
			wanted.signal.throwIfAborted();
			return bought ?? begin(challenge, wanted);
		},
	};
};

/**
 * Login by HTTP Basic (RFC 7617) or by bearer tokens of a token server. Tokens are kept by scope until shortly before they end. The
 * password goes to the registry and to the token server it names, to the latter only over TLS when the registry itself is reached over
 * TLS; without TLS to this host alone.
 */
export const createAuthenticator = (
	options: Login & {readonly transport: Transport; readonly origin: URL; readonly now?: () => number},
): Authenticator => {
	const {username, transport, origin, now = Date.now} = options;
	const secrets = createSecrets();
	const credentials = createCredentials(options, secrets);
	const buyer = {transport, origin, username, credentials, secrets, now};
	const tokens = createTokens((challenge, wanted) => buyToken(challenge, wanted, buyer), now);
	let basic: string | undefined;
	let bearer: Challenge | undefined;

	const offerToken = async (challenge: Challenge, sent: string | undefined, wanted: Wanted): Promise<boolean> => {
		bearer = challenge;
		// Another request has a newer token by now than the one that was refused.
		const current = tokens.valid(wanted.scopes);
		return (current !== undefined && current !== sent) || tokens.buy(challenge, wanted);
	};
	const offerBasic = async (sent: string | undefined, {context}: Wanted): Promise<boolean> => {
		const fresh = await credentials.basic(origin, context);
		// The same wrong login again could lock the account.
		if (fresh === undefined || fresh === sent) return false;
		basic = fresh;
		return true;
	};
	return {
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
