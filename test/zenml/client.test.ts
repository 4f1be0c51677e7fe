import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createZenml} from '../../source/zenml/client.ts';
import type {ZenmlOrganization, ZenmlSession} from '../../source/zenml/types.ts';
import {hosts, https, openStage, raiseControlPlane, type Stage} from '../rehearsal/product/stage.ts';

const signal = new AbortController().signal;
const zenml = createZenml({https});
const admin = {username: 'admin', password: 'admin-password'};

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
	await raiseControlPlane(stage);
}, 60_000);
afterAll(() => stage?.close());

const problemOf = async (work: Promise<unknown>) =>
	work.then(
		() => {
			throw new Error('it did not fail');
		},
		(error: {problem?: Record<string, unknown>}) => error.problem,
	);

const logIn = () => zenml.login(stage.endpoint(hosts.controlPlane), admin, signal);

/** An organization; the licence of the stage allows one, so it is made by whoever is first. */
const organizationOf = async (session: ZenmlSession): Promise<ZenmlOrganization> =>
	(await session.organizations())[0] ?? session.createOrganization('research');

describe('the control plane client', () => {
	it('tells the API from the dashboard', async () => {
		await zenml.apiAnswers(stage.endpoint(hosts.controlPlane), signal);
		stage.expose('zenml-pro', hosts.controlPlane, [['/', 'zenml-pro-dashboard']]);
		expect(await problemOf(zenml.apiAnswers(stage.endpoint(hosts.controlPlane), signal))).toMatchObject({
			code: 'zenml-api-not-itself',
			area: 'verification',
		});
		stage.expose('zenml-pro', hosts.controlPlane, [
			['/api', 'zenml-pro'],
			['/', 'zenml-pro-dashboard'],
		]);
	});

	it('logs the administrator in and refuses a wrong password with the answer to change', async () => {
		const session = await logIn();
		expect(await session.me()).toMatchObject({username: 'admin', superuser: true, active: true});
		const problem = await problemOf(
			zenml.login(stage.endpoint(hosts.controlPlane), {...admin, password: 'not-this-one'}, signal),
		);
		expect(problem).toMatchObject({code: 'zenml-login-refused', answers: ['controlPlane.admin.password']});
		expect(JSON.stringify(problem)).not.toContain('not-this-one');
	});

	it('creates users, an organization, roles and reads them back', async () => {
		const session = await logIn();
		const user = await session.createUser({username: 'ada', password: 'a first & odd password', superuser: false});
		expect((await session.users()).map(({username}) => username)).toEqual(expect.arrayContaining(['admin', 'ada']));
		const organization = await organizationOf(session);
		expect(await session.organizations()).toEqual([organization]);
		const roles = await session.roles(organization.id);
		const member = roles.find(({name}) => name === 'Organization Member');
		await session.assignRole(member?.id ?? '', user.id);
		await session.assignRole(member?.id ?? '', user.id);
		expect(await session.members(organization.id)).toContainEqual({userId: user.id, roles: ['Organization Member']});
		await zenml.login(
			stage.endpoint(hosts.controlPlane),
			{username: 'ada', password: 'a first & odd password'},
			signal,
		);
	});

	it('keeps the first password of a user out of the problem when the user exists', async () => {
		const session = await logIn();
		const bea = {username: 'bea', password: 'hush-hush', superuser: false};
		await session.createUser(bea);
		const problem = await problemOf(session.createUser(bea));
		expect(problem).toMatchObject({code: 'zenml-api-error'});
		expect(problem?.evidence).toEqual([expect.stringContaining('409')]);
		expect(JSON.stringify(problem)).not.toContain('hush-hush');
	});

	it('reads lists that are longer than a page', async () => {
		const session = await logIn();
		await stage.sql(
			'zenml_pro',
			`insert into account (id, name, content) select gen_random_uuid(), 'user-' || n, json_build_object('id', 'id-' || n,
			'created', to_char(n, '0000'), 'username', 'user-' || n, 'is_superuser', false, 'is_active', true)::text
			from generate_series(1, 230) n`,
		);
		const names = (await session.users()).map(({username}) => username);
		expect(names.filter((name) => name.startsWith('user-'))).toHaveLength(230);
	}, 20_000);

	it('enrols a workspace once, and tells the key only then', async () => {
		const session = await logIn();
		const {id: organizationId, name} = await organizationOf(session);
		const enrolled = await session.enroll({name: 'default', organizationId});
		expect(enrolled.organizationName).toBe(name);
		expect(enrolled.enrollmentKey).not.toBe('');
		expect(await session.workspaces(organizationId)).toEqual([
			{id: enrolled.id, name: 'default', organizationId, status: 'not_initialized'},
		]);
		expect(await problemOf(session.enroll({name: 'default', organizationId}))).toMatchObject({code: 'zenml-api-error'});
		await session.deleteWorkspace(enrolled.id);
		expect(await session.workspaces(organizationId)).toEqual([]);
	});

	it('logs in again when its token is no longer taken', async () => {
		const session = await logIn();
		await stage.sql(
			'zenml_pro',
			'update server_secret set content = replace(content, \'"value":"\', \'"value":"another\')',
		);
		expect(await session.me()).toMatchObject({username: 'admin'});
	});

	it('calls a host without a ready pod not ready', async () => {
		stage.expose('zenml-workspace', hosts.workspace, [['/', 'zenml']]);
		expect(await problemOf(zenml.health(stage.endpoint(hosts.workspace), signal))).toMatchObject({
			code: 'zenml-not-ready',
			evidence: [expect.stringContaining('503 Service Temporarily Unavailable')],
		});
	});

	it('calls a path that no rule leads to not itself', async () => {
		stage.expose('zenml-workspace', hosts.workspace, [['/elsewhere', 'zenml']]);
		expect(await problemOf(zenml.workspaceInfo(stage.endpoint(hosts.workspace), signal))).toMatchObject({
			code: 'zenml-api-not-itself',
			cause: 'The ingress controller has no rule for this host and path.',
		});
	});
});
