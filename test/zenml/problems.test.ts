import {expect, test} from 'vitest';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import type {HttpsPort} from '../../source/network/types.ts';
import {createZenml} from '../../source/zenml/client.ts';
import type {ZenmlPort, ZenmlSession} from '../../source/zenml/types.ts';

const endpoint = {host: 'zenml.test.internal', port: 443, ca: ''};
const {signal} = new AbortController();
const api = 'https://zenml.test.internal/api/v1';

type Answer = {readonly status: number; readonly body?: unknown; readonly type?: string};
type Request = Parameters<HttpsPort['request']>[0];

/** The product as it answers by path; a login is always granted unless told otherwise. */
const product = (answers: Readonly<Record<string, Answer | ((request: Request) => Answer)>>): ZenmlPort =>
	createZenml({
		https: {
			request: async (request) => {
				const path = request.url.replace(/^https:\/\/[^/]+|\?.*$/gu, '');
				const granted: Answer = {status: 200, body: {access_token: 'token'}};
				const known = answers[path] ?? (path === '/api/v1/auth/login' ? granted : {status: 404, body: ''});
				const {status, body = '', type = 'application/json'} = typeof known === 'function' ? known(request) : known;
				return {
					status,
					headers: {'content-type': type},
					body: typeof body === 'string' ? body : JSON.stringify(body),
				};
			},
		},
	});
const logIn = (answers: Parameters<typeof product>[0]): Promise<ZenmlSession> =>
	product(answers).login(endpoint, {username: 'admin', password: 'p'}, signal);

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
	const error = await work.catch((thrown: unknown) => thrown);
	if (!(error instanceof ProblemError)) throw new Error(`It was not refused: ${String(error)}`);
	return error.problem;
};

type Told = Pick<Problem, 'message' | 'cause' | 'fix' | 'evidence' | 'who'> & {readonly code: ProblemCode};

const page = {status: 200, body: '<!DOCTYPE html><title>Dash\n board</title>', type: 'text/html'};
const ingress =
	'Look at the Ingress of the release: its host must be this host and its path /api must lead to the API service.';
const mend = 'Mend what the server names; its own log (the pods of the release) has more.';

test.each<readonly [string, () => Promise<unknown>, Told]>([
	[
		'a dashboard in the place of the API',
		() => product({'/api/v1/users/me': page}).apiAnswers(endpoint, signal),
		{
			code: 'zenml-api-not-itself',
			who: 'cluster admin',
			message: `${api}/users/me answered with a web page, not with the ZenML API.`,
			cause: 'The dashboard or another web server answers under this path.',
			fix: ingress,
			evidence: [`GET ${api}/users/me → 200: a web page titled "Dash board"`],
		},
	],
	[
		'a path that no rule leads to',
		() => product({'/health': {status: 404, body: ' <html></html>', type: ''}}).health(endpoint, signal),
		{
			code: 'zenml-api-not-itself',
			who: 'cluster admin',
			message: 'https://zenml.test.internal/health answered with a web page, not with the ZenML API.',
			cause: 'The ingress controller has no rule for this host and path.',
			fix: ingress,
			evidence: ['GET https://zenml.test.internal/health → 404: a web page'],
		},
	],
	[
		'a health page of somebody else',
		() => product({'/health': page}).health(endpoint, signal),
		{
			code: 'zenml-api-not-itself',
			who: 'cluster admin',
			message: 'https://zenml.test.internal/health answered with a web page, not with the ZenML API.',
			cause: 'The dashboard or another web server answers under this path.',
			fix: ingress,
			evidence: ['GET https://zenml.test.internal/health → 200: a web page titled "Dash board"'],
		},
	],
	[
		'an API without a ready pod',
		() => product({'/api/v1/users/me': {...page, status: 503}}).apiAnswers(endpoint, signal),
		{
			code: 'zenml-not-ready',
			who: 'cluster admin',
			message: `${api}/users/me is not ready: status 503.`,
			cause: 'The ingress controller knows the host, but no pod behind it is ready.',
			fix: 'Wait for the rollout to finish; look at the pods of the release and their logs.',
			evidence: [`GET ${api}/users/me → 503: a web page titled "Dash board"`],
		},
	],
	[
		'a refusal with words',
		async () => (await logIn({'/api/v1/users/me': {status: 500, body: {detail: 'out of order'}}})).me(),
		{
			code: 'zenml-api-error',
			who: 'operator',
			message: `The ZenML API refused GET ${api}/users/me with status 500.`,
			cause: 'The server said: out of order',
			fix: mend,
			evidence: [`GET ${api}/users/me → 500: out of order`],
		},
	],
	[
		'a refusal without words',
		async () => (await logIn({'/api/v1/users/me': {status: 500, body: {detail: {a: 1}}}})).me(),
		{
			code: 'zenml-api-error',
			who: 'operator',
			message: `The ZenML API refused GET ${api}/users/me with status 500.`,
			cause: 'The server gave no reason.',
			fix: mend,
			evidence: [`GET ${api}/users/me → 500`],
		},
	],
	[
		'an answer of another form',
		async () => (await logIn({'/api/v1/users/me': {status: 200, body: '"text"'}})).me(),
		{
			code: 'zenml-api-error',
			who: 'vendor',
			message: `The answer to GET ${api}/users/me has a form that this tool does not know.`,
			cause: 'Status 200; answer: Invalid input: expected object, received string.',
			fix: 'Check that the product version is one this tool supports; if it is, send this to the authors of the tool.',
			evidence: ['answer: Invalid input: expected object, received string'],
		},
	],
	[
		'a login that is refused',
		() => logIn({'/api/v1/auth/login': {status: 401, body: 'no, you are not'}}),
		{
			code: 'zenml-login-refused',
			who: 'operator',
			message: 'The control plane refused the login of "admin".',
			cause: 'User name or password is not the one this control plane was installed with.',
			fix: 'Give the password that the control plane has; it is in its release Secret under ZENML_CLOUD_ADMIN_PASSWORD.',
			evidence: [`POST ${api}/auth/login → 401: no, you are not`],
		},
	],
	[
		'a login whose password must be changed',
		() => logIn({'/api/v1/auth/login': {status: 403, body: {detail: ['X', 'Your password has expired']}}}),
		{
			code: 'zenml-login-refused',
			who: 'operator',
			message: 'The control plane refused the login of "admin".',
			cause: 'The account must change its password first.',
			fix: 'Log in at the dashboard once, set a new password, and give that one to this tool.',
			evidence: [`POST ${api}/auth/login → 403: X: Your password has expired`],
		},
	],
	[
		'a login page in the place of a login',
		() => logIn({'/api/v1/auth/login': {...page, status: 403}}),
		{
			code: 'zenml-api-not-itself',
			who: 'cluster admin',
			message: `${api}/auth/login answered with a web page, not with the ZenML API.`,
			cause: 'The dashboard or another web server answers under this path.',
			fix: ingress,
			evidence: [`POST ${api}/auth/login → 403: a web page titled "Dash board"`],
		},
	],
	[
		'a licence that is used up',
		async () =>
			(
				await logIn({'/api/v1/organizations': {status: 403, body: {detail: ['OrganizationLimitExceeded', '']}}})
			).createOrganization('second'),
		{
			code: 'zenml-organization-limit',
			who: 'vendor',
			message: 'The control plane refuses another organization.',
			cause: 'The licence of this installation allows no more organizations than it has.',
			fix: 'Use the name of an organization that exists, or ask the vendor for a licence with more.',
			evidence: [`POST ${api}/organizations → 403: OrganizationLimitExceeded`],
		},
	],
	[
		'an organization that is refused for another reason',
		async () =>
			(await logIn({'/api/v1/organizations': {status: 409, body: {detail: [null, 'taken']}}})).createOrganization('a'),
		{
			code: 'zenml-api-error',
			who: 'operator',
			message: `The ZenML API refused POST ${api}/organizations with status 409.`,
			cause: 'The server said: taken',
			fix: mend,
			evidence: [`POST ${api}/organizations → 409: taken`],
		},
	],
])('%s is refused with its cause and the next move', async (_title, refused, told) => {
	expect(await problemOf(refused())).toMatchObject({...told, area: 'verification'});
});

test('long words of a server are cut, and what it just created is never repeated', async () => {
	const long = await problemOf(
		product({'/health': {status: 500, body: 'x'.repeat(900), type: ''}}).health(endpoint, signal),
	);
	expect(long.cause).toBe(`The server said: ${'x'.repeat(400)}…`);
	const session = await logIn({'/api/v1/workspaces': {status: 500, body: {enrollment_key: 'canary'}}});
	const problem = await problemOf(session.enroll({name: 'a', organizationId: 'o'}));
	expect(JSON.stringify(problem)).not.toContain('canary');
	const changed = await logIn({'/api/v1/workspaces/w': {...page, status: 200}});
	expect((await problemOf(changed.deleteWorkspace('w'))).code).toBe('zenml-api-not-itself' satisfies ProblemCode);
});

test('what the network layer says keeps its facts and its pause, but not the query', async () => {
	const https: HttpsPort = {
		request: async ({url}) => {
			if (url.endsWith('/auth/login')) return {status: 200, headers: {}, body: '{"access_token":"t"}'};
			const problem = {code: 'https-failed', area: 'verification', message: url, cause: 'c', fix: 'f'} as const;
			const facts = {place: url, seconds: 3};
			throw new ProblemError({...problem, evidence: [url]}, {facts, retryAfterMs: 7000});
		},
	};
	const session = await createZenml({https}).login(endpoint, {username: 'a', password: 'b'}, signal);
	const error = await session
		.createUser({username: 'ada', password: 'ca nary', superuser: true})
		.catch((thrown: unknown) => thrown);
	expect(error).toMatchObject({
		retryAfterMs: 7000,
		facts: {place: `${api}/users[hidden]`, seconds: 3},
		problem: {message: `${api}/users[hidden]`, evidence: [`${api}/users[hidden]`]},
	});
	expect(await problemOf(session.me())).toMatchObject({message: `${api}/users/me`});
});

test('members that were renamed between versions are read under either name', async () => {
	const session = await logIn({
		'/api/v1/users': {
			status: 200,
			body: {
				items: [
					{id: '1', username: 'ada', is_superuser: true, is_active: false},
					{id: '2', email: 'b@x'},
					{id: '3', name: 'c'},
					{id: '4'},
				],
			},
		},
		'/api/v1/organizations/o/members': {
			status: 200,
			body: [{user: {id: '1'}, roles: ['Admin', {name: 'Viewer'}]}, {user_id: '2', role: 'Member'}, {id: '3'}],
		},
		'/api/v1/workspaces': {
			status: 200,
			body: [
				{id: 'w', name: 'a', organization: {id: 'o'}, status: 'available'},
				{id: 'v', name: 'b', organization_id: 'o'},
				{id: 'u', name: 'c'},
			],
		},
		'/api/v1/organizations/o/roles': {
			status: 200,
			body: [
				{id: 'r', name: 'Admin', level: 'organization'},
				{id: 's', name: 'X'},
			],
		},
	});
	expect(await session.users()).toEqual([
		{id: '1', username: 'ada', superuser: true, active: false},
		{id: '2', username: 'b@x', superuser: false, active: true},
		{id: '3', username: 'c', superuser: false, active: true},
		{id: '4', username: '', superuser: false, active: true},
	]);
	expect(await session.members('o')).toEqual([
		{userId: '1', roles: ['Admin', 'Viewer']},
		{userId: '2', roles: ['Member']},
		{userId: '3', roles: []},
	]);
	expect(await session.workspaces('o')).toEqual([
		{id: 'w', name: 'a', organizationId: 'o', status: 'available'},
		{id: 'v', name: 'b', organizationId: 'o', status: ''},
		{id: 'u', name: 'c', organizationId: '', status: ''},
	]);
	expect((await session.roles('o')).map(({level}) => level)).toEqual(['organization', '']);
});

test('a member that names no user is refused, and a page that comes again ends a list', async () => {
	const session = await logIn({
		'/api/v1/organizations/o/members': {status: 200, body: [{roles: []}]},
		'/api/v1/users': {status: 200, body: Array.from({length: 100}, (_, id) => ({id: `u${id}`}))},
		'/api/v1/organizations': {status: 500, body: ''},
	});
	expect(await problemOf(session.members('o'))).toMatchObject({evidence: ['answer: names no user']});
	expect(await session.users()).toHaveLength(100);
	expect((await problemOf(session.organizations())).code).toBe('zenml-api-error' satisfies ProblemCode);
});

test('a workspace server says what it is, with what it leaves out taken as its default', async () => {
	const info = {version: '0.95.1', deployment_type: 'kubernetes', database_type: 'mysql', secrets_store_type: 'sql'};
	const read = (body: object) =>
		product({'/api/v1/info': {status: 200, body}}).workspaceInfo({...endpoint, host: 'fd00::1', port: 8443}, signal);
	expect(await read(info)).toMatchObject({serverUrl: '', analyticsEnabled: true, proApiUrl: undefined});
	expect(
		await read({
			...info,
			server_url: 's',
			analytics_enabled: false,
			pro_api_url: 'a',
			pro_organization_id: 'o',
			pro_workspace_id: 'w',
		}),
	).toMatchObject({
		serverUrl: 's',
		analyticsEnabled: false,
		proApiUrl: 'a',
		proOrganizationId: 'o',
		proWorkspaceId: 'w',
	});
	expect(
		(await problemOf(product({'/api/v1/info': {status: 500}}).workspaceInfo({...endpoint, host: 'fd00::1'}, signal)))
			.message,
	).toBe('The ZenML API refused GET https://[fd00::1]/api/v1/info with status 500.');
});
