import type * as z from 'zod';
import type {ProblemError} from '../base/problem.ts';
import {apiError, type Exchange, evidenceOf, isHtml, read, wordsOf} from './answers.ts';
import {type Call, logIn, type Send} from './calls.ts';
import {zenmlProblems} from './problems.ts';
import {
	enrolledSchema,
	memberSchema,
	organizationSchema,
	pageSchema,
	roleSchema,
	teamSchema,
	userSchema,
	workspaceSchema,
} from './schemas.ts';
import type {ZenmlSession} from './types.ts';

/** Entries asked for at once, and the most pages read: the API pages by `offset` and `limit` (zenml 0.93, login/pro). */
const pageSize = 100;
const maximumPages = 100;

/** One call of a session, which adds the token. */
type SessionCall = Omit<Call, 'token' | 'form'>;

/** Sends a call of a session. A token that expires in a long run is replaced by one new login. */
type Attempt = (call: SessionCall) => Promise<Exchange>;

const withToken = async (
	send: Send,
	credentials: {readonly username: string; readonly password: string},
): Promise<Attempt> => {
	let token = await logIn(send, credentials);
	return async (call) => {
		const exchange = await send({...call, token});
		if (exchange.response.status !== 401 || isHtml(exchange.response)) return exchange;
		token = await logIn(send, credentials);
		return send({...call, token});
	};
};

/** What a call gives back. */
const answerTo = async <T>(attempt: Attempt, call: SessionCall, schema: z.ZodType<T>): Promise<T> => {
	const exchange = await attempt(call);
	if (exchange.response.status >= 300) throw apiError(exchange);
	return read(exchange, schema);
};

/** A call that gives nothing back. */
const change = async (attempt: Attempt, call: SessionCall): Promise<void> => {
	const exchange = await attempt(call);
	if (exchange.response.status >= 300 || isHtml(exchange.response)) throw apiError(exchange);
};

/** A list of the API: its path, the form of its entries, and what tells them apart. */
type Listing<T> = {
	readonly path: string;
	readonly schema: z.ZodType<T>;
	readonly key: (entry: T) => string;
	readonly query?: Readonly<Record<string, string>> | undefined;
};

const pageOf = async <T>(attempt: Attempt, {path, schema, query}: Listing<T>, page: number): Promise<readonly T[]> => {
	const paging = {offset: String(page * pageSize), limit: String(pageSize)};
	const exchange = await attempt({method: 'GET', path, query: {...query, ...paging}});
	if (exchange.response.status >= 300) throw apiError(exchange);
	const answer = read(exchange, pageSchema);
	const entries = Array.isArray(answer) ? answer : answer.items;
	return entries.map((entry) =>
		read({...exchange, response: {...exchange.response, body: JSON.stringify(entry)}}, schema),
	);
};

/** All entries of a list, page by page. */
const all = async <T>(attempt: Attempt, listing: Listing<T>): Promise<readonly T[]> => {
	const found = new Map<string, T>();
	for (let page = 0; page < maximumPages; page += 1) {
		const before = found.size;
		const entries = await pageOf(attempt, listing, page);
		for (const entry of entries) found.set(listing.key(entry), entry);
		// A server that ignores `offset` sends the same page for ever: nothing new means the end.
		if (entries.length < pageSize || found.size === before) break;
	}
	return [...found.values()];
};

/** The class of the error, which stands first in what the API says, or its words (zenml 0.93, login/pro). */
const limitReached = /OrganizationLimitExceeded|organization limit/iu;

const organizationRefused = (exchange: Exchange): ProblemError =>
	limitReached.test(wordsOf(exchange.response))
		? zenmlProblems.error('zenml-organization-limit', {}, {evidence: evidenceOf(exchange)})
		: apiError(exchange);

const byId = ({id}: {readonly id: string}): string => id;

type Part<Name extends keyof ZenmlSession> = (attempt: Attempt) => Pick<ZenmlSession, Name>;

const users: Part<'me' | 'users' | 'setSuperuser' | 'createUser'> = (attempt) => ({
	me: () => answerTo(attempt, {method: 'GET', path: '/users/me'}, userSchema),
	users: () => all(attempt, {path: '/users', schema: userSchema, key: byId}),
	setSuperuser: (userId, superuser) => {
		const path = `/users/${encodeURIComponent(userId)}`;
		return change(attempt, {method: 'PATCH', path, json: {is_superuser: superuser}});
	},
	// The API takes the first password of a user as a query parameter, so it may stand in the ingress controller's log.
	createUser: ({username, password, superuser}) => {
		const query = {username, password, is_superuser: String(superuser)};
		return answerTo(attempt, {method: 'POST', path: '/users', query}, userSchema);
	},
});

const below = (organizationId: string, part: string): string =>
	`/organizations/${encodeURIComponent(organizationId)}/${part}`;

const organizations: Part<'organizations' | 'createOrganization' | 'roles' | 'members' | 'assignRole' | 'takeRole'> = (
	attempt,
) => {
	const assignment = async (method: 'POST' | 'DELETE', roleId: string, userId: string): Promise<void> => {
		const path = `/roles/${encodeURIComponent(roleId)}/assignments`;
		return change(attempt, {method, path, query: {user_id: userId}});
	};
	return {
		organizations: () => all(attempt, {path: '/organizations', schema: organizationSchema, key: byId}),
		createOrganization: async (name) => {
			const exchange = await attempt({method: 'POST', path: '/organizations', json: {name}});
			if (exchange.response.status >= 300) throw organizationRefused(exchange);
			return read(exchange, organizationSchema);
		},
		roles: (organizationId) => all(attempt, {path: below(organizationId, 'roles'), schema: roleSchema, key: byId}),
		members: (organizationId) =>
			all(attempt, {path: below(organizationId, 'members'), schema: memberSchema, key: ({userId}) => userId}),
		assignRole: (roleId, userId) => assignment('POST', roleId, userId),
		takeRole: (roleId, userId) => assignment('DELETE', roleId, userId),
	};
};

/** Source: the reference of the Pro API, "Teams" and "Members" (docs.zenml.io/api-reference/pro-api). */
const teams: Part<'teams' | 'createTeam' | 'teamMembers' | 'joinTeam' | 'leaveTeam'> = (attempt) => {
	const membersOf = (teamId: string): string => `/teams/${encodeURIComponent(teamId)}/members`;
	return {
		teams: (organizationId) => all(attempt, {path: below(organizationId, 'teams'), schema: teamSchema, key: byId}),
		createTeam: ({name, organizationId}) => {
			const json = {name, organization_id: organizationId};
			return answerTo(attempt, {method: 'POST', path: '/teams', json}, teamSchema);
		},
		teamMembers: (teamId) => all(attempt, {path: membersOf(teamId), schema: memberSchema, key: ({userId}) => userId}),
		joinTeam: (teamId, userId) => change(attempt, {method: 'POST', path: membersOf(teamId), query: {user_id: userId}}),
		leaveTeam: (teamId, userId) =>
			change(attempt, {method: 'DELETE', path: membersOf(teamId), query: {user_id: userId}}),
	};
};

const workspaces: Part<'workspaces' | 'enroll' | 'deleteWorkspace'> = (attempt) => ({
	workspaces: (organizationId) => {
		const query = {organization_id: organizationId};
		return all(attempt, {path: '/workspaces', schema: workspaceSchema, key: byId, query});
	},
	enroll: ({name, organizationId}) => {
		const json = {name, organization_id: organizationId};
		return answerTo(attempt, {method: 'POST', path: '/workspaces', query: {enroll: 'true'}, json}, enrolledSchema);
	},
	deleteWorkspace: (id) => change(attempt, {method: 'DELETE', path: `/workspaces/${encodeURIComponent(id)}`}),
});

/**
 * Logs in and hands back the calls that a login allows. The token stays inside: it is in no message and in no value handed out.
 * @throws ProblemError `zenml-login-refused`; each call: `zenml-api-error`, `zenml-not-ready`, `zenml-api-not-itself`.
 */
export const openSession = async (
	send: Send,
	credentials: {readonly username: string; readonly password: string},
): Promise<ZenmlSession> => {
	const attempt = await withToken(send, credentials);
	return {...users(attempt), ...organizations(attempt), ...teams(attempt), ...workspaces(attempt)};
};
