import {isIPv4} from 'node:net';
import {type Context, refuse} from '../refuse.ts';
import type {Login} from './login.ts';
import type {Secrets} from './secrets.ts';

/** Names and addresses that never leave this host (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
const isLoopback = ({hostname}: URL): boolean =>
	hostname === 'localhost' ||
	hostname.endsWith('.localhost') ||
	(isIPv4(hostname) && hostname.startsWith('127.')) ||
	hostname === '[::1]';

/** A login goes over TLS, or to this host. @throws ProblemError `registry-login-in-clear` */
const refuseInClear = (to: URL, context: Context): void => {
	if (to.protocol === 'https:' || isLoopback(to)) return;
	throw refuse({...context, what: 'log in'}, 'registry-login-in-clear', {place: to.host});
};

/** What is sent of a login; it is known to the secrets before it goes anywhere. */
export type Credentials = {
	/** `Authorization` of HTTP Basic (RFC 7617); undefined where there is no user name. @throws ProblemError `registry-login-in-clear` */
	readonly basic: (to: URL, context: Context) => Promise<string | undefined>;
	/** The refresh token; undefined where there is none. @throws ProblemError `registry-login-in-clear` */
	readonly refreshToken: (to: URL, context: Context) => Promise<string | undefined>;
};

export const createCredentials = ({username, password, identityToken}: Login, secrets: Secrets): Credentials => ({
	basic: async (to, context) => {
		if (username === undefined) return undefined;
		refuseInClear(to, context);
		const secret = (await password?.()) ?? '';
		const value = Buffer.from(`${username}:${secret}`).toString('base64');
		secrets.add(secret, value, encodeURIComponent(secret));
		return `Basic ${value}`;
	},
	refreshToken: async (to, context) => {
		const token = await identityToken?.();
		if (token === undefined) return undefined;
		refuseInClear(to, context);
		secrets.add(token, encodeURIComponent(token));
		return token;
	},
});
