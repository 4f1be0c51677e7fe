import type {Challenge} from './challenge.ts';
import type {Scope} from './login.ts';
import type {Token, Wanted} from './token-server.ts';

/** Tokens by the scopes they are for. */
export type Tokens = {
	/** @returns the token's `Authorization`; undefined where there is none, or it has ended */
	readonly valid: (scopes: readonly Scope[]) => string | undefined;
	/** Buys one; requests beside each other that want the same rights buy it together. @throws ProblemError */
	readonly buy: (challenge: Challenge, wanted: Wanted) => Promise<void>;
};

const keyOf = (scopes: readonly Scope[]): string => [...scopes].sort().join(' ');

export const createTokens = (
	purchase: (key: string, challenge: Challenge, wanted: Wanted) => Promise<Token>,
	now: () => number,
): Tokens => {
	const known = new Map<string, Token>();
	const buying = new Map<string, Promise<void>>();
	const begin = (challenge: Challenge, wanted: Wanted): Promise<void> => {
		const key = keyOf(wanted.scopes);
		const work = purchase(key, challenge, wanted)
			.then((token) => void known.set(key, token))
			.finally(() => {
				if (buying.get(key) === work) buying.delete(key);
			});
		buying.set(key, work);
		return work;
	};
	return {
		valid: (scopes) => {
			const token = known.get(keyOf(scopes));
			return token && token.until > now() ? `Bearer ${token.value}` : undefined;
		},
		buy: async (challenge, wanted) => {
			const running = buying.get(keyOf(wanted.scopes));
			if (!running) return begin(challenge, wanted);
			// Another's failure, or its being stopped, is not this one's.
			const bought = await running.then(
				() => true,
				() => false,
			);
			wanted.signal.throwIfAborted();
			return bought ? undefined : begin(challenge, wanted);
		},
	};
};
