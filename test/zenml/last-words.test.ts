import {describe, expect, test} from 'vitest';
import type {Actor} from '../../source/base/people/actor.ts';
import type {ProblemArea, ProblemCode} from '../../source/base/problem.ts';
import {logText} from '../../source/cluster/objects/log-lines.ts';
import {crashProblems} from '../../source/zenml/crash-problems.ts';
import {lastWordsIn} from '../../source/zenml/last-words.ts';

const server = {pod: 'zenml-5d9f', job: undefined, component: 'workspaces.1'} as const;

/** A traceback of rich as it is drawn where there is no terminal: frames, and lines broken at 80 characters. */
const drawn = (words: string): readonly string[] => [
	'INFO:     Started server process [1]',
	'INFO:     Waiting for application startup.',
	'╭───────────────────── Traceback (most recent call last) ──────────────────────╮',
	...Array.from(
		{length: 300},
		(_line, at) => `│ /opt/venv/lib/python3.12/site-packages/a/b${at}.py:${at} in connect        │`,
	),
	'╰──────────────────────────────────────────────────────────────────────────────╯',
	...(words.match(/.{1,79}(?:\s|$)/gu) ?? []).map((line) => line.trimEnd()),
	'ERROR:    Application startup failed. Exiting.',
];

type Row = {
	readonly about: string;
	readonly said: string;
	readonly code: ProblemCode;
	readonly final: boolean;
	readonly who?: Actor;
	readonly area?: ProblemArea;
	readonly cause: string;
	readonly answers?: readonly string[];
};

const login = 'RuntimeError: Error fetching auth token from the Cloud API:';
const pool = "HTTPSConnectionPool(host='pro.corp', port=443): Max retries exceeded with url: /auth/login";

const rows: readonly Row[] = [
	{
		about: 'a control plane whose name the pods do not know',
		said: `${login} ${pool} (Caused by NameResolutionError("HTTPSConnection(host='pro.corp', port=443): Failed to resolve 'pro.corp' ([Errno -2] Name or service not known)"))`,
		code: 'server-control-plane-unreachable',
		final: false,
		who: 'network team',
		cause: 'The name server of the cluster does not know the name of the control plane',
		answers: ['controlPlane.host', 'ingress.address'],
	},
	{
		about: 'a control plane that is down',
		said: `${login} ${pool} (Caused by NewConnectionError("HTTPSConnection(host='pro.corp', port=443): Failed to establish a new connection: [Errno 111] Connection refused"))`,
		code: 'server-control-plane-unreachable',
		final: false,
		who: 'network team',
		cause: 'Nothing answers at the address of the control plane',
		answers: ['controlPlane.host', 'ingress.address'],
	},
	{
		about: 'a wrong enrollment key',
		said: `${login} 401 Client Error: Unauthorized for url: https://pro.corp/api/v1/auth/login`,
		code: 'server-enrollment-refused',
		final: true,
		cause: 'The key that the pod has is not the one',
		answers: ['workspaces'],
	},
	{
		about: 'a CA of the control plane that is not trusted',
		said: `${login} ${pool} (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1010)')))`,
		code: 'server-ca-untrusted',
		final: true,
		cause: 'The CA in its pod did not sign the certificate of the control plane',
		answers: ['tls.ca', 'tls.certificate'],
	},
	{
		about: 'a CA of MySQL that is not trusted',
		said: `sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'mysql.corp' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1010))")`,
		code: 'server-ca-untrusted',
		final: true,
		cause: 'The CA in its pod did not sign the certificate of the database server',
		answers: ['database.ca', 'database.host'],
	},
	{
		about: 'a CA of PostgreSQL that is not trusted',
		said: 'connection to server at "db.corp" (10.0.0.4), port 5432 failed: SSL error: certificate verify failed',
		code: 'server-ca-untrusted',
		final: true,
		cause: 'The CA in its pod did not sign the certificate of the database server',
		answers: ['database.ca', 'database.host'],
	},
	{
		about: 'a wrong password of MySQL',
		said: `(pymysql.err.OperationalError) (1045, "Access denied for user 'zenml'@'10.1.0.7' (using password: YES)")`,
		code: 'server-database-login',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'it must use TLS (REQUIRE SSL) and the pod came without',
		answers: ['database.tls', 'workspaces.1.database.username', 'workspaces.1.database.password'],
	},
	{
		about: 'a wrong password of PostgreSQL',
		said: 'connection to server at "db.corp" failed: FATAL:  password authentication failed for user "zenml_pro"',
		code: 'server-database-login',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The password is not that of the account',
		answers: ['database.tls', 'workspaces.1.database.username', 'workspaces.1.database.password'],
	},
	{
		about: 'a database of MySQL that is not there',
		said: `(pymysql.err.OperationalError) (1049, "Unknown database 'zenml'")`,
		code: 'server-database-unknown',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server has no database of the name in the answers',
		answers: ['workspaces.1.database.name'],
	},
	{
		about: 'a database of PostgreSQL that is not there',
		said: 'FATAL:  database "zenml_pro" does not exist',
		code: 'server-database-unknown',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server has no database of the name in the answers',
		answers: ['workspaces.1.database.name'],
	},
	{
		about: 'a privilege on tables that is missing',
		said: `(pymysql.err.OperationalError) (1142, "CREATE command denied to user 'zenml'@'10.1.0.7' for table 'user'")`,
		code: 'server-database-privileges',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server refused a statement',
		answers: ['workspaces.1.database.username'],
	},
	{
		about: 'an account without any privilege on the database',
		said: `(1044, "Access denied for user 'zenml'@'%' to database 'zenml'")`,
		code: 'server-database-privileges',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server refused a statement',
		answers: ['workspaces.1.database.username'],
	},
	{
		about: 'a server that lets nobody in without TLS',
		said: '(3159, "Connections using insecure transport are prohibited while --require_secure_transport=ON.")',
		code: 'server-database-tls',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server lets nobody in without TLS',
		answers: ['database.tls'],
	},
	{
		about: 'a server without TLS',
		said: 'connection to server at "db.corp", port 5432 failed: server does not support SSL, but SSL was required',
		code: 'server-database-tls',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The answers ask for TLS, and the database server does not offer it.',
		answers: ['database.tls'],
	},
	{
		about: 'a database server that is down',
		said: `(2003, "Can't connect to MySQL server on 'mysql.corp' ([Errno 111] Connection refused)")`,
		code: 'server-database-unreachable',
		final: false,
		who: 'database admin',
		area: 'database',
		cause: 'The pods find no way to the database server',
		answers: ['database.host', 'database.port'],
	},
	{
		about: 'a database server without free connections',
		said: '(1040, "Too many connections")',
		code: 'server-database-full',
		final: false,
		who: 'database admin',
		area: 'database',
		cause: 'All connections that the database server allows are taken',
	},
	{
		about: 'a standby',
		said: '(1290, "The MySQL server is running with the --read-only option so it cannot execute this statement")',
		code: 'server-database-read-only',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'The database server is read-only',
		answers: ['database.host'],
	},
	{
		about: 'the wrong kind of database',
		said: 'ValueError: Invalid SQL driver value `postgresql://…`: The driver must be one of: mysql, sqlite.',
		code: 'server-database-engine',
		final: true,
		area: 'database',
		cause: 'Servers of workspaces speak to MySQL only',
		answers: ['database.engine'],
	},
	{
		about: 'a database of a newer version',
		said: "alembic.util.exc.CommandError: Can't locate revision identified by '0.99.0'",
		code: 'server-database-newer',
		final: true,
		area: 'database',
		cause: 'The revision in the database (alembic_version) is not known to this image.',
		answers: ['bundle.path'],
	},
	{
		about: 'a migration that stopped half way',
		said: `(pymysql.err.OperationalError) (1060, "Duplicate column name 'trigger_id'")`,
		code: 'server-migration-torn',
		final: true,
		who: 'database admin',
		area: 'database',
		cause: 'A table, column or key that it wants to make exists already',
		answers: ['database.host', 'workspaces.1.database.name'],
	},
	{
		about: 'an image that is older than its chart',
		said: '/opt/venv/bin/python: No module named zenml.zen_server.database_migration',
		code: 'server-migration-missing',
		final: true,
		who: 'vendor',
		cause: 'this image lacks it',
		answers: ['bundle.path'],
	},
	{
		about: 'another encryption key',
		said: 'SecretDecodeError: Could not decrypt secret values. Please check that the encryption key is correct: ',
		code: 'server-encryption-key',
		final: true,
		cause: 'They were encrypted with another key',
	},
	{
		about: 'a read-only file system',
		said: "OSError: [Errno 30] Read-only file system: '/zenml/.zenconfig'",
		code: 'server-read-only-files',
		final: true,
		cause: 'The container has a read-only root file system',
		answers: ['workspaces.1.podSecurityContext'],
	},
];

describe('the last words of a server', () => {
	test.each(rows)('about $about', ({said, code, final, who = 'operator', area = 'cluster', cause, answers}) => {
		const found = lastWordsIn(drawn(said), server);
		expect(found?.final).toBe(final);
		expect(found?.problem).toMatchObject({code, who, area, message: expect.stringContaining('The pod zenml-5d9f ')});
		expect(found?.problem.cause).toContain(cause);
		expect(found?.problem.answers).toEqual(answers);
		expect(found?.problem.evidence).toHaveLength(1);
		expect(found?.problem.evidence?.[0]?.length).toBeLessThan(420);
	});

	test('name the Job where it is the migration that fails, and do not speak of a server that crashes', () => {
		const said = drawn(
			'ValueError: Invalid SQL driver value `postgresql://db.corp`: The driver must be one of: mysql.',
		);
		const {problem} = lastWordsIn(said, {...server, job: 'zenml-db-migration'}) ?? {};
		expect(problem?.message).toBe(
			'The Job zenml-db-migration (pod zenml-5d9f) failed: this server does not take such a database.',
		);
		expect(JSON.stringify(problem)).not.toMatch(/crash/iu);
	});

	test('are found, and show no setting, in the form in which the server of 0.98.0 writes them', () => {
		const log = [
			"  Value error, ('Invalid SQL driver value `%s`: The driver must be one of: %s.',",
			"'postgresql://zenml@127.0.0.1:1/zenml', 'mysql, sqlite') [type=value_error, ",
			"input_value={'type': <StoreType.SQL: ...uvwxyz0123456789TAILQZ'}, ",
			'input_type=dict]',
			'    For further information visit https://errors.pydantic.dev/2.12/v/value_error',
		].join('\n');
		const {problem, final} = lastWordsIn(logText(log).split('\n'), server) ?? {};
		expect({code: problem?.code, final}).toEqual({code: 'server-database-engine', final: true});
		expect(problem?.evidence?.[0]).toContain('input_value=[secret], input_type=dict');
		expect(JSON.stringify(problem)).not.toContain('TAILQZ');
	});

	test('about a way to the database are found where the writer broke their line', () => {
		const log = [
			'OperationalError: (pymysql.err.OperationalError) (2003, "Can\'t connect to MySQL ',
			"server on '127.0.0.1' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify ",
			'failed: self-signed certificate (_ssl.c:1010))")',
		];
		expect(lastWordsIn(log, server)?.problem.code).toBe('server-ca-untrusted');
		expect(lastWordsIn(log.slice(0, 1), server)?.problem.code).toBe('server-database-unreachable');
	});

	test('about a database name the answers of the server that keeps it', () => {
		const own = {...server, component: 'controlPlane', server: 'controlPlane.database.server'} as const;
		expect(lastWordsIn(['(1045, "Access denied")'], own)?.problem.answers).toEqual([
			'controlPlane.database.server.tls',
			'controlPlane.database.username',
			'controlPlane.database.password',
		]);
		expect(lastWordsIn(['(2003, "Connection refused")'], own)?.problem.answers).toEqual([
			'controlPlane.database.server.host',
			'controlPlane.database.server.port',
		]);
	});

	test('that nobody knows tell nothing', () => {
		expect(lastWordsIn(drawn('KeyError: something new'), server)).toBeUndefined();
		expect(lastWordsIn([], server)).toBeUndefined();
	});

	test('of a log without end are read from its end', () => {
		const long = Array.from({length: 50_000}, () => '(1049, "Unknown database") of another time');
		expect(lastWordsIn([...long, ...Array.from({length: 20_000}, () => 'x'.repeat(80))], server)).toBeUndefined();
	});
});

test('every cause has a row', () => {
	expect(new Set(rows.map(({code}) => code))).toEqual(new Set(Object.keys(crashProblems.table)));
});
