import {expect, test} from 'vitest';
import {whosePassword} from '../../source/answers/secret/whose.ts';

const draft = {
	registry: {host: 'registry.corp', username: 'pusher', password: 'prompt'},
	database: {engine: 'postgresql', host: 'pg.corp', admin: {password: 'prompt'}},
	controlPlane: {
		host: 'zenml.corp',
		admin: {username: 'ada', password: 'prompt'},
		database: {username: 'zenml', password: 'prompt'},
	},
	workspaces: [
		{
			database: {
				username: 'ws',
				password: 'generate',
				server: {engine: 'mysql', host: 'my.corp', port: 3307, admin: {username: 'dba', password: 'prompt'}},
			},
		},
	],
};

test.each([
	['registry.password', 'Password or token of pusher at the registry registry.corp; the registry admin knows it.'],
	[
		'database.admin.password',
		'Password of postgres, the administrator of PostgreSQL at pg.corp:5432; the database admin knows it.',
	],
	[
		'controlPlane.database.password',
		'Password of the role zenml in PostgreSQL at pg.corp:5432; the installer gives it to the role, which it makes where there is none.',
	],
	[
		'workspaces.0.database.server.admin.password',
		'Password of dba, the administrator of MySQL at my.corp:3307; the database admin knows it.',
	],
	[
		'controlPlane.admin.password',
		"Password of ada at ZenML's dashboard, https://zenml.corp; it belongs to no database.",
	],
])('%s says whose password it is, where it counts and who knows it', (path, sentence) => {
	expect(whosePassword(draft, path)).toBe(sentence);
});

test('nothing is said of a name, of a password that is made, or where the answers do not tell', () => {
	expect(whosePassword(draft, 'database.admin.username')).toBeUndefined();
	expect(whosePassword(draft, 'workspaces.0.database.password')).toBeUndefined();
	for (const path of ['registry.password', 'database.admin.password', 'controlPlane.admin.password'])
		expect(whosePassword({}, path)).toBeUndefined();
	expect(
		whosePassword({database: {engine: 'oracle', host: 'x', admin: {}}}, 'database.admin.password'),
	).toBeUndefined();
});
