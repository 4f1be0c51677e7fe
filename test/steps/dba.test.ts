import {afterAll, beforeAll, expect, test} from 'vitest';
import {addressOf} from '../../source/answers/database-server.ts';
import {unattended} from '../../source/engine/controls.ts';
import {neededDatabase, portFor, serverOf} from '../../source/steps/shared/database-logins.ts';
import {componentsOf} from '../../source/steps/shared/names.ts';
import {type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;
beforeAll(async () => {
	site = await startSite();
});
afterAll(async () => site?.stop());

const withoutDba = () =>
	site.answers((input) => {
		const {admin: _none, ...database} = input.database ?? {};
		const {admin: _neither, ...server} = input.controlPlane.database?.server ?? {host: ''};
		const ofControlPlane = {...input.controlPlane.database, server};
		return {...input, database, controlPlane: {...input.controlPlane, database: ofControlPlane}};
	});

/** A run that waits for nobody. */
const runAlone = async (answers: Parameters<Site['run']>[0]) =>
	site.run(answers, {
		until: 'databases',
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
	});

/** What psql does with the script: variables, `\gexec`, and statements one by one. */
const runInPsql = async (script: readonly string[], variables: Readonly<Record<string, string>>): Promise<void> => {
	const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
	let statement = '';
	for (const line of script) {
		const gexec = line.trim() === '\\gexec';
		if (!gexec && (line.startsWith('--') || line.trim().startsWith('\\'))) continue;
		if (!gexec) statement += `${line}\n`;
		if (!gexec && !line.trimEnd().endsWith(';')) continue;
		const text = statement.replaceAll(/:'(\w+)'/gu, (_all, name: string) => quoted(variables[name] ?? ''));
		statement = '';
		const rows = await site.sql(text);
		for (const made of gexec ? rows.flatMap((row) => Object.values(row)) : []) await site.sql(String(made));
	}
};

/** A text of SQL without its quotes. */
const unquoted = (text = ''): string => text.replaceAll("''", "'").replaceAll(/\\(.)/gu, '$1');

const puttingTogether =
	/^SET @statement = CONCAT\('((?:[^'\\]|''|\\.)*)', QUOTE\((@\w+)\), '((?:[^'\\]|''|\\.)*)'\);$/u;

/** What a MySQL server does with the script: it puts statements together and executes them; the played one knows no PREPARE. */
const runInMysql = async (script: readonly string[], variables: Readonly<Record<string, string>>): Promise<void> => {
	let statement = '';
	for (const line of script.filter((one) => !/^(?:--|PREPARE|DEALLOCATE|SET @statement = NULL)/u.test(one))) {
		const [, before, variable = '', after] = puttingTogether.exec(line) ?? [];
		if (before !== undefined) {
			const password = variables[variable.slice(1)]?.replaceAll(/['\\]/gu, '\\$&') ?? '';
			statement = `${unquoted(before)}'${password}'${unquoted(after)}`;
		} else await site.mysql(line.startsWith('EXECUTE') ? statement : line.replace(/;$/u, ''));
	}
};

/** The SQL for each component, under the name of its server. */
const scriptOf = async (answers: Parameters<Site['run']>[0]): Promise<readonly string[]> => {
	const world = await site.world(answers);
	return componentsOf(answers).flatMap((component) => {
		const server = serverOf(world, component);
		return [`-- On ${addressOf(server)}:`, ...portFor(world, server).script(neededDatabase(world, component))];
	});
};

/** The part of the script that is for one server. */
const partFor = (script: readonly string[], port: number | undefined): readonly string[] => {
	const begin = script.findIndex((line) => line.startsWith('-- On ') && line.endsWith(`:${port}:`));
	const rest = script.slice(begin + 1);
	const end = rest.findIndex((line) => line.startsWith('-- On '));
	return end < 0 ? rest : rest.slice(0, end);
};

test('without a login of the database admin, a run stops with the SQL for them, and goes on once it was run', async () => {
	const answers = withoutDba();
	const refused = await runAlone(answers);
	expect(refused).toMatchObject({
		exitCode: 4,
		problem: {code: 'database-needs-dba', area: 'people', who: 'database admin'},
	});
	const script = await scriptOf(answers);
	expect((await site.sql('select datname from pg_database')).map(({datname}) => datname)).not.toContain('zenml_pro');
	const {cluster} = await site.world(answers);
	const at = {apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'zenml-airgap-generated'};
	const data = ((await cluster.get(at, never))?.data ?? {}) as Record<string, string>;
	const passwordOf = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString('utf8');
	const passwords = {
		zenml_pro_user_password: passwordOf('controlPlane.database.password'),
		zenml_workspace_user_password: passwordOf('workspaces.default.database.password'),
	};
	for (const password of Object.values(passwords)) {
		expect(password).toHaveLength(32);
		expect(JSON.stringify(refused.events)).not.toContain(password);
	}
	await runInPsql(partFor(script, answers.controlPlane.database.server?.port), passwords);
	const second = (await runAlone(answers)).problem;
	// What is ready already gets no second password.
	expect(second).toMatchObject({
		code: 'database-needs-dba',
		answers: ['database.admin.username', 'database.admin.password', 'workspaces.0.database.password'],
	});
	await runInMysql(partFor(script, answers.database.port), passwords);
	expect(await site.run(answers, {until: 'databases'})).toMatchObject({exitCode: 0});
	expect(await site.check('databases', answers, 'verify')).toMatchObject({status: 'ok'});
});
