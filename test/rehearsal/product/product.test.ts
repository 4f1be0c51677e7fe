import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createZenml} from '../../../source/zenml/client.ts';
import {controlPlaneEnv, hosts, https, openStage, raiseControlPlane, type Stage} from './stage.ts';

const signal = new AbortController().signal;
const zenml = createZenml({https});

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
}, 60_000);
afterAll(() => stage?.close());

const storeEnv = (): Record<string, string> => ({
	ZENML_STORE_URL: `mysql://zenml_workspace_user@127.0.0.1:${stage.mysqlPort}/zenml_workspace`,
	ZENML_STORE_PASSWORD: 'pw-workspace',
	ZENML_STORE_SSL: 'True',
	ZENML_STORE_SSL_CA: stage.caPem,
	ZENML_STORE_SSL_VERIFY_SERVER_CERT: 'True',
});

const workspaceEnv = (id: string, key: string): Record<string, string> => ({
	...storeEnv(),
	ZENML_SERVER_DEPLOYMENT_TYPE: 'cloud',
	ZENML_SERVER_SERVER_URL: `https://${hosts.workspace}:${stage.frontPort}`,
	ZENML_SERVER_PRO_API_URL: `https://${hosts.controlPlane}:${stage.frontPort}/api/v1`,
	ZENML_SERVER_PRO_WORKSPACE_ID: id,
	ZENML_SERVER_PRO_ORGANIZATION_ID: '11111111-2222-3333-4444-555555555555',
	ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET: key,
	ZENML_ANALYTICS_OPT_IN: 'False',
});
const server = {namespace: 'zenml-workspace', name: 'zenml', image: 'zenml-pro-server:0.95.1', ca: true};

it('containers of the product fail a migration with a traceback when the database is not there', async () => {
	const outcome = await stage.run({
		namespace: 'zenml-pro',
		name: 'migration-early',
		image: 'zenml-pro-api:0.13.18',
		job: true,
		env: controlPlaneEnv(stage),
	});
	expect(outcome).toEqual({exit: 1});
	expect(stage.logs.get('migration-early')?.join('\n')).toContain(
		'password authentication failed for user "zenml_pro_user"',
	);
});

it('containers of the product bring up the control plane on real tables', async () => {
	await raiseControlPlane(stage);
	const tables = await stage.sql('zenml_pro', "select tablename from pg_tables where schemaname = 'public'");
	expect(tables.map(({tablename}) => tablename)).toEqual(expect.arrayContaining(['account', 'workspace']));
	expect(stage.logs.get('zenml-pro')?.at(-1)).toContain('Uvicorn running');
});

it('containers of the product are not pulled from another registry, without the pull secret, or when the tag is missing', async () => {
	const base = {namespace: 'zenml-pro', name: 'puller', env: {}};
	const message = async (image: string, pullSecret: boolean) => {
		const outcome = await stage.run({...base, image, pullSecret});
		return typeof outcome === 'object' && 'waiting' in outcome ? outcome.waiting : outcome;
	};
	expect(await message('busybox/busybox:latest', true)).toMatchObject({
		reason: 'ErrImagePull',
		message: expect.stringContaining('no such host'),
	});
	expect(await message('zenml-pro-api:0.13.18', false)).toMatchObject({
		message: expect.stringContaining('no basic auth credentials'),
	});
	expect(await message('zenml-pro-api:9.9.9', true)).toMatchObject({message: expect.stringContaining('not found')});
});

it('containers of the product end a workspace server that cannot resolve, trust or log in to the control plane', async () => {
	const log = (): string => stage.logs.get('zenml')?.join('\n') ?? '';
	const env = workspaceEnv('00000000-0000-4000-8000-000000000000', 'no key');
	expect(await stage.run({...server, env})).toEqual({exit: 3});
	expect(log()).toContain('Failed to resolve');
	stage.names.set(hosts.controlPlane, '127.0.0.1');
	expect(await stage.run({...server, env, ca: false})).toEqual({exit: 3});
	expect(log()).toContain('CERTIFICATE_VERIFY_FAILED');
	expect(await stage.run({...server, env})).toEqual({exit: 3});
	expect(log()).toContain('401 Client Error');
});

it('containers of the product bring up an enrolled workspace that then reports itself available', async () => {
	const controlPlane = stage.endpoint(hosts.controlPlane);
	const session = await zenml.login(controlPlane, {username: 'admin', password: 'admin-password'}, signal);
	const {id: organizationId} = await session.createOrganization('default');
	const enrolled = await session.enroll({name: 'default', organizationId});
	const outcome = await stage.run({...server, env: workspaceEnv(enrolled.id, enrolled.enrollmentKey)});
	expect(outcome).toMatchObject({running: true});
	expect(await session.workspaces(organizationId)).toMatchObject([{id: enrolled.id, status: 'available'}]);
	stage.expose('zenml-workspace', hosts.workspace, [['/', 'zenml']]);
	await zenml.health(stage.endpoint(hosts.workspace), signal);
	expect(await zenml.workspaceInfo(stage.endpoint(hosts.workspace), signal)).toMatchObject({
		version: '0.95.1',
		deploymentType: 'cloud',
		databaseType: 'mysql',
		analyticsEnabled: false,
		proWorkspaceId: enrolled.id,
	});
});

const migration = {...server, name: 'ws-migration', job: true};
const logOf = (name: string): string => stage.logs.get(name)?.join('\n') ?? '';

it.each([
	[
		'an engine that it has no driver for',
		{ZENML_STORE_URL: 'postgresql://u@db.example/zenml'},
		'Invalid SQL driver value `postgresql`',
	],
	['a wrong password', {ZENML_STORE_PASSWORD: 'no'}, `(1045, "Access denied for user 'zenml_workspace_user'`],
	['no TLS where the account requires it', {ZENML_STORE_SSL: 'False'}, `(1045, "Access denied for user`],
	['a CA that did not sign', {ZENML_STORE_SSL_CA: '', ZENML_STORE_SSL: 'True'}, 'Database migration finished.'],
])('the migration of a workspace with %s tells it', async (_what, change, words) => {
	await stage.run({...migration, env: {...storeEnv(), ...change}});
	expect(logOf('ws-migration')).toContain(words);
});

it('a migration whose account lacks one of nine privileges fails where the product would', async () => {
	await stage.mysql(
		'CREATE DATABASE `weak`',
		"CREATE USER 'weak'@'%' IDENTIFIED BY 'weak word'",
		"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON `weak`.* TO 'weak'@'%'",
	);
	const env = {ZENML_STORE_URL: `mysql://weak:weak%20word@127.0.0.1:${stage.mysqlPort}/weak`};
	expect(await stage.run({...migration, env})).toEqual({exit: 1});
	expect(logOf('ws-migration')).toContain(
		`(1142, "REFERENCES command denied to user 'weak'@'localhost' for table 'stack'")`,
	);
});

it('a migration makes a database that is missing where the account may, and says so where it may not', async () => {
	await stage.mysql(
		"CREATE USER 'maker'@'%' IDENTIFIED BY 'm'",
		"GRANT ALL PRIVILEGES ON `made`.* TO 'maker'@'%'",
		"CREATE USER 'other'@'%' IDENTIFIED BY 'o'",
	);
	const env = (login: string) => ({ZENML_STORE_URL: `mysql://${login}@127.0.0.1:${stage.mysqlPort}/made`});
	expect(await stage.run({...migration, env: env('other:o')})).toEqual({exit: 1});
	expect(logOf('ws-migration')).toContain(`(1044, "Access denied for user 'other'@'%' to database 'made'")`);
	expect(await stage.run({...migration, env: env('maker:m')})).toEqual({exit: 0});
});

it('a server that may make no tables does not start without them', async () => {
	await stage.mysql('CREATE DATABASE `bare`', "GRANT SELECT ON `bare`.* TO 'maker'@'%'");
	const env = {
		ZENML_STORE_URL: `mysql://maker:m@127.0.0.1:${stage.mysqlPort}/bare`,
		DISABLE_DATABASE_MIGRATION: 'True',
	};
	expect(await stage.run({...server, env})).toEqual({exit: 1});
	expect(logOf('zenml')).toContain(`(1146, "Table 'bare.identity' doesn't exist")`);
});

it('an image older than its chart lacks the module that migrates', async () => {
	const command = ['python', '-m', 'zenml.zen_server.database_migration'];
	expect(await stage.run({...migration, env: storeEnv(), command})).toEqual({exit: 1});
	expect(logOf('ws-migration')).toContain('No module named zenml.zen_server.database_migration');
});

it('a control plane works on MySQL as it does on PostgreSQL', async () => {
	await stage.mysql(
		'CREATE DATABASE `cp`',
		"CREATE USER 'cp'@'%' IDENTIFIED BY 'c'",
		"GRANT ALL PRIVILEGES ON `cp`.* TO 'cp'@'%'",
	);
	const env = {
		...controlPlaneEnv(stage, 'c'),
		ZENML_CLOUD_DATABASE_TYPE: 'mysql',
		ZENML_CLOUD_DATABASE_PORT: String(stage.mysqlPort),
		ZENML_CLOUD_DATABASE_USERNAME: 'cp',
		ZENML_CLOUD_DATABASE_NAME: 'cp',
	};
	const base = {namespace: 'zenml-pro', env, image: 'zenml-pro-api:0.13.18'};
	expect(await stage.run({...base, name: 'cp-early'})).toEqual({exit: 1});
	expect(logOf('cp-early')).toContain('run the database migration first');
	expect(await stage.run({...base, name: 'cp-migration', job: true})).toEqual({exit: 0});
	expect(await stage.run({...base, name: 'cp'})).toMatchObject({running: true});
});

it('containers of the product tell a workspace without a database as SQLite', async () => {
	await stage.run({...server, env: {}});
	expect(await zenml.workspaceInfo(stage.endpoint(hosts.workspace), signal)).toMatchObject({
		databaseType: 'sqlite',
		deploymentType: 'kubernetes',
	});
});

describe('probe pods', () => {
	const probe = async (kind: string, args: unknown) => {
		const outcome = await stage.run({
			namespace: 'zenml-workspace',
			name: 'probe',
			image: 'zenml-pro-server:0.95.1',
			env: {PROBE_KIND: kind, PROBE_ARGS: JSON.stringify(args)},
			annotations: {'zenml-airgap.io/probe': 'test'},
			job: true,
		});
		return {outcome, result: JSON.parse(stage.logs.get('probe')?.[0] ?? 'null') as unknown};
	};

	it('resolve names as the cluster does', async () => {
		stage.names.set(hosts.controlPlane, '127.0.0.1');
		expect(await probe('dns', {names: [hosts.controlPlane, 'nobody.test.internal']})).toEqual({
			outcome: {exit: 0},
			result: {[hosts.controlPlane]: ['127.0.0.1'], 'nobody.test.internal': []},
		});
	});

	it('check the chain of the control plane against the CA they are given', async () => {
		const url = `https://${hosts.controlPlane}:${stage.frontPort}/api/v1/users/me`;
		expect((await probe('https', {url, ca: stage.caPem})).result).toEqual({status: 401});
		expect((await probe('https', {url, ca: ''})).result).toMatchObject({kind: 'certificate'});
	});

	it('reach the database or say why not', async () => {
		stage.names.set('127.0.0.1', '127.0.0.1');
		expect((await probe('database', {host: '127.0.0.1', port: stage.databasePort})).result).toEqual({ok: true});
		expect((await probe('database', {host: '127.0.0.1', port: 9})).result).toMatchObject({kind: 'refused'});
	});
});
