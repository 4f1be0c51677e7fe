import {expect, test} from 'vitest';
import {nameOf} from '../../source/steps/shared/asked.ts';
import {answersOf, worldOf} from './world.ts';

test('a check that waits for databases names the servers that components use, and each once', () => {
	expect(nameOf(worldOf(), 'database')).toBe('the database server db.corp');
	const answers = answersOf(({database: _none, ...input}) => ({
		...input,
		controlPlane: {...input.controlPlane, database: {server: {host: 'pg.corp'}}},
		workspaces: input.workspaces.map((one) => ({...one, database: {server: {host: 'my.corp'}}})),
	}));
	expect(nameOf(worldOf({answers}), 'database')).toBe('the database servers pg.corp, my.corp');
});
