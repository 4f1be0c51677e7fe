import type * as z from 'zod';
import type {HttpsResponse} from '../network/types.ts';
import {type Asked, apiError, isHtml, read, refusal, wordsOf} from './answers.ts';
import {type Call, logIn, type Send} from './calls.ts';
import {
	enrolledSchema,
	memberSchema,
	organizationSchema,
	pageSchema,
	roleSchema,
	userSchema,
	workspaceSchema,
} from './schemas.ts';
import type {ZenmlSession} from './types.ts';

type Answer = {readonly asked: Asked; readonly response: HttpsResponse};

/** Entries asked for at once, and the most pages read: the API pages by `offset` and `limit` (zenml 0.93, login/pro). */
const pageSize = 100;
const maximumPages = 100;

const limitReached = ({asked, response}: Answer): unknown =>
	/OrganizationLimitExceeded|organization limit/iu.test(wordsOf(response))
		? refusal(asked, response, {
				code: 'zenml-organization-limit',
				who: 'vendor',
				message: 'The control plane refuses another organization.',
				cause: 'The licence of this installation allows no more organizations than it has.',
				fix: 'Use the name of an organization that exists, or ask the vendor for a licence with more.',
				answers: ['organization.name'],
			})
		: apiError(asked, response);

/**
 * Logs in and hands back the calls that a login allows. A token that expires in a long run is replaced by one new login.
 * The token stays inside: it is in no message and in no value handed out.
 * @throws ProblemError `zenml-login-refused`; each call: `zenml-api-error`, `zenml-not-ready`, `zenml-api-not-itself`.
 */
export const openSession = async (
	send: Send,
	credentials: {readonly username: string; readonly password: string},
): Promise<ZenmlSession> => {
	let token = await logIn(send, credentials);

	const attempt = async (call: Omit<Call, 'token' | 'form'>): Promise<Answer> => {
		const answer = await send({...call, token});
		if (answer.response.status !== 401 || isHtml(answer.response)) return answer;
		token = await logIn(send, credentials);
		return send({...call, token});
	};
	const call = async <T>(schema: z.ZodType<T>, request: Omit<Call, 'token' | 'form'>): Promise<T> => {
		const {asked, response} = await attempt(request);
		if (response.status >= 300) throw apiError(asked, response);
		return read(asked, response, schema);
	};
	const change = async (request: Omit<Call, 'token' | 'form'>): Promise<void> => {
		const {asked, response} = await attempt(request);
		if (response.status >= 300 || isHtml(response)) throw apiError(asked, response);
	};
	const all = async <T>(
		schema: z.ZodType<T>,
		path: string,
		key: (entry: T) => string,
		query: Readonly<Record<string, string>> = {},
	): Promise<readonly T[]> => {
		const found = new Map<string, T>();
		for (let page = 0; page < maximumPages; page++) {
			const {asked, response} = await attempt({
				method: 'GET',
				path,
				query: {...query, offset: String(page * pageSize), limit: String(pageSize)},
			});
			if (response.status >= 300) throw apiError(asked, response);
			const answer = read(asked, response, pageSchema);
			const entries = Array.isArray(answer) ? answer : answer.items;
			const before = found.size;
			for (const entry of entries) {
				const value = read(asked, {...response, body: JSON.stringify(entry)}, schema);
				found.set(key(value), value);
			}
			// A server that ignores `offset` sends the same page for ever: nothing new means the end.
			if (entries.length < pageSize || found.size === before) break;
		}
		return [...found.values()];
	};
	const byId = ({id}: {readonly id: string}): string => id;

	return {
		me: () => call(userSchema, {method: 'GET', path: '/users/me'}),
		users: () => all(userSchema, '/users', byId),
		// The API takes the first password of a user as a query parameter, so it may stand in the ingress controller's log.
		createUser: ({username, password, superuser}) =>
			call(userSchema, {
				method: 'POST',
				path: '/users',
				query: {username, password, is_superuser: String(superuser)},
			}),
		organizations: () => all(organizationSchema, '/organizations', byId),
		createOrganization: async (name) => {
			const answer = await attempt({method: 'POST', path: '/organizations', json: {name}});
			if (answer.response.status >= 300) throw limitReached(answer);
			return read(answer.asked, answer.response, organizationSchema);
		},
		roles: (organizationId) => all(roleSchema, `/organizations/${encodeURIComponent(organizationId)}/roles`, byId),
		members: (organizationId) =>
			all(memberSchema, `/organizations/${encodeURIComponent(organizationId)}/members`, ({userId}) => userId),
		assignRole: (roleId, userId) =>
			change({method: 'POST', path: `/roles/${encodeURIComponent(roleId)}/assignments`, query: {user_id: userId}}),
		workspaces: (organizationId) => all(workspaceSchema, '/workspaces', byId, {organization_id: organizationId}),
		enroll: ({name, organizationId}) =>
			call(enrolledSchema, {
				method: 'POST',
				path: '/workspaces',
				query: {enroll: 'true'},
				json: {name, organization_id: organizationId},
			}),
		deleteWorkspace: (id) => change({method: 'DELETE', path: `/workspaces/${encodeURIComponent(id)}`}),
	};
};
