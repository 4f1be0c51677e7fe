import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Draft} from '../../source/answers/draft.ts';
import {moveIn} from '../../source/app/rehearsal/answers.ts';
import {withEngineOf} from '../../source/app/rehearsal/databases.ts';
import {withoutReplaced} from '../../source/app/rehearsal/secrets.ts';
import {createStage, type Stage} from './stage.ts';

const world = {
	bundle: {path: '/world/bundle'},
	registry: {host: '127.0.0.1:5000', username: 'installer', password: 'file:/world/registry', plainHttp: true},
	database: {engine: 'mysql', host: '127.0.0.1', port: 3306, admin: {username: 'root', password: 'file:/world/mysql'}},
	controlPlane: {
		host: 'pro.rehearsal',
		database: {
			server: {
				engine: 'postgresql',
				host: '127.0.0.1',
				port: 5432,
				admin: {username: 'postgres', password: 'file:/world/postgres'},
			},
		},
	},
	workspaces: [{name: 'default', host: 'ws.rehearsal'}],
	helm: {binary: 'helm'},
} as const;
const given = world as unknown as Draft;

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(() => stage.remove());

const own = {
	bundle: {path: '/world/bundle'},
	helm: {binary: 'helm'},
	registry: {host: 'registry.corp', username: 'ops', password: 'env:RP'},
	database: {host: 'mysql.corp', admin: {username: 'dba', password: 'env:DP'}},
	controlPlane: {host: 'pro.corp'},
	workspaces: [{name: 'blue', host: 'blue.corp'}],
} as const;

const moved = async (values: object) => {
	const place = {baseDirectory: stage.folder, overrideDirectory: stage.folder, homeDirectory: stage.folder};
	const source = {
		from: 'file',
		answers: {kind: 'values', values, file: 'answers.yaml'},
		overrides: [],
		...place,
	} as const;
	const answers = withEngineOf(values as unknown as Draft, given);
	return moveIn(stage.context, source, {answers, directory: stage.folder});
};

describe('the database of a control plane that is rehearsed', () => {
	const onOwn = (server: object) => ({...own, controlPlane: {host: 'pro.corp', database: {server}}});

	test('is on the MySQL of the world where the answers give it the server of all', async () => {
		expect((await moved(own)).draft).toMatchObject({
			database: {engine: 'mysql', host: '127.0.0.1', port: 3306},
			controlPlane: {host: 'pro.corp'},
		});
		expect((await moved(own)).draft).not.toHaveProperty('controlPlane.database.server');
	});

	test('is on the MySQL of the world where its own server is one', async () => {
		const {draft} = await moved(onOwn({host: 'own.corp', port: 3307}));
		expect(draft).toMatchObject({
			controlPlane: {database: {server: {engine: 'mysql', host: '127.0.0.1', port: 3306, admin: {username: 'root'}}}},
		});
	});

	test('is on the PostgreSQL of the world where the answers say PostgreSQL, or nothing', async () => {
		const server = {engine: 'postgresql', port: 5432, admin: {username: 'postgres'}};
		const {draft} = await moved(onOwn({engine: 'postgresql', host: 'own.corp'}));
		expect(draft).toMatchObject({controlPlane: {database: {server}}});
		expect(withEngineOf({}, given)).toBe(given);
	});

	test('of a workspace gives way to the one of all, and that is told like other settings that are replaced', async () => {
		const {lines} = await moved({
			...own,
			database: {...own.database, engine: 'postgresql', tls: 'disable'},
			workspaces: [{name: 'blue', host: 'blue.corp', database: {server: {host: 'blue-db.corp', tls: 'require'}}}],
		});
		expect(lines).toEqual(
			expect.arrayContaining([
				'workspaces.0.database.server: the server of the answer database stands in',
				'database.engine: postgresql is not played; mysql stands in',
				'database.tls: disable is not played; the default stands in',
			]),
		);
	});
});

test.each([
	['registry.corp/ml/runner:1', 'lies at your registry; the client image'],
	['docker.io/evil/x:1', 'lies at docker.io, which is not your registry: whether it is there, and nodes may pull it'],
])('a runner image %s is told to lie where it lies', async (runnerImage, words) => {
	const {draft, lines} = await moved({...own, workloadManager: {enabled: true, runnerImage}});
	expect(lines.join('\n')).toContain(`workloadManager.runnerImage: ${runnerImage} ${words}`);
	expect(draft).not.toHaveProperty('workloadManager.runnerImage');
});

test('variables of secrets that the rehearsal replaced are kept from what it starts, those that it reads are there', () => {
	const environment = {PATH: '/bin', RP: 'canary-of-registry', DP: 'canary-of-database', CP: 'needed', OTHER: 'x'};
	const mine = {...own, controlPlane: {host: 'pro.corp', database: {password: 'env:CP'}}} as unknown as Draft;
	const inWorld = {...world, controlPlane: {...world.controlPlane, database: {password: 'env:CP'}}};
	const context = {...stage.context, environment};
	expect(withoutReplaced(context, mine, inWorld as unknown as Draft).environment).toEqual({
		PATH: '/bin',
		CP: 'needed',
		OTHER: 'x',
	});
});
