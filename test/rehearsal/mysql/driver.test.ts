import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Authority, createAuthority} from '../../../rehearsal/authority/index.ts';
import {type PlayedMysql, startPlayedMysql} from '../../../rehearsal/mysql/played/server.ts';
import {createMysql} from '../../../source/database/mysql/index.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';

const {signal} = new AbortController();
const port = createMysql();
let authority: Authority;
let server: PlayedMysql;
const unknown: string[] = [];

beforeAll(async () => {
	authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['mysql.test.internal'], ips: ['127.0.0.1']});
	server = await startPlayedMysql({
		adminPassword: 'root word',
		tls: {...pair, ca: authority.caPem},
		log: (line) => unknown.push(line),
	});
});
afterAll(async () => {
	await server?.stop();
	// Whatever the driver says is known.
	expect(unknown).toEqual([]);
});

const login = (more: Partial<DatabaseLogin> = {}): DatabaseLogin => ({
	host: '127.0.0.1',
	port: server.port,
	tls: 'verify-full',
	ca: authority.caPem,
	username: 'root',
	password: 'root word',
	database: 'mysql',
	...more,
});

const needed = {database: 'zenml_ws', username: 'zenml_ws_user', password: "it's a `pa\\ss` word"};
const component = () => login({...needed, from: 'workspaces.0.database'});
const shownBy = async (): Promise<readonly string[]> => {
	const shown: string[] = [];
	await port.provision(login(), needed, {signal, onStatement: (one) => shown.push(one)});
	return shown;
};

test("the installer's driver makes on the played server what it makes on a real one, once", async () => {
	await port.refuseAdmin(login(), [needed], signal);
	const shown = await shownBy();
	expect(shown.join('\n')).toMatch(/CREATE DATABASE[\s\S]*CREATE USER[\s\S]*REQUIRE SSL[\s\S]*GRANT SELECT, INSERT/u);
	expect(shown.join('\n')).not.toContain(needed.password);
	expect(await port.missing(login(), needed, signal)).toEqual([]);
	const facts = await port.probe(component(), signal);
	expect(facts).toMatchObject({
		product: 'MySQL',
		version: '8.4.6',
		encoding: 'utf8mb4',
		canCreate: true,
		tables: 0,
		tls: 'TLSv1.3',
		isPooled: false,
		takesPlainLogin: false,
		warnings: [],
	});
	expect(port.judge(facts, component())).toBeUndefined();
});

test('tables and revision are told of the played server as of a real one', async () => {
	await shownBy();
	expect(await port.schema(component(), signal)).toEqual({tables: 0, revision: undefined});
	const {createConnection} = await import('mysql2/promise');
	const {host, username: user, password, database} = component();
	const own = await createConnection({host, port: server.port, user, password, database, ssl: {ca: authority.caPem}});
	await own.query('create table alembic_version (version_num varchar(32) primary key)');
	expect(await port.schema(component(), signal)).toEqual({tables: 1, revision: undefined});
	await own.query("insert into alembic_version (version_num) values ('0.93.0')");
	expect(await port.schema(component(), signal)).toEqual({tables: 1, revision: '0.93.0'});
	await own.query('drop table alembic_version');
	await own.end();
});

test.each([
	['another password', "ALTER USER 'zenml_ws_user'@'%' IDENTIFIED BY 'other'", /ALTER USER .* IDENTIFIED WITH/u],
	['a lock', "ALTER USER 'zenml_ws_user'@'%' ACCOUNT LOCK", /ACCOUNT UNLOCK/u],
	['no need of TLS', "ALTER USER 'zenml_ws_user'@'%' REQUIRE NONE", /REQUIRE SSL/u],
	['a privilege less', "REVOKE INDEX ON `zenml\\_ws`.* FROM 'zenml_ws_user'@'%'", /^GRANT /mu],
])('an account with %s is repaired', async (_what, statement, repaired) => {
	await shownBy();
	const {createConnection} = await import('mysql2/promise');
	const root = await createConnection({host: '127.0.0.1', port: server.port, user: 'root', password: 'root word'});
	await root.query(statement);
	await root.end();
	expect((await shownBy()).join('\n')).toMatch(repaired);
	expect(await port.missing(login(), needed, signal)).toEqual([]);
});

test('a login that the server takes without TLS is told', async () => {
	await shownBy();
	const {createConnection} = await import('mysql2/promise');
	const root = await createConnection({host: '127.0.0.1', port: server.port, user: 'root', password: 'root word'});
	await root.query("ALTER USER 'zenml_ws_user'@'%' REQUIRE NONE");
	await root.end();
	const facts = await port.probe(component(), signal);
	expect(facts.takesPlainLogin).toBe(true);
	expect(port.judge(facts, component())).toMatchObject({area: 'database'});
});

test.each([
	['a wrong password', {password: 'no'}, 'database-password'],
	['a database that is not there', {database: 'none'}, 'database-missing'],
	['a CA that did not sign', {ca: ''}, 'database-certificate-untrusted'],
])('%s is told as of a real server', async (_what, change, code) => {
	const told = await port.probe(login(change), signal).catch((error: unknown) => error);
	expect(told).toMatchObject({problem: {code}});
});
