import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Method} from '../../../source/http/types.ts';
import {hosts, https, openStage, raiseControlPlane, type Stage} from './stage.ts';

let stage: Stage;
let administrator = '';
let organization = '';
let workspace = {id: '', key: ''};

type Asked = {readonly token?: string; readonly body?: unknown};
type Told = {readonly status: number; readonly detail?: unknown; readonly json: Record<string, unknown>};

/** A request to the API of the control plane: `GET /users`. */
const ask = async (line: string, {token, body}: Asked = {}): Promise<Told> => {
	const [method, path = ''] = line.split(' ');
	const answer = await https.request({
		method: method as Method,
		url: `https://${hosts.controlPlane}:${stage.frontPort}/api/v1${path}`,
		address: '127.0.0.1',
		ca: stage.caPem,
		headers: token ? {authorization: `Bearer ${token}`} : {},
		...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
		timeoutMs: 5000,
		signal: new AbortController().signal,
	});
	const json = JSON.parse(answer.body || '{}') as Record<string, unknown>;
	return {status: answer.status, json, ...(json?.detail === undefined ? {} : {detail: json.detail})};
};

const tokenFor = async (form: Record<string, string>): Promise<string> =>
	String((await ask('POST /auth/login', {body: new URLSearchParams(form).toString()})).json.access_token);

beforeAll(async () => {
	stage = await openStage();
	await raiseControlPlane(stage);
	administrator = await tokenFor({username: 'admin', password: 'admin-password'});
	const own = {token: administrator};
	organization = String((await ask('POST /organizations', {...own, body: {name: 'default'}})).json.id);
	await ask('POST /users?username=first&password=pw', own);
	await ask('POST /users?username=plain&password=pw', own);
	const enrolled = await ask('POST /workspaces?enroll=true', {
		...own,
		body: {name: 'blue', organization_id: organization},
	});
	workspace = {id: String(enrolled.json.id), key: String(enrolled.json.enrollment_key)};
}, 60_000);
afterAll(() => stage?.close());

const nobody = '00000000-0000-4000-8000-000000000000';
const missing = (...loc: string[]) => [{type: 'missing', loc, msg: 'Field required'}];

test.each([
	['a user without a name', 'POST /users?password=pw', undefined, 422, missing('query', 'username')],
	['a user without a password', 'POST /users?username=late', undefined, 422, missing('query', 'password')],
	[
		'a user who is there',
		'POST /users?username=plain&password=pw',
		undefined,
		409,
		['EntityExistsError', "A user with the name 'plain' already exists."],
	],
	['an organization without a name', 'POST /organizations', {}, 422, missing('body', 'name')],
	[
		'an organization that is there',
		'POST /organizations',
		{name: 'default'},
		409,
		['EntityExistsError', "An organization with the name 'default' already exists."],
	],
	[
		'a body that is no object',
		'POST /organizations',
		[],
		422,
		[{type: 'json_invalid', loc: ['body'], msg: 'JSON decode error'}],
	],
	[
		'a workspace to be deployed',
		'POST /workspaces',
		{name: 'green'},
		400,
		['IllegalOperationError', 'This installation can only enroll workspaces, not deploy them.'],
	],
	[
		'a workspace with a bad name',
		'POST /workspaces?enroll=true',
		{name: 'Green One'},
		422,
		[{type: 'value_error', loc: ['body', 'name'], msg: 'Invalid workspace name'}],
	],
	[
		'a workspace of no organization',
		'POST /workspaces?enroll=true',
		{name: 'green', organization_id: nobody},
		404,
		['KeyError', `No organization with ID ${nobody}`],
	],
	[
		'a role that is not there',
		`POST /roles/${nobody}/assignments`,
		undefined,
		404,
		['KeyError', 'No such role or user.'],
	],
	['a workspace that is not there', `DELETE /workspaces/${nobody}`, undefined, 404, ['KeyError', 'No such workspace.']],
	[
		'a report of somebody who is no workspace',
		'PATCH /workspace_status',
		undefined,
		403,
		['IllegalOperationError', 'Only for workspaces'],
	],
	['a team without a name', 'POST /teams', {}, 422, missing('body', 'name')],
	['a team of no organization', 'POST /teams', {name: 'red'}, 422, missing('body', 'organization_id')],
	[
		'teams of no organization',
		`GET /organizations/${nobody}/teams`,
		undefined,
		404,
		['KeyError', `No organization with ID ${nobody}`],
	],
	['members of no team', `GET /teams/${nobody}/members`, undefined, 404, ['KeyError', `No team with ID ${nobody}`]],
	[
		'a user who is not there',
		`PATCH /users/${nobody}`,
		{is_superuser: false},
		404,
		['KeyError', `No user with ID ${nobody}`],
	],
	['a method that a path lacks', 'DELETE /users', undefined, 405, 'Method Not Allowed'],
	['a path that is not there', 'GET /nowhere', undefined, 404, 'Not Found'],
] as const)('the control plane refuses %s', async (...[, line, body, status, detail]) => {
	expect(await ask(line, {token: administrator, body})).toMatchObject({status, detail});
});

test('the first account that is made is a super-user whatever was asked, the next is not', async () => {
	const {json} = await ask('GET /users?limit=2&offset=1', {token: administrator});
	expect(json).toMatchObject([
		{username: 'first', is_superuser: true},
		{username: 'plain', is_superuser: false},
	]);
	const plain = await tokenFor({username: 'plain', password: 'pw'});
	expect(await ask('GET /users', {token: plain})).toMatchObject({
		status: 403,
		detail: ['IllegalOperationError', 'Insufficient permissions'],
	});
});

test('a login is refused alike for a wrong name and a wrong password', async () => {
	const refused = {status: 401, detail: ['AuthorizationException', 'Invalid username or password']};
	for (const body of ['username=plain&password=no', 'username=none&password=pw', 'username=admin'])
		expect(await ask('POST /auth/login', {body})).toMatchObject(refused);
	expect(await ask('GET /users/me', {token: 'made.up.token'})).toMatchObject({status: 401});
});

test('a workspace logs in with its key, and its token is good for its own report alone', async () => {
	const credentials = {grant_type: 'client_credentials', client_id: workspace.id};
	expect(await ask('POST /auth/login', {body: new URLSearchParams(credentials).toString()})).toMatchObject({
		status: 401,
		detail: ['AuthorizationException', 'Invalid client credentials'],
	});
	const token = await tokenFor({...credentials, client_secret: workspace.key});
	expect(await ask('GET /users/me', {token})).toMatchObject({status: 401});
	expect(await ask('PATCH /workspace_status', {token})).toMatchObject({status: 200, json: {status: 'available'}});
	await ask(`DELETE /workspaces/${workspace.id}`, {token: administrator});
	expect(await ask('PATCH /workspace_status', {token})).toMatchObject({status: 404});
});

const idOf = async (username: string): Promise<string> => {
	const {json} = await ask('GET /users?limit=100', {token: administrator});
	return String((json as unknown as {id: string; username: string}[]).find((one) => one.username === username)?.id);
};

test('teams are made once, and hold only users who are part of the organization', async () => {
	const own = {token: administrator};
	const body = {name: 'red', organization_id: organization};
	const {json: team} = await ask('POST /teams', {...own, body});
	expect(await ask('POST /teams', {...own, body})).toMatchObject({status: 409});
	const members = `/teams/${team.id}/members`;
	const plain = await idOf('plain');
	expect(await ask(`POST ${members}`, own)).toMatchObject({status: 422, detail: missing('query', 'user_id')});
	expect(await ask(`POST ${members}?user_id=${nobody}`, own)).toMatchObject({status: 404});
	expect(await ask(`POST ${members}?user_id=${plain}`, own)).toMatchObject({
		status: 400,
		detail: ['IllegalOperationError', 'The user is not part of the organization of the team.'],
	});
	const {json: roles} = await ask(`GET /organizations/${organization}/roles?limit=100`, own);
	const role = (roles as unknown as {id: string; name: string}[]).find(({name}) => name === 'Organization Member');
	await ask(`POST /roles/${role?.id}/assignments?user_id=${plain}`, own);
	expect(await ask(`POST ${members}?user_id=${plain}`, own)).toMatchObject({status: 200});
	expect(await ask(`GET ${members}`, own)).toMatchObject({status: 200, json: [{id: plain, username: 'plain'}]});
	expect(await ask(`GET /organizations/${organization}/teams`, own)).toMatchObject({json: [{name: 'red'}]});
	expect(await ask(`DELETE ${members}?user_id=${plain}`, own)).toMatchObject({status: 200});
	expect(await ask(`DELETE ${members}?user_id=${plain}`, own)).toMatchObject({status: 404});
	expect(await ask(`GET ${members}`, {token: await tokenFor({username: 'plain', password: 'pw'})})).toMatchObject({
		status: 403,
	});
});

test('a superuser takes that right from others, and not from themselves', async () => {
	const own = {token: administrator};
	const first = await idOf('first');
	const wrong = await ask(`PATCH /users/${first}`, {...own, body: {is_superuser: 'no'}});
	expect(wrong).toMatchObject({status: 422});
	expect(await ask(`PATCH /users/${first}`, {...own, body: {is_superuser: false}})).toMatchObject({
		status: 200,
		json: {username: 'first', is_superuser: false},
	});
	const token = await tokenFor({username: 'first', password: 'pw'});
	expect(await ask('GET /users', {token})).toMatchObject({status: 403});
	const itself = await ask(`PATCH /users/${await idOf('admin')}`, {...own, body: {is_superuser: false}});
	expect(itself).toMatchObject({status: 400});
});
