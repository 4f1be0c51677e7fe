import type pg from 'pg';
import {fitsHash, hashKey, sameSecret} from './control-plane-data.ts';
import {type Answer, HttpError, type Request} from './messages.ts';
import {type Claims, issueToken, readToken} from './tokens.ts';

export type Environment = Readonly<Record<string, string>>;
/** What a route works with. */
export type Context = {
	readonly request: Request;
	readonly client: pg.Client;
	readonly environment: Environment;
	/** Named groups of the route. */
	readonly part: (name: string) => string;
};

const tokenSeconds = 3600;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const secretOf = async (client: pg.Client): Promise<string> =>
	(await client.query("select value from server_secret where name = 'token'")).rows[0].value;

/** The reserved administrator's login name; the chart may give another (the vendor's page on user accounts). */
export const adminName = (environment: Environment): string => environment.ZENML_CLOUD_ADMIN_USERNAME ?? 'admin';

/** The claims of the bearer token. @throws HttpError 401. */
export const claimsOf = async ({request, client}: Context): Promise<Claims> => {
	const token = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
	const claims = token && readToken(token, await secretOf(client), Date.now());
	if (!claims) throw new HttpError(401, ['AuthorizationException', 'Not authenticated']);
	return claims;
};

/** The account row behind the token. @throws HttpError 401. */
export const accountOf = async (context: Context) => {
	const claims = await claimsOf(context);
	const {rows} = await context.client.query('select * from account where id = $1 and is_active', [claims.sub]);
	if (claims.kind !== 'account' || !rows[0]) throw new HttpError(401, ['AuthorizationException', 'Not authenticated']);
	return rows[0];
};

/** The account row, when it may administer. @throws HttpError 401, 403. */
export const superuser = async (context: Context) => {
	const account = await accountOf(context);
	if (!account.is_superuser) throw new HttpError(403, ['IllegalOperationError', 'Insufficient permissions']);
	return account;
};

/** `POST /auth/login`: password form of an account, or client credentials of a workspace. */
export const login = async ({request, client, environment}: Context): Promise<Answer> => {
	const form = new URLSearchParams(request.body);
	const granted = async (kind: Claims['kind'], sub: string): Promise<Answer> => ({
		status: 200,
		json: {
			access_token: issueToken({kind, sub, exp: nowSeconds() + tokenSeconds}, await secretOf(client)),
			token_type: 'bearer',
			expires_in: tokenSeconds,
		},
	});
	if (form.get('grant_type') === 'client_credentials') {
		const {rows} = await client.query('select id from workspace where id::text = $1 and enrollment_key_hash = $2', [
			form.get('client_id'),
			hashKey(form.get('client_secret') ?? ''),
		]);
		if (!rows[0]) throw new HttpError(401, ['AuthorizationException', 'Invalid client credentials']);
		return granted('workspace', rows[0].id);
	}
	const {rows} = await client.query('select * from account where username = $1 and is_active', [form.get('username')]);
	const password = form.get('password') ?? '';
	const account = rows[0];
	const expected = environment.ZENML_CLOUD_ADMIN_PASSWORD;
	const fits = account?.reserved
		? expected !== undefined && expected !== '' && sameSecret(password, expected)
		: account && fitsHash(password, account.password_hash);
	if (!fits) throw new HttpError(401, ['AuthorizationException', 'Invalid username or password']);
	return granted('account', account.id);
};
