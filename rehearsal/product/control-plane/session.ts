import {allOf, type Entity} from '../database/tables.ts';
import type {Sql} from '../database/types.ts';
import {type Answer, HttpError, type Request} from '../messages.ts';
import {type Claims, issueToken, readToken} from '../tokens.ts';
import {fitsHash, hashKey, sameSecret} from './data.ts';

export type Environment = Readonly<Record<string, string>>;
/** What a route works with. */
export type Context = {
	readonly request: Request;
	readonly sql: Sql;
	readonly environment: Environment;
	/** Named groups of the route. */
	readonly part: (name: string) => string;
};

const tokenSeconds = 3600;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Somebody who may log in; `reserved` is the administrator, whose password the chart gives. */
export type Account = {
	readonly username: string;
	readonly password_hash?: string;
	readonly is_superuser: boolean;
	readonly is_active: boolean;
	readonly password_expired: boolean;
	readonly reserved?: boolean;
};

/** A workspace as the control plane knows it. */
export type Workspace = {
	readonly organization_id: string;
	readonly name: string;
	readonly status: string;
	readonly enrollment_key_hash: string;
};

const secretOf = async (sql: Sql): Promise<string> =>
	(await allOf<{value: string}>(sql, 'server_secret')).at(-1)?.value ?? '';

/** The reserved administrator's login name; the chart may give another (the vendor's page on user accounts). */
export const adminName = (environment: Environment): string => environment.ZENML_CLOUD_ADMIN_USERNAME ?? 'admin';

/** The claims of the bearer token. @throws HttpError 401. */
export const claimsOf = async ({request, sql}: Context): Promise<Claims> => {
	const token = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
	const claims = token && readToken(token, await secretOf(sql), Date.now());
	if (!claims) throw new HttpError(401, ['AuthorizationException', 'Not authenticated']);
	return claims;
};

/** The account behind the token. @throws HttpError 401. */
export const accountOf = async (context: Context): Promise<Entity<Account>> => {
	const claims = await claimsOf(context);
	const accounts = await allOf<Account>(context.sql, 'account');
	const account = accounts.find(({id, is_active}) => id === claims.sub && is_active);
	if (claims.kind !== 'account' || !account) throw new HttpError(401, ['AuthorizationException', 'Not authenticated']);
	return account;
};

/** The account, when it may administer. @throws HttpError 401, 403. */
export const superuser = async (context: Context): Promise<Entity<Account>> => {
	const account = await accountOf(context);
	if (!account.is_superuser) throw new HttpError(403, ['IllegalOperationError', 'Insufficient permissions']);
	return account;
};

const workspaceLogin = async (form: URLSearchParams, sql: Sql): Promise<string> => {
	const key = hashKey(form.get('client_secret') ?? '');
	const found = (await allOf<Workspace>(sql, 'workspace')).find(
		({id, enrollment_key_hash: hash}) => id === form.get('client_id') && hash === key,
	);
	if (!found) throw new HttpError(401, ['AuthorizationException', 'Invalid client credentials']);
	return found.id;
};

const accountLogin = async (form: URLSearchParams, sql: Sql, environment: Environment): Promise<string> => {
	const account = (await allOf<Account>(sql, 'account')).find(
		({username, is_active}) => username === form.get('username') && is_active,
	);
	const password = form.get('password') ?? '';
	const expected = environment.ZENML_CLOUD_ADMIN_PASSWORD;
	const fits = account?.reserved
		? expected !== undefined && expected !== '' && sameSecret(password, expected)
		: account && fitsHash(password, account.password_hash ?? '');
	if (!account || !fits) throw new HttpError(401, ['AuthorizationException', 'Invalid username or password']);
	return account.id;
};

/** `POST /auth/login`: password form of an account, or client credentials of a workspace. */
export const login = async ({request, sql, environment}: Context): Promise<Answer> => {
	const form = new URLSearchParams(request.body);
	const isWorkspace = form.get('grant_type') === 'client_credentials';
	const sub = await (isWorkspace ? workspaceLogin(form, sql) : accountLogin(form, sql, environment));
	const kind = isWorkspace ? 'workspace' : 'account';
	return {
		status: 200,
		json: {
			access_token: issueToken({kind, sub, exp: nowSeconds() + tokenSeconds}, await secretOf(sql)),
			token_type: 'bearer',
			expires_in: tokenSeconds,
		},
	};
};
