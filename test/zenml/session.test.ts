import {expect, it} from 'vitest';
import type {HttpsPort} from '../../source/network/types.ts';
import {createZenml} from '../../source/zenml/client.ts';

const {signal} = new AbortController();
const headers = {'content-type': 'application/json'};

/** A control plane that gives each request an answer; all but the login are written down. */
const sessionAt = async (answer: (request: string) => unknown) => {
	const asked: string[] = [];
	const request: HttpsPort['request'] = async ({method, url, body}) => {
		const {pathname, search} = new URL(url);
		if (pathname.endsWith('/auth/login')) return {status: 200, headers, body: '{"access_token":"t"}'};
		const line = `${method} ${pathname}${search}${body === undefined ? '' : ` ${body}`}`;
		asked.push(line);
		return {status: 200, headers, body: JSON.stringify(answer(line) ?? null)};
	};
	const endpoint = {host: 'pro.corp', port: 443, ca: ''};
	const session = await createZenml({https: {request}}).login(endpoint, {username: 'admin', password: 'p'}, signal);
	return {session, asked};
};

it('teams are read below their organization, made with its id, and joined and left by user', async () => {
	const {session, asked} = await sessionAt((line) => {
		if (line.startsWith('GET') && line.includes('/members')) return [{user: {id: 'u1'}, roles: []}];
		return line.startsWith('GET') ? {items: [{id: 't1', name: 'red', member_count: 1}]} : {id: 't2', name: 'blue'};
	});
	expect(await session.teams('o/1')).toEqual([{id: 't1', name: 'red'}]);
	expect(await session.teamMembers('t1')).toEqual([{userId: 'u1', roles: []}]);
	expect(await session.createTeam({name: 'blue', organizationId: 'o1'})).toEqual({id: 't2', name: 'blue'});
	await session.joinTeam('t2', 'u1');
	await session.leaveTeam('t1', 'u1');
	expect(asked).toEqual([
		'GET /api/v1/organizations/o%2F1/teams?offset=0&limit=100',
		'GET /api/v1/teams/t1/members?offset=0&limit=100',
		'POST /api/v1/teams {"name":"blue","organization_id":"o1"}',
		'POST /api/v1/teams/t2/members?user_id=u1',
		'DELETE /api/v1/teams/t1/members?user_id=u1',
	]);
});

it('a role is taken from a user, and a user made a superuser', async () => {
	const {session, asked} = await sessionAt(() => null);
	await session.takeRole('r1', 'u1');
	await session.setSuperuser('u1', true);
	expect(asked).toEqual([
		'DELETE /api/v1/roles/r1/assignments?user_id=u1',
		'PATCH /api/v1/users/u1 {"is_superuser":true}',
	]);
});
