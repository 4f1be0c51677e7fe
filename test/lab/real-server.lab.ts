import {readFileSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {parse, stringify} from 'yaml';
import {openLabAuthority} from '../../lab/certificates.ts';
import {productVersions} from '../../lab/image-bundle.ts';
import {stopPart} from '../../lab/part.ts';
import {labPaths} from '../../lab/paths.ts';
import {up} from '../../lab/up.ts';
import {send} from './api-client.ts';
import {labFacts} from './lab.ts';
import {logIn, make, namesOf, runPipeline, workspace} from './product.ts';
import {beginInstall, install} from './program.ts';
import {clearWorld, dropWorkspaces, dumpWorld, enterNames, forgetImages, mysqlRows, removeNamespaces} from './world.ts';

const facts = labFacts();
const paths = labPaths(process.env);
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-real-'));
	folders.push(folder);
	return folder;
};
const set = (...words: readonly string[]): readonly string[] => words.flatMap((word) => ['--set', word]);

beforeAll(async () => {
	await clearWorld();
	await forgetImages();
	await enterNames();
}, 180_000);
afterAll(async () => {
	await clearWorld();
	for (const folder of folders) await rm(folder, {recursive: true, force: true});
}, 180_000);

type Schema = {readonly revision: unknown; readonly tables: number};
const schema = async (): Promise<Schema> => {
	const [version] = await mysqlRows('select version_num as revision from zenml_workspace.alembic_version');
	const tables = await mysqlRows(
		"select table_name as name from information_schema.tables where table_schema = 'zenml_workspace'",
	);
	return {revision: version?.revision, tables: tables.length};
};

let state = '';
let before: Schema | undefined;
let project = '';

describe('the real workspace server on the real MySQL', () => {
	it('of an earlier version is installed by us, and a user logs in and makes objects', async () => {
		state = await newFolder();
		const first = await install(state, {args: set(`bundle.path=${facts.earlierBundle}`)});
		expect(first.code, first.output.slice(-3000)).toBe(0);
		const info = await send(workspace, 'GET', '/info');
		expect(info.body).toMatchObject({
			version: '0.93.0',
			deployment_type: 'cloud',
			database_type: 'mysql',
			server_url: `https://zenml-workspace.${facts.zoneName}`,
			dashboard_url: `https://zenml-pro.${facts.zoneName}/workspaces/default`,
			analytics_enabled: false,
		});
		const user = await logIn();
		project = await make(user, '/projects', {name: 'first', display_name: 'First'});
		await make(user, '/pipelines', {name: 'before', project});
		await make(user, '/secrets', {name: 'kept', private: false, values: {word: 'open sesame'}});
		before = await schema();
		expect(before.tables).toBeGreaterThan(40);
	});

	it('is upgraded with its data, runs a real pipeline, and a second run finds nothing to do', async () => {
		expect(before, 'the earlier version was installed').toBeDefined();
		const upgraded = await install(state);
		expect(upgraded.code, upgraded.output.slice(-3000)).toBe(0);
		expect((await send(workspace, 'GET', '/info')).body).toMatchObject({
			version: productVersions.workspace,
			deployment_type: 'cloud',
			database_type: 'mysql',
		});
		const after = await schema();
		expect(after.revision).not.toBe(before?.revision);
		expect(after.tables).toBeGreaterThan(before?.tables ?? 0);
		const user = await logIn();
		expect(await namesOf(user, `/pipelines?project=${project}`)).toContain('before');
		const run = await runPipeline(user, project, productVersions.workspace, await newFolder());
		expect(run.output).toMatch(/^RUN \S+ completed$/mu);
		const whole = await dumpWorld();
		const again = await install(state);
		expect(again.code).toBe(0);
		expect(again.output).not.toMatch(/\d\/\d+\] .*: done/u);
		expect(await dumpWorld()).toEqual(whole);
	});
});

/** Answers in which a database server has no administrator: what the workspace's own login meets is told. */
const withoutAdmin = async (): Promise<readonly string[]> => {
	const file = join(await newFolder(), 'answers.yaml');
	const answers = parse(readFileSync(facts.answers ?? '', 'utf8')) as {database: {admin?: unknown}};
	delete answers.database.admin;
	writeFileSync(file, stringify(answers), {mode: 0o600});
	// Nobody runs the SQL here: the run is not to wait for it.
	return ['--answers', file, '--set', 'network.waitMinutes=0'];
};
const account = "'zenml_workspace_user'@'%'";

describe('what is wrong around the real server is told right', () => {
	it('an engine that workspaces cannot work with is refused before anything is done', async () => {
		const engine = [
			'engine=postgresql',
			'host=postgres.lab.internal',
			`admin.password=file:${facts.postgres.passwordFile}`,
		];
		const refused = await install(await newFolder(), {args: set(...engine.map((one) => `database.${one}`))});
		expect(refused.output).toContain('database-engine-unfit');
		expect(refused.output).toMatch(/MySQL/u);
		expect(refused.code).toBe(2);
	});

	it('a CA that did not sign the certificate of MySQL is named', async () => {
		const {ca} = await openLabAuthority(await newFolder());
		const refused = await install(state, {args: set(`database.ca=${ca}`)});
		expect(refused.output).toContain('database-certificate-untrusted');
		expect(refused.code).toBe(7);
	});

	it('an account that MySQL lets in without TLS is told with the SQL that mends it, and mended with an administrator', async () => {
		await mysqlRows(`alter user ${account} require none`);
		const refused = await install(state, {args: await withoutAdmin()});
		expect(refused.output).toContain('database-needs-dba');
		expect(refused.output).toContain('takes the login of account zenml_workspace_user without TLS');
		expect(refused.output).toContain('/handover/database; begin with README.txt');
		expect((await install(state)).code).toBe(0);
		expect(await mysqlRows("select ssl_type from mysql.user where user = 'zenml_workspace_user'")).toEqual([
			{ssl_type: 'ANY'},
		]);
	});

	it('a password that MySQL does not take is told as such, without the password', async () => {
		await mysqlRows(`alter user ${account} identified by 'another one'`);
		const refused = await install(state, {args: await withoutAdmin()});
		expect(refused.output).toContain('database-needs-dba');
		expect(refused.output).toContain('refuses the login of account zenml_workspace_user');
		expect(refused.output).not.toContain('another one');
		expect((await install(state)).code).toBe(0);
	});

	it('a control plane that goes away while the workspace starts is told with the last words of the server', async () => {
		// The control plane stays: the workspace alone is installed anew.
		await removeNamespaces(['zenml-workspace', 'zenml-workload-manager']);
		await dropWorkspaces(['zenml_workspace']);
		const running = beginInstall(state);
		expect(await running.reached(/pod zenml-workspace\/\S*db-migration\S*: completed/u)).toBeUndefined();
		await stopPart(paths, 'nginx');
		const refused = await running.done;
		const minor = /^v(\d+\.\d+)/u.exec(facts.kubernetes.version)?.[1] ?? '';
		await up(paths, {minor, node: true}, () => undefined);
		expect(refused.output).toContain('Error fetching auth token from the Cloud API');
		expect(refused.code).toBe(8);
	});
});
