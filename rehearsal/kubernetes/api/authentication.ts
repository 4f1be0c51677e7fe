import {randomBytes, timingSafeEqual} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import {ApiError} from '../objects/errors.ts';
import type {User} from './access.ts';

const admin: User = {
	username: 'kubernetes-admin',
	groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'],
};

const accountUser = (namespace: string, account: string): User => ({
	username: `system:serviceaccount:${namespace}:${account}`,
	groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

const equal = (left: string, right: string): boolean =>
	left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

/** Whom the administrator wants to be taken for (apiserver, `Impersonate-User` and `Impersonate-Group`). */
const impersonated = (name: string, groups: string | readonly string[] = []): User => {
	const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/u.exec(name) ?? [];
	if (namespace && account) return accountUser(namespace, account);
	const named = [groups].flat().flatMap((group) => group.split(',').map((one) => one.trim()));
	return {username: name, groups: [...named, 'system:authenticated']};
};

export type Authentication = {
	/** Who asks; refuses (401) a token that is not known. */
	readonly userOf: (headers: IncomingHttpHeaders) => User;
	/** Make a bearer token for a service account of this cluster. */
	readonly issueToken: (namespace: string, account: string) => string;
	/** The tokens that were issued, each with `namespace/account`. */
	readonly tokens: () => Readonly<Record<string, string>>;
};

/** @param adminToken of the kubeconfig. @param issued tokens of an earlier run. */
export const createAuthentication = (adminToken: string, issued: Readonly<Record<string, string>>): Authentication => {
	const accounts = new Map(Object.entries(issued));
	const holderOf = (token: string): User => {
		if (equal(token, adminToken)) return admin;
		const [namespace, account] = accounts.get(token)?.split('/') ?? [];
		if (namespace && account) return accountUser(namespace, account);
		throw new ApiError(401, 'Unauthorized', 'Unauthorized');
	};
	return {
		userOf: (headers) => {
			const user = holderOf(/^Bearer (.+)$/u.exec(headers.authorization ?? '')?.[1] ?? '');
			const other = headers['impersonate-user'];
			return typeof other === 'string' && user === admin ? impersonated(other, headers['impersonate-group']) : user;
		},
		issueToken: (namespace, account) => {
			const head = Buffer.from('{"alg":"none"}').toString('base64url');
			const token = `${head}.${randomBytes(24).toString('base64url')}`;
			accounts.set(token, `${namespace}/${account}`);
			return token;
		},
		tokens: () => Object.fromEntries(accounts),
	};
};
