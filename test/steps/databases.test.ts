import {describe, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {probeJob} from '../../source/cluster/probe/job.ts';
import type {ClusterPort, PodProbe} from '../../source/cluster/types.ts';
import type {DatabaseFacts, DatabasePort, PlannedDatabase} from '../../source/database/types.ts';
import {databasesStep} from '../../source/steps/databases/index.ts';
import {gatherDatabase} from '../../source/steps/handover/database.ts';
import {mostConnections} from '../../source/steps/shared/database-servers.ts';
import {textOf} from '../handover/run-script.ts';
import {carried, facts, files, generated, kept, refusal} from './parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, look, refusalOf, rowsOf, worldOf} from './world.ts';

const withAdmin = answersOf((input) => ({...input, database: {...input.database, admin: {password: 'env:DBA'}}}));
const right: Partial<DatabasePort> = {
	probe: async () => facts,
	judge: () => undefined,
	missing: async () => [],
	script: ({database, username}) => [`CREATE DATABASE "${database}" OWNER "${username}";`],
};
/** A site with all passwords made, and databases as they should be, save for what a test changes. */
const site = (database: Partial<DatabasePort> = {}, more: Given = {}): Given => ({
	host: files,
	bundle: carried(),
	cluster: {...kept(generated()), probe: async () => ({exitCode: 0, output: ['{"ok": true}']})},
	databases: {postgresql: {...right, ...database}},
	...more,
});
const see = async (given: Given) => look(databasesStep, worldOf(given));
/** What a look that has to wait says. */
const waitingFor = async (world: ReturnType<typeof worldOf>) => {
	const finding = await look(databasesStep, world);
	if (finding.status !== 'waiting') throw new Error(JSON.stringify(finding));
	return finding;
};
const throwing = (name: ProblemCode) => async () => {
	throw refusal(name, `The server says ${name}.`);
};

describe('databases', () => {
	test('each component logs in as its server will, and a pod reaches the server', async () => {
		const asked: string[] = [];
		const world = worldOf(
			site({
				probe: async ({username, password, database, ca, from}) => {
					asked.push([username, password, database, ca, from].join(' '));
					return facts;
				},
			}),
		);
		expect(await look(databasesStep, world)).toEqual({
			status: 'ok',
			note: '2 databases, PostgreSQL 15.18',
			warnings: [expect.stringContaining('db.corp:5432: 95 connections are free')],
		});
		expect(asked).toEqual([
			'zenml_pro_user pro-password zenml_pro text of /pki/ca.crt controlPlane.database',
			'zenml_workspace_user workspace-password zenml_workspace text of /pki/ca.crt workspaces.0.database',
		]);
		expect(rowsOf(world.told)[0]).toBe(
			'zenml_pro: ok, PostgreSQL 15.18, UTF8, TLSv1.3, owner zenml_pro_user, 0 tables',
		);
	});

	test('while a password is not made and no admin can be asked, a look waits for the database admin', async () => {
		const run = 'the database admin runs its SQL, which the command "handover database" writes';
		expect(changesOf(await see(site({}, {cluster: kept()})))).toEqual([
			`wait database zenml_pro (${run})`,
			`wait database zenml_workspace (${run})`,
		]);
	});

	test('while a password is not made, the admin says all that is to be done', async () => {
		const asked: unknown[] = [];
		const missing = async (_admin: unknown, needed: PlannedDatabase) => {
			asked.push(needed.password);
			return [{action: 'create' as const, target: `role ${needed.username}`, sql: '', shown: 'CREATE ROLE'}];
		};
		expect(changesOf(await see(site({missing}, {answers: withAdmin, cluster: kept()})))).toEqual([
			'create role zenml_pro_user (CREATE ROLE)',
			'create role zenml_workspace_user (CREATE ROLE)',
		]);
		expect(asked).toEqual([undefined, undefined]);
	});

	test('the admin says what is missing; a component that lacks nothing is logged in', async () => {
		const missing = async (_admin: unknown, {database}: PlannedDatabase) =>
			database === 'zenml_pro'
				? []
				: [{action: 'create' as const, target: `role of ${database}`, sql: '', shown: 'CREATE ROLE'}];
		expect(changesOf(await see(site({missing}, {answers: withAdmin})))).toEqual([
			'create role of zenml_workspace (CREATE ROLE)',
		]);
	});

	const noted =
		'db.corp:5432: 95 connections are free, the pods of control plane, workspace default may open 100 while they are rolled out; raise max_connections';

	test('a server with too few connections for the pods of all components warns, once', async () => {
		expect(await see(site())).toMatchObject({status: 'ok', warnings: [noted]});
		const enough: DatabaseFacts = {...facts, maxConnections: 105};
		expect(await see(site({probe: async () => enough}))).toMatchObject({status: 'ok', warnings: []});
	});

	test('the pools of servers that run already are not counted twice', async () => {
		const running: DatabaseFacts = {...facts, tables: 46, usedConnections: 60};
		expect(await see(site({probe: async () => running}))).toMatchObject({status: 'ok', warnings: []});
	});

	test('each component is looked at on its own server, by the port of its engine', async () => {
		const asked: string[] = [];
		const mysql: DatabaseFacts = {...facts, product: 'MariaDB', version: '10.11.6', warnings: ['it is MariaDB']};
		const noting =
			(seen: DatabaseFacts): DatabasePort['probe'] =>
			async ({host, port, ca, username, server, clientCertificate}) => {
				asked.push([host, port, ca, username, server, clientCertificate?.key].join(' '));
				return seen;
			};
		const client = {clientCertificate: '/pki/db.crt', clientKey: '/pki/db.key'};
		const answers = answersOf((input) => ({
			...input,
			database: {host: 'my.corp', ca: '/pki/my-ca.crt'},
			controlPlane: {
				...input.controlPlane,
				database: {server: {engine: 'postgresql', host: 'pg.corp', port: 5433, ...client}},
			},
		}));
		const databases = {
			postgresql: {...right, probe: noting(facts)},
			mysql: {...right, probe: noting(mysql)},
		};
		const world = worldOf(site({}, {answers, databases}));
		expect(await look(databasesStep, world)).toMatchObject({
			status: 'ok',
			note: '2 databases, PostgreSQL 15.18, MariaDB 10.11.6',
			warnings: ['it is MariaDB'],
		});
		expect(asked.toSorted()).toEqual([
			'my.corp 3306 text of /pki/my-ca.crt zenml_workspace_user database ',
			'pg.corp 5433 text of /pki/ca.crt zenml_pro_user controlPlane.database.server text of /pki/db.key',
		]);
		expect(world.secrets).toContain('text of /pki/db.key');
	});

	test('few databases of a server are looked at, and made, at once', async () => {
		let [now, most] = [0, 0];
		const probe = async (): Promise<DatabaseFacts> => {
			now += 1;
			most = Math.max(most, now);
			await new Promise((resolve) => setTimeout(resolve, 5));
			now -= 1;
			return facts;
		};
		const names = Array.from({length: 12}, (_, index) => `w${index}`);
		const answers = answersOf((input) => ({
			...input,
			workspaces: names.map((name) => ({
				name,
				host: `${name}.corp.internal`,
				namespace: name,
				database: {name, username: name, password: 'env:ONE'},
			})),
		}));
		await see(site({probe}, {answers}));
		expect(most).toBe(mostConnections);
		most = 0;
		const made: string[] = [];
		const provision: DatabasePort['provision'] = async (_admin, {database}) => {
			await probe();
			made.push(database);
		};
		const {database} = withAdmin;
		await databasesStep.apply?.(worldOf(site({provision}, {answers: {...answers, database}})));
		expect(most).toBe(mostConnections);
		expect(made.toSorted()).toEqual([...names, 'zenml_pro'].toSorted());
	});

	test.each([
		'database-password',
		'database-missing',
		'database-privileges',
		'database-role-missing',
		'database-role-without-login',
	] as const)(
		'without an admin, %s is for the DBA, with the SQL for all components and no password in it',
		async (name) => {
			const world = worldOf(site({probe: throwing(name)}));
			const {handover, late} = await waitingFor(world);
			const note =
				name === 'database-password'
					? 'its login is refused: not made yet, or its password is another or has expired'
					: `The server says ${name}.`;
			expect(handover).toMatchObject({
				id: 'database',
				who: 'database admin',
				folder: '/state/handover/database',
				pollEveryMs: 15_000,
				awaited: [
					{label: 'database zenml_pro for zenml_pro_user on db.corp:5432', ok: false, note},
					{
						label: 'database zenml_workspace for zenml_workspace_user on db.corp:5432',
						ok: false,
						note,
					},
				],
			});
			expect(handover.sections.map(({fileName}) => fileName)).toEqual([
				'README.txt',
				'db.corp_5432.sql',
				'db.corp_5432-ca.crt',
			]);
			const problem = late('within 5 minutes');
			expect(problem).toMatchObject({
				code: code('database-needs-dba'),
				area: 'people',
				who: 'database admin',
				message:
					'The databases are not ready: the database admin has not run the SQL within 5 minutes, and the answers hold no login that may.',
				cause: `A login as the servers will use it says: The server says ${name}.`,
				fix: 'Give the database admin the SQL and the passwords, which the command "handover database" with --with-passwords writes as files; or give the tool a login that may, as database.admin.username and database.admin.password. Then try again.',
				nextSteps: [
					'the files for the database admin are in /state/handover/database; begin with README.txt',
					'zenml-airgap handover database --with-passwords',
					'zenml-airgap report (writes all of it for a ticket)',
				],
				answers: [
					'database.admin.username',
					'database.admin.password',
					'controlPlane.database.password',
					'workspaces.0.database.password',
				],
			});
			expect(problem.evidence).toBeUndefined();
			const sql = textOf(handover.sections, 'db.corp_5432.sql');
			for (const name of ['zenml_pro', 'zenml_workspace'])
				expect(sql).toContain(`CREATE DATABASE "${name}" OWNER "${name}_user";`);
			expect(JSON.stringify([problem, handover])).not.toContain('pro-password');
		},
	);

	test('the SQL leaves out a component that lacks nothing: nobody touches its account', async () => {
		const probe: DatabasePort['probe'] = async ({from}) => {
			if (from === 'workspaces.0.database') throw refusal('database-missing', 'There is no such database.');
			return facts;
		};
		const {handover, late} = await waitingFor(worldOf(site({probe})));
		expect(handover.awaited.map(({ok, note}) => [ok, note])).toEqual([
			[true, 'its login works'],
			[false, 'There is no such database.'],
		]);
		expect(handover.sections.flatMap(({lines}) => lines).join('\n')).not.toContain('zenml_pro_user');
		// The papers for all accounts, and the passwords beside them, stay as they were handed over.
		expect(handover.folder).toMatch(/database-missing$/u);
		const problem = late('yet');
		expect(textOf(handover.sections, 'db.corp_5432.sql')).toContain('CREATE DATABASE "zenml_workspace"');
		expect(problem.answers).not.toContain('controlPlane.database.password');
	});

	test('the SQL leaves out a component whose password is not made', async () => {
		const answers = answersOf((input) => ({
			...input,
			controlPlane: {...input.controlPlane, database: {password: 'env:PRO'}},
		}));
		const {handover} = await waitingFor(
			worldOf(site({probe: throwing('database-missing')}, {answers, cluster: kept()})),
		);
		const sql = textOf(handover.sections, 'db.corp_5432.sql');
		expect(sql).toContain('CREATE DATABASE "zenml_pro" OWNER "zenml_pro_user";');
		expect(sql).not.toContain('zenml_workspace');
	});

	test('a database that does not do is for the DBA too', async () => {
		const judge = () => refusal('database-privileges', 'It may not create tables.').problem;
		const {handover} = await waitingFor(worldOf(site({judge})));
		expect(handover.awaited.map(({note}) => note)).toEqual(['It may not create tables.', 'It may not create tables.']);
	});

	test('a dry run without an admin says who makes the databases, before and after their passwords are made', async () => {
		const waits = [
			'wait database zenml_pro (the database admin runs its SQL, which the command "handover database" writes)',
			'wait database zenml_workspace (the database admin runs its SQL, which the command "handover database" writes)',
		];
		const before = site({}, {cluster: kept(), pass: 'look'});
		expect(changesOf(await see(before))).toEqual(waits);
		const after = site({probe: throwing('database-missing')}, {pass: 'look'});
		expect(changesOf(await see(after))).toEqual(waits);
	});

	test('what the tool may make itself comes before others are waited for', async () => {
		const server = {engine: 'postgresql', host: 'pg.corp', admin: {password: 'env:DBA'}} as const;
		const answers = answersOf((input) => ({
			...input,
			controlPlane: {...input.controlPlane, database: {server}},
		}));
		const due = {action: 'create' as const, target: 'role zenml_pro_user', sql: '', shown: 'CREATE ROLE'};
		const missing: DatabasePort['missing'] = async () => [due];
		const given = site({missing, probe: throwing('database-missing')}, {answers});
		expect(changesOf(await see(given))).toEqual(['create role zenml_pro_user (CREATE ROLE)']);
		const look = site({missing, probe: throwing('database-missing')}, {answers, pass: 'look'});
		expect(changesOf(await see(look))).toEqual([
			'create role zenml_pro_user (CREATE ROLE)',
			'wait database zenml_workspace (the database admin runs its SQL, which the command "handover database" writes)',
		]);
	});

	test.each(['database-unreachable', 'database-encoding', 'database-certificate-untrusted'] as const)(
		'%s stays as it is: no SQL mends it',
		async (name) => {
			expect(await refusalOf(see(site({probe: throwing(name)})))).toMatchObject({code: name});
		},
	);

	test('with an admin every refusal stays as it is', async () => {
		const answers = withAdmin;
		expect(await refusalOf(see(site({probe: throwing('database-password')}, {answers})))).toMatchObject({
			code: 'database-password',
		});
		expect(await refusalOf(see(site({missing: throwing('database-in-use')}, {answers})))).toMatchObject({
			code: 'database-in-use',
		});
	});

	test('a pod of each namespace logs in as its server will, with what the Secret there holds', async () => {
		const tried: PodProbe[] = [];
		const probe: ClusterPort['probe'] = async (one) => {
			tried.push(one);
			return {exitCode: 0, output: ['{"ok": true, "tls": "TLSv1.3", "version": "15.18"}']};
		};
		const client = {clientCertificate: '/pki/db.crt', clientKey: '/pki/db.key'};
		const answers = answersOf((input) => ({...input, database: {...input.database, ...client}}));
		const given = site({}, {answers, cluster: {...kept(generated()), probe}});
		expect(await see(given)).toMatchObject({status: 'ok'});
		const by = (namespace: string) => tried.find((one) => one.namespace === namespace);
		expect(tried).toHaveLength(2);
		expect(by('zenml-workspace')?.secretVolume).toEqual({
			secret: 'zenml-database',
			path: '/run/zenml-airgap/database',
		});
		expect(JSON.parse(by('zenml-pro')?.env.PROBE_ARGS ?? '')).toEqual({
			engine: 'postgresql',
			host: 'db.corp',
			port: 5432,
			tls: 'verify-full',
			username: 'zenml_pro_user',
			database: 'zenml_pro',
			files: {
				password: '/run/zenml-airgap/database/password',
				ca: '/run/zenml-airgap/database/ca.pem',
				certificate: '/run/zenml-airgap/database/client-cert.pem',
				key: '/run/zenml-airgap/database/client-key.pem',
			},
		});
		expect(JSON.parse(by('zenml-workspace')?.env.PROBE_ARGS ?? '')).toMatchObject({database: 'zenml_workspace'});
		for (const one of tried) {
			expect(JSON.stringify(one)).not.toMatch(/pro-password|workspace-password|text of/u);
			expect(JSON.stringify(probeJob(one, 'job'))).not.toMatch(/pro-password|workspace-password|text of/u);
		}
	});

	test.each([
		[{ok: true}, 'the Secret zenml-database is not there yet'],
		[
			{ok: true, tls: 'TLSv1.3', method: 'client_ed25519'},
			"it does not speak the server's way to log in, client_ed25519",
		],
	])('a pod that did not log in does not pass for one that did: %j', async (said, why) => {
		const probe: ClusterPort['probe'] = async () => ({exitCode: 0, output: [JSON.stringify(said)]});
		const world = worldOf(site({}, {cluster: {...kept(generated()), probe}}));
		expect(await look(databasesStep, world)).toMatchObject({status: 'ok'});
		expect(linesOf(world.told)).toContain(
			`info database server db.corp:5432 from a pod in zenml-pro: reached, and no login tried: ${why}`,
		);
	});

	const throughTheFirewall =
		'Let the pods of this cluster through: network policies, firewall between the nodes and the server, name resolution in the cluster.';
	const elsewhere =
		'Have the way from the nodes to db.corp:5432 looked at: a load balancer, a proxy or another DNS answers the pods in its place.';
	const place = ['database.host', 'database.port'];
	const account = ['workspaces.0.database.username', 'workspaces.0.database.password'];

	test.each([
		[
			'a closed way',
			{error: '[Errno 111] Connection\nrefused\u001b[31m', kind: 'refused'},
			{
				who: 'network team',
				cause: 'The pod does not get through. It says: [Errno 111] Connection refused [31m.',
				fix: throughTheFirewall,
				nextSteps: ['kubectl -n zenml-workspace get networkpolicy'],
				answers: place,
			},
		],
		[
			'no answer in time',
			{error: 'no login within 15 s', kind: 'timeout'},
			{
				who: 'network team',
				cause: 'The pod does not get through. It says: no login within 15 s.',
				fix: throughTheFirewall,
				answers: place,
			},
		],
		[
			'a name that is not known',
			{error: '[Errno -2] Name or service not known', kind: 'dns'},
			{
				who: 'cluster admin',
				cause: 'The DNS of the cluster does not know db.corp. The pod says: [Errno -2] Name or service not known.',
				fix: 'Have the name added to the DNS that pods ask, or give the address of the server in database.host.',
				answers: place,
			},
		],
		[
			'a certificate of another CA',
			{error: 'certificate verify failed', kind: 'certificate', code: 20},
			{
				who: 'network team',
				cause:
					'The pod is shown a certificate that the CA in the Secret zenml-database did not sign. The pod says: certificate verify failed.',
				fix: elsewhere,
			},
		],
		[
			'a certificate of another host',
			{error: 'Hostname mismatch', kind: 'certificate', code: 62},
			{
				who: 'network team',
				cause: 'The pod is shown a certificate that is not for db.corp. The pod says: Hostname mismatch.',
				fix: elsewhere,
			},
		],
		[
			'no TLS',
			{error: 'it offers no TLS', kind: 'tls-not-offered'},
			{who: 'network team', cause: 'The pod is offered no TLS, which database.tls asks for.', fix: elsewhere},
		],
		[
			'a login that is refused by where it comes from',
			{error: 'no pg_hba.conf entry for host "10.1.2.3"', kind: 'login', code: '28000'},
			{
				who: 'database admin',
				cause:
					'The server refuses the pod with 28000: no pg_hba.conf entry for host "10.1.2.3". The same login works from this host: pg_hba.conf may not admit the network of the pods.',
				fix: 'Have a line added to pg_hba.conf that admits role zenml_workspace_user from the network of the pods.',
				answers: [...place, ...account],
			},
		],
		[
			'a server that is full',
			{error: 'sorry, too many clients already', kind: 'login', code: '53300'},
			{
				who: 'database admin',
				cause: 'The server refuses the pod with 53300: sorry, too many clients already.',
				fix: 'Have what the server says mended, then start the same command again.',
				answers: [...place, ...account],
			},
		],
		[
			'something else',
			{error: 'it closed the connection during the login', kind: 'other'},
			{
				who: 'network team',
				cause: 'The pod itself says: it closed the connection during the login.',
				fix: elsewhere,
			},
		],
	])('where a pod of one namespace meets %s, that is told', async (_, said, told) => {
		const probe: ClusterPort['probe'] = async ({namespace}) => ({
			exitCode: 0,
			output: [JSON.stringify(namespace === 'zenml-workspace' ? said : {ok: true})],
		});
		expect(await refusalOf(see(site({}, {cluster: {...kept(generated()), probe}})))).toMatchObject({
			code: code('unreachable-from-pod-database'),
			area: 'database',
			message:
				'A pod in namespace zenml-workspace cannot log in to the database server db.corp:5432, though this host can.',
			...told,
		});
	});

	test('a pod for a control plane on MySQL tries what its servers do, which can ask for no TLS; a workspace asks', async () => {
		const tried: PodProbe[] = [];
		const probe: ClusterPort['probe'] = async (one) => {
			tried.push(one);
			return {exitCode: 0, output: ['{"ok": true, "tls": "none", "version": "8.4.3"}']};
		};
		const answers = answersOf((input) => ({...input, database: {host: 'my.corp', ca: '/pki/my-ca.crt'}}));
		const databases = {mysql: {...right, probe: async () => facts}};
		await see(site({}, {answers, databases, cluster: {...kept(generated()), probe}}));
		const asked = tried.map(({namespace, env}) => [namespace, JSON.parse(env.PROBE_ARGS ?? '').tls]);
		expect(asked.toSorted()).toEqual([
			['zenml-pro', 'disable'],
			['zenml-workspace', 'verify-full'],
		]);
	});

	test('a login to MySQL that only pods are refused points to the host part of the account', async () => {
		const words = "Access denied for user 'zenml_workspace_user'@'10.1.2.3' (using password: YES)";
		const output = [JSON.stringify({error: words, kind: 'login', code: 1045})];
		const answers = answersOf((input) => ({...input, database: {host: 'my.corp', ca: '/pki/my-ca.crt'}}));
		const given = site(
			{},
			{
				answers,
				cluster: {...kept(generated()), probe: async () => ({exitCode: 0, output})},
				databases: {mysql: right},
			},
		);
		expect(await refusalOf(see(given))).toMatchObject({
			code: 'unreachable-from-pod-database',
			who: 'database admin',
			cause: expect.stringContaining(
				`refuses the pod with 1045: ${words}. The same login works from this host: the host part`,
			),
			fix: "Have the account made for the network of the pods, or for every host: 'zenml_pro_user'@'%'.",
		});
	});

	test('a namespace that is gone is left to the step that makes it', async () => {
		const probe: ClusterPort['probe'] = async ({namespace}) => {
			if (namespace === 'zenml-workspace') throw refusal(code('kubernetes-namespace-missing'));
			return {exitCode: 0, output: ['{"ok": true}']};
		};
		expect(await see(site({}, {cluster: {...kept(generated()), probe}}))).toMatchObject({status: 'ok'});
	});

	test('apply provisions each component as the admin, and tells each statement', async () => {
		const made: string[] = [];
		const provision: DatabasePort['provision'] = async ({username}, wish, {onStatement}) => {
			made.push(`${username}: ${wish.database} ${wish.password} ${wish.from}`);
			onStatement(`CREATE DATABASE ${wish.database}`);
		};
		const world = worldOf(site({provision}, {answers: withAdmin}));
		await databasesStep.apply?.(world);
		expect(made).toEqual([
			'postgres: zenml_pro pro-password controlPlane.database',
			'postgres: zenml_workspace workspace-password workspaces.0.database',
		]);
		expect(linesOf(world.told)).toEqual(['info CREATE DATABASE zenml_pro', 'info CREATE DATABASE zenml_workspace']);
	});

	test('apply does nothing without an admin, and asks for passwords that are not made', async () => {
		await databasesStep.apply?.(worldOf());
		const world = worldOf(site({}, {answers: withAdmin, cluster: kept()}));
		expect(await refusalOf(databasesStep.apply?.(world) ?? Promise.resolve())).toMatchObject({
			code: code('generated-secret-missing'),
			message: 'The generated secret controlPlane.database.password is not in the cluster.',
		});
	});
});

test('papers without passwords say how to have them: those that are made, and those that are not yet', async () => {
	const told = async (cluster: Partial<ClusterPort>) => {
		const {lacks} = await gatherDatabase(worldOf(site({}, {cluster})), {});
		return lacks.filter((one) => /password|Generated/iu.test(one));
	};
	const writes =
		'Passwords are not among the files. This writes them:\nzenml-airgap handover database --with-passwords';
	expect(await told(kept(generated()))).toEqual([writes]);
	const later = [
		writes,
		expect.stringMatching(/^Generated \(.+, .+\), they exist after:\nzenml-airgap install --until secrets$/u),
	];
	expect(await told(kept())).toEqual(later);
	const away = async () => {
		throw refusal('kubernetes-unreachable', 'It does not answer.');
	};
	expect(await told({get: away})).toEqual(later);
});

test('passwords that were asked for and are not made yet are told once, with the command that makes them', async () => {
	const {lacks, problem} = await gatherDatabase(worldOf(site({}, {cluster: kept()})), {withPasswords: true});
	expect(lacks.filter((one) => /password/iu.test(one))).toEqual([]);
	expect(problem).toMatchObject({
		message: '2 of 2 passwords for the database admin could not be written.',
		cause:
			'They cannot be had now. Not made yet, which the install does in its step "secrets": zenml_pro_user, zenml_workspace_user.',
		fix: 'Make them available, then ask for these papers again.',
		nextSteps: ['zenml-airgap install --until secrets'],
	});
});
