import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {RegistryUser} from './types.ts';

const same = (a: string, b: string): boolean =>
	timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** Logins by HTTP Basic, and tokens bought with them (distribution's token specification). */
export const createLogin = (users: readonly RegistryUser[], kind: 'basic' | 'bearer') => {
	const tokens = new Map<string, {readonly scopes: readonly string[]; readonly until: number}>();
	const byBasic = (request: IncomingMessage): boolean => {
		const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
		if (scheme?.toLowerCase() !== 'basic') return false;
		const [, username = '', password = ''] =
			/^([^:]*):(.*)$/su.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
		return users.some((user) => same(user.username, username) && same(user.password, password));
	};
	return {
		needed: users.length > 0,
		/** What a request may do: an access like `repository:a/b:push`, or undefined for the root. */
		allows: (request: IncomingMessage, access: readonly string[]): boolean => {
			if (users.length === 0) return true;
			if (kind === 'basic') return byBasic(request);
			const token = tokens.get((request.headers.authorization ?? '').replace(/^bearer /iu, ''));
			if (!token || token.until < Date.now()) return false;
			return access.every((wanted) => {
				const [, name, action = ''] = /^repository:(.+):(\w+)$/u.exec(wanted) ?? [];
				return token.scopes.some((scope) => {
					const [, of, actions = ''] = /^repository:(.+):([\w,]+)$/u.exec(scope) ?? [];
					return of === name && actions.split(',').includes(action);
				});
			});
		},
		challenge: (origin: string, access: readonly string[]): string =>
			kind === 'basic'
				? 'Basic realm="rehearsal registry"'
				: `Bearer realm="${origin}/token",service="rehearsal"${access[0] === undefined ? '' : `,scope="${access[0]}"`}`,
		/** Sells a token for the scopes of the query. @returns undefined for a wrong login */
		token: (request: IncomingMessage, url: URL): {readonly token: string; readonly expires_in: number} | undefined => {
			if (!byBasic(request)) return undefined;
			const token = randomBytes(24).toString('base64url');
			tokens.set(token, {scopes: url.searchParams.getAll('scope'), until: Date.now() + 300_000});
			return {token, expires_in: 300};
		},
		/** Makes every token worthless, as the end of their life does. */
		expire: (): void => tokens.clear(),
	};
};
