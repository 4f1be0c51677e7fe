import {add, allOf, type Entity, remove} from '../database/tables.ts';
import type {Sql} from '../database/types.ts';
import {type Answer, HttpError, jsonBody} from '../messages.ts';
import {
	type Assignment,
	accountJson,
	below,
	missing,
	organizationOf,
	page,
	type Role,
	type Route,
	thereAlready,
	unknown,
} from './parts.ts';
import {type Account, type Context, superuser} from './session.ts';

type Team = {readonly organization_id: string; readonly name: string};
type Membership = {readonly team_id: string; readonly account_id: string};

const teamJson = ({id, name, organization_id, created}: Entity<Team>) => ({id, name, organization_id, created});

const listTeams = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {id} = await organizationOf(context.sql, context.part('id'));
	const teams = (await allOf<Team>(context.sql, 'team')).filter((one) => one.organization_id === id);
	return page(context.request, teams.map(teamJson));
};

const createTeam = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {name, organization_id: wanted} = jsonBody(context.request);
	if (typeof name !== 'string' || name === '') throw missing('body', 'name');
	if (typeof wanted !== 'string') throw missing('body', 'organization_id');
	const {id} = await organizationOf(context.sql, wanted);
	const team = await add<Team>(context.sql, 'team', `${id}/${name}`, {organization_id: id, name});
	if (!team) throw thereAlready(`A team with the name '${name}' already exists in the organization.`);
	return {status: 200, json: teamJson(team)};
};

/** The team of a call. @throws HttpError 404 */
const teamOf = async ({sql, part}: Context): Promise<Entity<Team>> => {
	const found = (await allOf<Team>(sql, 'team')).find(({id}) => id === part('id'));
	if (!found) throw unknown(`No team with ID ${part('id')}`);
	return found;
};

const membershipsOf = async (sql: Sql, team: string): Promise<readonly Entity<Membership>[]> =>
	(await allOf<Membership>(sql, 'team_member')).filter(({team_id: id}) => id === team);

/** The users themselves, all of them at once: the API's reference names no paging here. */
const listMembers = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {id} = await teamOf(context);
	const members = new Set((await membershipsOf(context.sql, id)).map(({account_id: account}) => account));
	const accounts = await allOf<Account>(context.sql, 'account');
	return {status: 200, json: accounts.filter((account) => members.has(account.id)).map(accountJson)};
};

/** The user of a call to `/teams/ID/members`. @throws HttpError 404, 422 */
const userOf = async ({sql, request}: Context): Promise<string> => {
	const wanted = request.query.get('user_id');
	if (!wanted) throw missing('query', 'user_id');
	const found = (await allOf<Account>(sql, 'account')).find(({id}) => id === wanted);
	if (!found) throw unknown(`No user with ID ${wanted}`);
	return found.id;
};

/** Somebody with a role in an organization belongs to it. */
const belongs = async (sql: Sql, organization: string, account: string): Promise<boolean> => {
	const roles = (await allOf<Role>(sql, 'role')).filter(({organization_id: id}) => id === organization);
	const held = await allOf<Assignment>(sql, 'role_assignment');
	return held.some((one) => one.account_id === account && roles.some(({id}) => id === one.role_id));
};

const join = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {sql} = context;
	const {id, organization_id: organization} = await teamOf(context);
	const user = await userOf(context);
	if (!(await belongs(sql, organization, user)))
		throw new HttpError(400, ['IllegalOperationError', 'The user is not part of the organization of the team.']);
	await add<Membership>(sql, 'team_member', `${id}/${user}`, {team_id: id, account_id: user});
	return {status: 200, json: null};
};

const leave = async (context: Context): Promise<Answer> => {
	await superuser(context);
	const {id} = await teamOf(context);
	const user = await userOf(context);
	const found = (await membershipsOf(context.sql, id)).find(({account_id: account}) => account === user);
	if (!found) throw unknown('The user is not in this team.');
	await remove(context.sql, 'team_member', found.id);
	return {status: 200, json: null};
};

/**
 * Teams of an organization. Source: the reference of the Pro API, "Teams" and "Members" (docs.zenml.io/api-reference/pro-api):
 * members are listed as the users they are, and only who is part of the organization may join. That only superusers get
 * through is stricter than the product, which asks for rights of the organization.
 */
export const teamRoutes: readonly Route[] = [
	{method: 'GET', path: below('/organizations', '/teams'), handle: listTeams},
	{method: 'POST', path: /^\/teams$/u, handle: createTeam},
	{method: 'GET', path: below('/teams', '/members'), handle: listMembers},
	{method: 'POST', path: below('/teams', '/members'), handle: join},
	{method: 'DELETE', path: below('/teams', '/members'), handle: leave},
];
