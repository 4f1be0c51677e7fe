import {randomBytes} from 'node:crypto';
import {add, allOf, change, type Entity, remove} from '../database/tables.ts';
import type {Sql} from '../database/types.ts';
import {type Answer, HttpError, jsonBody, type Request} from '../messages.ts';
import {hashKey, systemRoles} from './data.ts';
import {
	type Assignment,
	accountJson,
	below,
	missing,
	type Organization,
	organizationOf,
	page,
	type Role,
	type Route,
	thereAlready,
	unknown,
} from './parts.ts';
import {
	type Account,
	accountOf,
	adminName,
	type Context,
	claimsOf,
	type Environment,
	login,
	type Workspace,
} from './session.ts';
import {teamRoutes} from './teams.ts';
import {userRoutes} from './users.ts';

const assign = (sql: Sql, roleId: string, accountId: string): Promise<unknown> =>
	add<Assignment>(sql, 'role_assignment', `${roleId}/${accountId}`, {role_id: roleId, account_id: accountId});

const createOrganization = async (context: Context): Promise<Answer> => {
	const owner = await accountOf(context);
	const {sql} = context;
	const {name} = jsonBody(context.request);
	if (typeof name !== 'string' || name === '') throw missing('body', 'name');
	const organization = await add<Organization>(sql, 'organization', name, {name, owner_id: owner.id});
	if (!organization) throw thereAlready(`An organization with the name '${name}' already exists.`);
	const {id, created} = organization;
	for (const [role, level] of systemRoles) {
		const made = await add<Role>(sql, 'role', `${id}/${role}`, {organization_id: id, name: role, level});
		if (made && role === 'Organization Admin') await assign(sql, made.id, owner.id);
	}
	return {status: 200, json: {id, name, created}};
};

const listOrganizations = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const organizations = await allOf<Organization>(context.sql, 'organization');
	return page(
		context.request,
		organizations.map(({id, name, created}) => ({id, name, created})),
	);
};

const enroll = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const {sql, request} = context;
	const {name, organization_id} = jsonBody(request);
	if (request.query.get('enroll') !== 'true')
		throw new HttpError(400, [
			'IllegalOperationError',
			'This installation can only enroll workspaces, not deploy them.',
		]);
	if (typeof name !== 'string' || !/^[a-z0-9-]{1,50}$/u.test(name))
		throw new HttpError(422, [{type: 'value_error', loc: ['body', 'name'], msg: 'Invalid workspace name'}]);
	const organization = await organizationOf(sql, organization_id);
	const key = randomBytes(32).toString('base64url');
	const made = await add<Workspace>(sql, 'workspace', `${organization.id}/${name}`, {
		organization_id: organization.id,
		name,
		status: 'not_initialized',
		enrollment_key_hash: hashKey(key),
	});
	if (!made) throw thereAlready(`A workspace with the name '${name}' already exists in the organization.`);
	const {id, status, created} = made;
	return {status: 200, json: {id, name, status, created, organization, enrollment_key: key}};
};

const rolesOf = async ({sql, part}: Context): Promise<readonly Entity<Role>[]> =>
	(await allOf<Role>(sql, 'role')).filter(({organization_id: id}) => id === part('id'));

const listRoles = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const roles = [...(await rolesOf(context))].sort((left, right) =>
		`${left.level}/${left.name}`.localeCompare(`${right.level}/${right.name}`),
	);
	return page(
		context.request,
		roles.map(({id, name, level, organization_id}) => ({id, name, level, organization_id, system_managed: true})),
	);
};

const listMembers = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const roles = await rolesOf(context);
	const assignments = await allOf<Assignment>(context.sql, 'role_assignment');
	const heldBy = (account: string) =>
		roles
			.filter(({id}) => assignments.some((one) => one.role_id === id && one.account_id === account))
			.map(({id, name, level}) => ({id, name, level}));
	const members = (await allOf<Account>(context.sql, 'account')).map((account) => ({
		user: accountJson(account),
		roles: heldBy(account.id),
	}));
	return page(
		context.request,
		members.filter(({roles: held}) => held.length > 0),
	);
};

/** Role and user of a call to `/roles/ID/assignments`. @throws HttpError 404 */
const roleAndUser = async (context: Context): Promise<readonly [role: string, user: string]> => {
	await accountOf(context);
	const {sql, part, request} = context;
	const role = (await allOf<Role>(sql, 'role')).find(({id}) => id === part('id'));
	const user = (await allOf<Account>(sql, 'account')).find(({id}) => id === request.query.get('user_id'));
	if (!role || !user) throw unknown('No such role or user.');
	return [role.id, user.id];
};

const assignRole = async (context: Context): Promise<Answer> => {
	const [role, user] = await roleAndUser(context);
	await assign(context.sql, role, user);
	return {status: 200, json: null};
};

const takeRoleAway = async (context: Context): Promise<Answer> => {
	const [role, user] = await roleAndUser(context);
	const held = (await allOf<Assignment>(context.sql, 'role_assignment')).find(
		({role_id, account_id}) => role_id === role && account_id === user,
	);
	if (!held) throw unknown('The user does not have this role.');
	await remove(context.sql, 'role_assignment', held.id);
	return {status: 200, json: null};
};

const listWorkspaces = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const {query} = context.request;
	const organizations = await allOf<Organization>(context.sql, 'organization');
	const fits = (wanted: string | null, value: string): boolean => wanted === null || wanted === value;
	const rows = (await allOf<Workspace>(context.sql, 'workspace'))
		.filter((one) => fits(query.get('organization_id'), one.organization_id))
		.filter((one) => fits(query.get('workspace_name'), one.name))
		.map(({id, name, status, created, organization_id}) => {
			const {name: owner} = organizations.find((one) => one.id === organization_id) ?? {};
			return {id, name, status, created, organization: {id: organization_id, name: owner}};
		});
	return page(context.request, rows);
};

/** The workspace of this ID. @throws HttpError 404 */
const workspaceOf = async (sql: Sql, wanted: string): Promise<Entity<Workspace>> => {
	const found = (await allOf<Workspace>(sql, 'workspace')).find(({id}) => id === wanted);
	if (!found) throw unknown('No such workspace.');
	return found;
};

const deleteWorkspace = async (context: Context): Promise<Answer> => {
	await accountOf(context);
	const {id} = await workspaceOf(context.sql, context.part('id'));
	await remove(context.sql, 'workspace', id);
	return {status: 200, json: null};
};

const reportStatus = async (context: Context): Promise<Answer> => {
	const {kind, sub} = await claimsOf(context);
	if (kind !== 'workspace') throw new HttpError(403, ['IllegalOperationError', 'Only for workspaces']);
	await change(context.sql, 'workspace', {...(await workspaceOf(context.sql, sub)), status: 'available'});
	return {status: 200, json: {id: sub, status: 'available'}};
};

const routes: readonly Route[] = [
	{method: 'POST', path: /^\/auth\/login$/u, handle: login},
	...userRoutes,
	...teamRoutes,
	{method: 'GET', path: /^\/organizations$/u, handle: listOrganizations},
	{method: 'POST', path: /^\/organizations$/u, handle: createOrganization},
	{method: 'GET', path: below('/organizations', '/roles'), handle: listRoles},
	{method: 'GET', path: below('/organizations', '/members'), handle: listMembers},
	{method: 'POST', path: below('/roles', '/assignments'), handle: assignRole},
	{method: 'DELETE', path: below('/roles', '/assignments'), handle: takeRoleAway},
	{method: 'GET', path: /^\/workspaces$/u, handle: listWorkspaces},
	{method: 'POST', path: /^\/workspaces$/u, handle: enroll},
	{method: 'DELETE', path: below('/workspaces'), handle: deleteWorkspace},
	{method: 'PATCH', path: /^\/workspace_status$/u, handle: reportStatus},
];

/** Makes the reserved administrator once, as the server does at its start. */
export const ensureAdmin = async (sql: Sql, environment: Environment): Promise<void> => {
	const username = adminName(environment);
	const rights = {is_superuser: true, is_active: true, password_expired: false, reserved: true};
	await add<Account>(sql, 'account', username, {username, ...rights});
};

/**
 * Answers a request below `/api/v1` of the control plane out of its own database. `path` of the request is without that
 * prefix. The forms of the answers follow the client of zenml 0.93 (`src/zenml/login/pro`) and the vendor's pages.
 */
export const answerControlPlane = async (request: Request, sql: Sql, environment: Environment): Promise<Answer> => {
	const matching = routes.filter(({path}) => path.test(request.path));
	const route = matching.find(({method}) => method === request.method);
	if (!route)
		return {
			status: matching.length > 0 ? 405 : 404,
			json: {detail: matching.length > 0 ? 'Method Not Allowed' : 'Not Found'},
		};
	const groups = route.path.exec(request.path)?.groups ?? {};
	try {
		return await route.handle({request, sql, environment, part: (name) => groups[name] ?? ''});
	} catch (error) {
		if (error instanceof HttpError) return {status: error.status, json: {detail: error.detail}};
		throw error;
	}
};
