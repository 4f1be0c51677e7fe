import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {RegistryUser} from './types.ts';

const tokenSeconds = 300;

/** Something a token allows, such as `repository:a/b:pull,push`. */
const scopePattern = /^repository:(.+):([\w,]+)$/u;

type Token = {readonly scopes: readonly string[]; readonly until: number};

const same = (a: string, b: string): boolean =>
	timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

const isLoggedIn = (users: readonly RegistryUser[], {headers}: IncomingMessage): boolean => {
	const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
	if (scheme?.toLowerCase() !== 'basic') return false;
	const [, username = '', password = ''] = /^([^:]*):(.*)$/su.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
	return users.some((user) => same(user.username, username) && same(user.password, password));
};

const covers = ({scopes}: Token, access: string): boolean => {
	const [, name, action = ''] = scopePattern.exec(access) ?? [];
	return scopes.some((scope) => {
		const [, of, actions = ''] = scopePattern.exec(scope) ?? [];
		return of === name && actions.split(',').includes(action);
	});
};

export type Login = {
	/** Whether anybody must log in. */
	readonly needed: boolean;
	/** May a request do this? Each access is like `repository:a/b:push`; none is needed for the root. */
	readonly allows: (request: IncomingMessage, access: readonly string[]) => boolean;
	readonly sellsTokens: boolean;
	/** What `www-authenticate` says. */
	readonly challenge: (origin: string, access: readonly string[]) => string;
	/** Sells a token for the scopes of the query. @returns undefined for a wrong login, or where there are no tokens */
	readonly token: (
		request: IncomingMessage,
		query: URLSearchParams,
	) => {readonly token: string; readonly expires_in: number} | undefined;
};

const basicLogin = (users: readonly RegistryUser[]): Login => ({
	needed: users.length > 0,
	sellsTokens: false,
	allows: (request) => users.length === 0 || isLoggedIn(users, request),
	challenge: () => 'Basic realm="rehearsal registry"',
	token: () => undefined,
});

/** Tokens bought with a login by HTTP Basic (distribution's token specification). */
const tokenLogin = (users: readonly RegistryUser[]): Login => {
	const tokens = new Map<string, Token>();
	return {
		needed: users.length > 0,
		sellsTokens: true,
		allows: ({headers}, access) => {
			if (users.length === 0) return true;
			const token = tokens.get((headers.authorization ?? '').replace(/^bearer /iu, ''));
			return token !== undefined && token.until >= Date.now() && access.every((one) => covers(token, one));
		},
		challenge: (origin, [scope]) => {
			const wanted = scope === undefined ? '' : `,scope="${scope}"`;
			return `Bearer realm="${origin}/token",service="rehearsal"${wanted}`;
		},
		token: (request, query) => {
			if (!isLoggedIn(users, request)) return undefined;
			const token = randomBytes(24).toString('base64url');
			tokens.set(token, {scopes: query.getAll('scope'), until: Date.now() + tokenSeconds * 1000});
			return {token, expires_in: tokenSeconds};
		},
	};
};

export const createLogin = (users: readonly RegistryUser[], kind: 'basic' | 'bearer'): Login =>
	kind === 'basic' ? basicLogin(users) : tokenLogin(users);
