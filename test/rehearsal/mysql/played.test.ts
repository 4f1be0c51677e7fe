import {type Connection, type ConnectionOptions, createConnection} from 'mysql2/promise';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {type Authority, createAuthority} from '../../../rehearsal/authority/index.ts';
import {type PlayedMysql, startPlayedMysql} from '../../../rehearsal/mysql/played/server.ts';

const adminPassword = "root's pa\\ss`word";
const nine = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES';
let authority: Authority;
let server: PlayedMysql;
let unknown: string[] = [];
let changes = 0;

beforeAll(async () => {
	authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['mysql.test.internal'], ips: ['127.0.0.1']});
	server = await startPlayedMysql({
		adminPassword,
		tls: {...pair, ca: authority.caPem},
		log: (line) => unknown.push(line),
		onChange: () => {
			changes += 1;
		},
	});
	const root = await connect();
	await root.query("CREATE USER 'app'@'%' IDENTIFIED WITH caching_sha2_password BY 'app word' REQUIRE SSL");
	await root.query('CREATE DATABASE `app_db` CHARACTER SET utf8mb4');
	await root.query(`GRANT ${nine} ON \`app\\_db\`.* TO 'app'@'%'`);
	await root.end();
});
afterAll(() => server?.stop());

const connect = (more: ConnectionOptions = {}): Promise<Connection> =>
	createConnection({
		host: '127.0.0.1',
		port: server.port,
		user: 'root',
		password: adminPassword,
		ssl: {ca: authority.caPem},
		...more,
	});

const open = async (more: ConnectionOptions = {}): Promise<Connection> => {
	const connection = await connect(more);
	onTestFinished(() => connection.end());
	return connection;
};

const app = {user: 'app', password: 'app word', database: 'app_db'};
/** Without TLS; mysql2 takes the key of the server and encrypts the password with it. */
const plainly: ConnectionOptions = {ssl: undefined as never};

const rows = async (connection: Connection, sql: string, values: readonly string[] = []): Promise<unknown> =>
	(await connection.query(sql, [...values]))[0];

test.each([
	['a wrong password', {...app, password: 'no'}, 1045, "for user 'app'@'localhost' (using password: YES)"],
	['no password', {...app, password: ''}, 1045, '(using password: NO)'],
	['an account that is not there', {user: 'nobody', password: 'x'}, 1045, "for user 'nobody'"],
	['no TLS where the account requires it', {...app, ...plainly}, 1045, "for user 'app'"],
	['a database that is not there', {database: 'none'}, 1049, "Unknown database 'none'"],
	['a database of others', {...app, database: 'mysql'}, 1044, "'app'@'%' to database 'mysql'"],
] as const)('a login with %s is refused as the real server does it', async (_what, login, errno, words) => {
	const error = await connect(login as ConnectionOptions).catch((caught: unknown) => caught);
	expect(error).toMatchObject({errno, message: expect.stringContaining(words)});
});

test('a password is taken over TLS, encrypted without it, and as a proof once the server knows it', async () => {
	for (let round = 0; round < 2; round += 1) {
		expect(await rows(await open(plainly), 'SELECT CURRENT_USER() AS account')).toEqual([{account: 'root@%'}]);
		expect(await rows(await open(app), 'SELECT CURRENT_USER() AS account')).toEqual([{account: 'app@%'}]);
	}
});

test('TLS is really in use, and a certificate of somebody else is not trusted', async () => {
	const status = "SHOW SESSION STATUS WHERE Variable_name = 'Ssl_version'";
	expect(await rows(await open(), status)).toEqual([{Variable_name: 'Ssl_version', Value: 'TLSv1.3'}]);
	expect(await rows(await open(plainly), status)).toEqual([{Variable_name: 'Ssl_version', Value: ''}]);
	const other = await createAuthority({name: 'Other CA'});
	await expect(connect({ssl: {ca: other.caPem}})).rejects.toThrow(/certificate/u);
});

test('an account that requires a certificate of its own comes in with one of the CA alone', async () => {
	const root = await open();
	await root.query("CREATE USER 'machine'@'%' IDENTIFIED WITH caching_sha2_password BY 'm' REQUIRE X509");
	const login = {user: 'machine', password: 'm'};
	await expect(connect(login)).rejects.toMatchObject({errno: 1045});
	const {cert, key} = await authority.issue({hosts: ['client.test.internal'], purpose: 'client'});
	const connection = await open({...login, ssl: {ca: authority.caPem, cert, key}});
	expect(await rows(connection, 'SELECT CURRENT_USER() AS account')).toEqual([{account: 'machine@%'}]);
});

test('rows are kept as they are written, and a second one of the same name is refused', async () => {
	const connection = await open(app);
	await connection.query(
		'create table if not exists thing (id varchar(36) primary key, name varchar(9) not null unique, content text not null)',
	);
	const odd = `"{'a\\b'}\n-- ? $0 ; \`x\` ö`;
	await connection.query('insert into thing (id, name, content) values (?, ?, ?)', ['1', 'one', odd]);
	expect(await rows(connection, 'select content from thing')).toEqual([{content: odd}]);
	const again = connection.query('insert into thing (id, name, content) values (?, ?, ?)', ['2', 'one', '']);
	await expect(again).rejects.toMatchObject({code: 'ER_DUP_ENTRY'});
	await connection.query('update thing set content = ? where id = ?', ['new', '1']);
	expect(await rows(connection, 'select id, content from thing where id = ?', ['1'])).toEqual([
		{id: '1', content: 'new'},
	]);
	await connection.query('delete from thing where id = ?', ['1']);
	expect(await rows(connection, 'select id from thing')).toEqual([]);
	await connection.query('drop table thing');
	await expect(connection.query('select id from thing')).rejects.toMatchObject({code: 'ER_NO_SUCH_TABLE'});
});

test.each([
	['SELECT', 'select id from parent'],
	['INSERT', "insert into parent (id) values ('1')"],
	['UPDATE', "update parent set id = '1' where id = '2'"],
	['DELETE', "delete from parent where id = '1'"],
	['CREATE', 'create table other (id varchar(36) primary key)'],
	['ALTER', 'alter table parent add column more text'],
	['DROP', 'drop table parent'],
	['INDEX', 'create index i on parent (id)'],
	[
		'REFERENCES',
		'create table child (id varchar(36) primary key, parent_id varchar(36), constraint c foreign key (parent_id) references parent (id))',
	],
])('a login without %s is refused what takes it', async (privilege, statement) => {
	const root = await open();
	await root.query('CREATE DATABASE IF NOT EXISTS `rights`');
	await root.query("CREATE USER IF NOT EXISTS 'weak'@'%' IDENTIFIED WITH caching_sha2_password BY 'w'");
	await root.query(`GRANT ${nine} ON \`rights\`.* TO 'weak'@'%'`);
	const connection = await open({user: 'weak', password: 'w', database: 'rights'});
	await connection.query('create table if not exists parent (id varchar(36) primary key)');
	await root.query(`REVOKE ${privilege} ON \`rights\`.* FROM 'weak'@'%'`);
	await expect(connection.query(statement)).rejects.toMatchObject({
		errno: 1142,
		message: expect.stringContaining(`${privilege} command denied to user 'weak'@'localhost'`),
	});
});

test.each([
	'SELECT count(*) FROM thing',
	'SELECT SLEEP(1)',
	'TRUNCATE TABLE thing',
	"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE thing",
	"SET PASSWORD FOR 'app'@'%' = 'canary'",
])('%s is a statement that the played server does not know', async (statement) => {
	unknown = [];
	await expect((await open()).query(statement)).rejects.toMatchObject({
		code: 'ER_PARSE_ERROR',
		message: expect.stringContaining('a rehearsal that is begun with --fresh --mysql unpacked has a real one'),
	});
	expect(unknown.join()).toContain('does not know');
	expect(unknown.join()).not.toContain('canary');
});

test('prepared statements are refused by name', async () => {
	await expect((await open()).execute('SELECT 1')).rejects.toMatchObject({errno: 1295});
});

test('what accounts without rights may not do is refused', async () => {
	const connection = await open(app);
	for (const [statement, errno] of [
		["CREATE USER 'x'@'%' IDENTIFIED BY 'x'", 1227],
		['CREATE DATABASE `x`', 1044],
		["GRANT SELECT ON `x`.* TO 'app'@'%'", 1044],
		['SHOW REPLICA STATUS', 1227],
		["SHOW GRANTS FOR 'root'@'%'", 1044],
	] as const)
		await expect(connection.query(statement)).rejects.toMatchObject({errno});
});

test('what was kept is there in the next server, and every change is told', async () => {
	expect(changes).toBeGreaterThan(2);
	const kept = JSON.parse(JSON.stringify(server.snapshot()));
	const next = await startPlayedMysql({adminPassword: 'another', load: kept});
	onTestFinished(() => next.stop());
	const connection = await createConnection({
		host: '127.0.0.1',
		port: next.port,
		user: 'root',
		password: adminPassword,
	});
	onTestFinished(() => connection.end());
	expect(await rows(connection, "SHOW GRANTS FOR 'app'@'%'")).toEqual([
		{'Grants for app@%': 'GRANT USAGE ON *.* TO `app`@`%`'},
		{'Grants for app@%': `GRANT ${nine} ON \`app\\_db\`.* TO \`app\`@\`%\``},
	]);
	expect(JSON.stringify(kept)).not.toContain('app word');
});

test('a client that asks for TLS is told by a server that has none', async () => {
	const bare = await startPlayedMysql({adminPassword});
	onTestFinished(() => bare.stop());
	await expect(connect({port: bare.port})).rejects.toMatchObject({code: 'HANDSHAKE_NO_SSL_SUPPORT'});
});
