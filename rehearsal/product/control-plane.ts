import {randomBytes} from 'node:crypto';
import type pg from 'pg';
import {hashKey, hashPassword, systemRoles} from './control-plane-data.ts';
import {
	accountOf,
	adminName,
	type Context,
	claimsOf,
	type Environment,
	login,
	superuser,
} from './control-plane-session.ts';
import {type Answer, HttpError, jsonBody, type Request} from './messages.ts';

type Route = {
	readonly method: string;
	readonly path: RegExp;
	readonly handle: (context: Context) => Promise<Answer>;
};

const uuid = '(?<id>[0-9a-f]{8}-[0-9a-f-]{27})';

const accountJson = ({id, username, is_superuser, is_active, password_expired, created}: Record<string, unknown>) => ({
	id,
	username,
	name: username,
	is_superuser,
	is_active,
	password_expired,
	created,
});

const page = ({query}: Request, rows: readonly unknown[]): Answer => {
	const offset = Number(query.get('offset') ?? 0);
	return {status: 200, json: rows.slice(offset, offset + Math.min(Number(query.get('limit') ?? 20), 100))};
};

const createUser = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {query} = context.request;
	const username = query.get('username');
	const password = query.get('password');
	if (!username || !password)
		throw new HttpError(422, [
			{type: 'missing', loc: ['query', username ? 'password' : 'username'], msg: 'Field required'},
		]);
	// The first account made over the API is a super-user whatever was asked.
	const {rows} = await context.client.query(
		`insert into account (username, password_hash, is_superuser)
		values ($1, $2, $3 or not exists (select 1 from account where not reserved)) on conflict do nothing returning *`,
		[username, hashPassword(password), query.get('is_superuser') === 'true'],
	);
	if (!rows[0]) throw new HttpError(409, ['EntityExistsError', `A user with the name '${username}' already exists.`]);
	return {status: 200, json: accountJson(rows[0])};
};

const createOrganization = async (context: Context): Promise<Answer> => {
	const owner = await accountOf(context);
	const {client} = context;
	const {name} = jsonBody(context.request);
	if (typeof name !== 'string' || name === '')
		throw new HttpError(422, [{type: 'missing', loc: ['body', 'name'], msg: 'Field required'}]);
	const {rows} = await client.query(
		'insert into organization (name, owner_id) values ($1, $2) on conflict do nothing returning id, name, created',
		[name, owner.id],
	);
	if (!rows[0])
		throw new HttpError(409, ['EntityExistsError', `An organization with the name '${name}' already exists.`]);
	for (const [role, level] of systemRoles)
		await client.query('insert into role (organization_id, name, level) values ($1, $2, $3)', [
			rows[0].id,
			role,
			level,
		]);
	await client.query(
		"insert into role_assignment select id, $2 from role where organization_id = $1 and name = 'Organization Admin'",
		[rows[0].id, owner.id],
	);
	return {status: 200, json: rows[0]};
};

const enroll = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const {client, request} = context;
	const {name, organization_id} = jsonBody(request);
	if (request.query.get('enroll') !== 'true')
		throw new HttpError(400, [
			'IllegalOperationError',
			'This installation can only enroll workspaces, not deploy them.',
		]);
	if (typeof name !== 'string' || !/^[a-z0-9-]{1,50}$/u.test(name))
		throw new HttpError(422, [{type: 'value_error', loc: ['body', 'name'], msg: 'Invalid workspace name'}]);
	const organization = await client.query('select id, name from organization where id::text = $1', [organization_id]);
	if (!organization.rows[0])
		throw new HttpError(404, ['KeyError', `No organization with ID ${String(organization_id)}`]);
	const key = randomBytes(32).toString('base64url');
	const {rows} = await client.query(
		`insert into workspace (organization_id, name, enrollment_key_hash) values ($1, $2, $3)
		on conflict do nothing returning id, name, status, created`,
		[organization_id, name, hashKey(key)],
	);
	if (!rows[0])
		throw new HttpError(409, [
			'EntityExistsError',
			`A workspace with the name '${name}' already exists in the organization.`,
		]);
	return {status: 200, json: {...rows[0], organization: organization.rows[0], enrollment_key: key}};
};

const routes: readonly Route[] = [
	{method: 'POST', path: /^\/auth\/login$/u, handle: login},
	{
		method: 'GET',
		path: /^\/users\/me$/u,
		handle: async (context) => ({status: 200, json: accountJson(await accountOf(context))}),
	},
	{
		method: 'GET',
		path: /^\/users$/u,
		handle: async (context) => {
			await superuser(context);
			const {rows} = await context.client.query('select * from account order by created, username');
			return page(context.request, rows.map(accountJson));
		},
	},
	{method: 'POST', path: /^\/users$/u, handle: createUser},
	{
		method: 'GET',
		path: /^\/organizations$/u,
		handle: async (context) => {
			await accountOf(context);
			const {rows} = await context.client.query('select id, name, created from organization order by created');
			return page(context.request, rows);
		},
	},
	{method: 'POST', path: /^\/organizations$/u, handle: createOrganization},
	{
		method: 'GET',
		path: new RegExp(`^/organizations/${uuid}/roles$`, 'u'),
		handle: async (context) => {
			await accountOf(context);
			const {rows} = await context.client.query(
				'select id, name, level, organization_id, true as system_managed from role where organization_id = $1 order by level, name',
				[context.part('id')],
			);
			return page(context.request, rows);
		},
	},
	{
		method: 'GET',
		path: new RegExp(`^/organizations/${uuid}/members$`, 'u'),
		handle: async (context) => {
			await accountOf(context);
			const {rows} = await context.client.query(
				`select a.*, json_agg(json_build_object('id', r.id, 'name', r.name, 'level', r.level)) as roles
				from account a join role_assignment x on x.account_id = a.id join role r on r.id = x.role_id
				where r.organization_id = $1 group by a.id order by a.created`,
				[context.part('id')],
			);
			return page(
				context.request,
				rows.map((row) => ({user: accountJson(row), roles: row.roles})),
			);
		},
	},
	{
		method: 'POST',
		path: new RegExp(`^/roles/${uuid}/assignments$`, 'u'),
		handle: async (context) => {
			await accountOf(context);
			const {rowCount} = await context.client.query(
				`insert into role_assignment select r.id, a.id from role r, account a where r.id = $1 and a.id::text = $2
				on conflict (role_id, account_id) do update set account_id = excluded.account_id`,
				[context.part('id'), context.request.query.get('user_id')],
			);
			if (!rowCount) throw new HttpError(404, ['KeyError', 'No such role or user.']);
			return {status: 200, json: null};
		},
	},
	{
		method: 'GET',
		path: /^\/workspaces$/u,
		handle: async (context) => {
			await accountOf(context);
			const {query} = context.request;
			const {rows} = await context.client.query(
				`select w.id, w.name, w.status, w.created, json_build_object('id', o.id, 'name', o.name) as organization
				from workspace w join organization o on o.id = w.organization_id
				where ($1::text is null or o.id::text = $1) and ($2::text is null or w.name = $2) order by w.created`,
				[query.get('organization_id'), query.get('workspace_name')],
			);
			return page(context.request, rows);
		},
	},
	{method: 'POST', path: /^\/workspaces$/u, handle: enroll},
	{
		method: 'DELETE',
		path: new RegExp(`^/workspaces/${uuid}$`, 'u'),
		handle: async (context) => {
			await accountOf(context);
			const {rowCount} = await context.client.query('delete from workspace where id = $1', [context.part('id')]);
			if (!rowCount) throw new HttpError(404, ['KeyError', 'No such workspace.']);
			return {status: 200, json: null};
		},
	},
	{
		method: 'PATCH',
		path: /^\/workspace_status$/u,
		handle: async (context) => {
			const {kind, sub} = await claimsOf(context);
			if (kind !== 'workspace') throw new HttpError(403, ['IllegalOperationError', 'Only for workspaces']);
			const {rowCount} = await context.client.query("update workspace set status = 'available' where id = $1", [sub]);
			if (!rowCount) throw new HttpError(404, ['KeyError', 'No such workspace.']);
			return {status: 200, json: {id: sub, status: 'available'}};
		},
	},
];

/** Makes the reserved administrator once, as the server does at its start. */
export const ensureAdmin = async (client: pg.Client, environment: Environment): Promise<void> => {
	await client.query(
		'insert into account (username, is_superuser, password_expired, reserved) values ($1, true, false, true) on conflict do nothing',
		[adminName(environment)],
	);
};

/**
 * Answers a request below `/api/v1` of the control plane out of its own database. `path` of the request is without that
 * prefix. The forms of the answers follow the client of zenml 0.93 (`src/zenml/login/pro`) and the vendor's pages.
 */
export const answerControlPlane = async (
	request: Request,
	client: pg.Client,
	environment: Environment,
): Promise<Answer> => {
	const matching = routes.filter(({path}) => path.test(request.path));
	const route = matching.find(({method}) => method === request.method);
	if (!route)
		return {
			status: matching.length > 0 ? 405 : 404,
			json: {detail: matching.length > 0 ? 'Method Not Allowed' : 'Not Found'},
		};
	const groups = route.path.exec(request.path)?.groups ?? {};
	try {
		return await route.handle({request, client, environment, part: (name) => groups[name] ?? ''});
	} catch (error) {
		if (error instanceof HttpError) return {status: error.status, json: {detail: error.detail}};
		throw error;
	}
};
