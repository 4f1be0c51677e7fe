import {createHmac} from 'node:crypto';
import {sameSecret} from './control-plane/data.ts';

/** Whom a token speaks for. */
export type Claims = {readonly kind: 'account' | 'workspace'; readonly sub: string; readonly exp: number};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (text: string, key: string): string => createHmac('sha256', key).update(text).digest('base64url');

/** A JSON Web Token signed with HS256 (RFC 7519). `exp` is in seconds since the epoch. */
export const issueToken = (claims: Claims, key: string): string => {
	const text = `${encode({alg: 'HS256', typ: 'JWT'})}.${encode(claims)}`;
	return `${text}.${sign(text, key)}`;
};

/** The claims of a token that is whole and not expired, else undefined. `now` is in ms since the epoch. */
export const readToken = (token: string, key: string, now: number): Claims | undefined => {
	const [header = '', payload = '', signature = ''] = token.split('.');
	if (!sameSecret(signature, sign(`${header}.${payload}`, key))) return undefined;
	const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
	return claims.exp * 1000 > now ? claims : undefined;
};
