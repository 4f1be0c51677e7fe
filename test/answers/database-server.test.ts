import {describe, expect, test} from 'vitest';
import {addressOf, databaseServerOf} from '../../source/answers/database-server.ts';
import {load, problemsOf, replaced, shortest, told} from './samples.ts';

const shared = '  host: postgres.corp.internal\n';
const withServer = (lines: string): string => replaced(shared, `  host: mysql.corp.internal\n${lines}`);
const own = (server: string): string =>
	shortest.replace(
		'  host: zenml-pro.corp.internal\n',
		`  host: zenml-pro.corp.internal\n  database:\n    server:\n${server}`,
	);
const ownPostgres = own('      engine: postgresql\n      host: pg.corp.internal\n      admin: {password: env:DBA}\n');

describe('the database server of a component', () => {
	test('is the shared one, which is MySQL on its usual port unless the answers say otherwise', () => {
		const answers = load(shortest);
		const server = {from: 'database', engine: 'mysql', host: 'postgres.corp.internal', port: 3306, tls: 'verify-full'};
		expect(databaseServerOf(answers, 'controlPlane')).toEqual(server);
		expect(databaseServerOf(answers, 'workspaces.0')).toEqual(server);
	});

	test('has port, administrator and its database by engine', () => {
		const admin = '  admin: {password: env:DBA}\n';
		expect(databaseServerOf(load(withServer(admin)), 'controlPlane').admin).toEqual({
			username: 'root',
			password: 'env:DBA',
			database: 'mysql',
		});
		const postgres = databaseServerOf(load(withServer(`  engine: postgresql\n${admin}`)), 'workspaces.0');
		expect(postgres).toMatchObject({port: 5432, admin: {username: 'postgres', database: 'postgres'}});
	});

	test('is its own where it names one; the others keep the shared one', () => {
		const answers = load(ownPostgres);
		expect(databaseServerOf(answers, 'controlPlane')).toMatchObject({
			from: 'controlPlane.database.server',
			engine: 'postgresql',
			port: 5432,
		});
		expect(addressOf(databaseServerOf(answers, 'workspaces.0'))).toBe('postgres.corp.internal:3306');
	});

	test('has files and secrets of its own, found like those of the shared one', () => {
		const pair = '      clientCertificate: pki/c.crt\n      clientKey: ~/c.key\n';
		const answers = load(own(`      host: pg.corp.internal\n${pair}`));
		expect(databaseServerOf(answers, 'controlPlane')).toMatchObject({
			clientCertificate: '/srv/site/pki/c.crt',
			clientKey: '/home/ada/c.key',
		});
	});

	test('an old answer file, which says postgresql and gives its port, is read as before', () => {
		const answers = load(withServer('  engine: postgresql\n  port: 5433\n'));
		expect(databaseServerOf(answers, 'controlPlane')).toMatchObject({engine: 'postgresql', port: 5433});
	});
});

describe('rules of database servers', () => {
	test('a client certificate and its key go together, at the place of the server', () => {
		expect(told(problemsOf(withServer('  clientCertificate: a.crt\n')))).toEqual([
			expect.stringContaining('database.clientKey is needed with database.clientCertificate'),
		]);
		expect(told(problemsOf(own('      host: pg.corp.internal\n      clientKey: a.key\n')))).toEqual([
			expect.stringContaining(
				'controlPlane.database.server.clientCertificate is needed with controlPlane.database.server.clientKey',
			),
		]);
	});

	test('the password of an administrator cannot be generated on any server', () => {
		expect(told(problemsOf(withServer('  admin: {password: generate}\n')))).toEqual([
			expect.stringContaining('database.admin.password cannot be generated'),
		]);
		const server = '      host: pg.corp.internal\n      admin: {password: generate}\n';
		expect(told(problemsOf(own(server)))).toEqual([
			expect.stringContaining('controlPlane.database.server.admin.password cannot be generated'),
		]);
	});

	const sameName = (text: string): string =>
		text.replace(
			'    host: zenml-workspace.corp.internal\n',
			'    host: zenml-workspace.corp.internal\n    database: {name: zenml_pro, username: zenml_pro_user}\n',
		);

	test('databases and roles differ on one server, however it is named, and need not on two', () => {
		const both = [
			expect.stringContaining('is the same database as controlPlane.database.name'),
			expect.stringContaining('is the same database role as controlPlane.database.username'),
		];
		expect(told(problemsOf(sameName(shortest)))).toEqual(both);
		const again = own('      host: postgres.corp.internal\n      port: 3306\n');
		expect(told(problemsOf(sameName(again)))).toEqual(both);
		expect(load(sameName(ownPostgres)).workspaces[0]?.database.name).toBe('zenml_pro');
	});

	test('a role on MySQL has 32 characters at most, on PostgreSQL 63', () => {
		const long = (text: string): string =>
			text.replace(
				'host: zenml-pro.corp.internal\n',
				`host: zenml-pro.corp.internal\n  database:\n    username: ${'r'.repeat(33)}\n`,
			);
		expect(told(problemsOf(long(shortest)))).toEqual([
			expect.stringContaining('controlPlane.database.username must be 32 characters at most on MySQL'),
		]);
		const postgres = long(withServer('  engine: postgresql\n'));
		expect(load(postgres).controlPlane.database.username).toHaveLength(33);
	});
});
