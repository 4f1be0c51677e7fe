import {expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {answerInside, stayInside} from '../../source/app/rehearsal/stay-inside.ts';
import {type Problem, ProblemsError} from '../../source/base/problem.ts';

const world = {
	kubernetes: {kubeconfig: '/world/kubeconfig'},
	registry: {host: '127.0.0.1:5000'},
	database: {host: '127.0.0.1', port: 5432},
};

/** The bundle of the sample, which no test opens, is not there. */
const bundle = {path: '/nowhere/bundle'};

/** The problems that answers are refused with. */
const refusals = async (answers: object): Promise<readonly Problem[]> => {
	const judge = stayInside(world, new AbortController().signal);
	try {
		await judge({bundle, ...answers} as unknown as Answers);
		return [];
	} catch (error) {
		if (error instanceof ProblemsError) return error.problems;
		throw error;
	}
};

test('answers that stay in the rehearsed world pass, whatever the plan finds of them', async () => {
	expect(await refusals({...world, controlPlane: {replicas: 2}})).toEqual([]);
});

test.each([
	['another cluster', {...world, kubernetes: {kubeconfig: '/root/.kube/config'}}, ['kubernetes.kubeconfig']],
	['another context', {...world, kubernetes: {...world.kubernetes, context: 'production'}}, ['kubernetes.context']],
	[
		'another address for pushes',
		{...world, registry: {...world.registry, pushHost: 'push.example.org'}},
		['registry.pushHost'],
	],
	[
		'a bucket elsewhere',
		{...world, artifacts: {kind: 's3', s3: {endpoint: 'https://s3.example.org'}}},
		['artifacts.s3.endpoint'],
	],
	[
		'a bucket elsewhere for scheduled backups',
		{...world, backup: {schedule: {kind: 's3', s3: {endpoint: 'https://s3.example.org'}}}},
		['backup.schedule.s3.endpoint'],
	],
	['another registry', {...world, registry: {host: 'registry.example.org'}}, ['registry.host']],
	['another database', {...world, database: {host: 'db.example.org', port: 5433}}, ['database.host', 'database.port']],
	[
		'a database server of its own for a workspace',
		{...world, workspaces: [{}, {database: {server: {host: 'db.example.org'}}}]},
		['workspaces.1.database.server.host'],
	],
	[
		'a database server of its own for the control plane',
		{...world, controlPlane: {database: {server: {host: 'db.example.org', port: 5433}}}},
		['controlPlane.database.server.host', 'controlPlane.database.server.port'],
	],
])('%s edited at the screen is refused before anything is asked of it', async (_what, answers, paths) => {
	const refused = await refusals(answers);
	// Each is a problem of its own, and the bundle that is not there with them: nothing further is looked at.
	expect(refused.map((one) => one.answers)).toEqual([...paths, 'bundle.path'].map((at) => [at]));
	expect(refused.at(-1)?.code).toBe('bundle-not-found');
	expect(paths.filter((at) => answerInside(world)(answers, at) === undefined)).toEqual([]);
	expect(answerInside(world)(answers, 'organization.name')).toBeUndefined();
});

test('what leads out is named by its question, and says what is to be entered', async () => {
	const answers = {...world, registry: {host: 'registry.example.org', pushHost: 'push.example.org'}};
	expect(answerInside(world)(answers, 'registry.host')).toBe(
		'leads out of the rehearsal, which gives its own here. Set it back to 127.0.0.1:5000',
	);
	expect(answerInside(world)(answers, 'registry.pushHost')).toBe(
		'leads out of the rehearsal, which gives its own here. Leave it empty: the rehearsal has none.',
	);
	expect((await refusals(answers)).slice(0, 2)).toMatchObject([
		{
			message: 'Registry host (registry.host) cannot be changed in a rehearsal.',
			fix: 'Set it back to 127.0.0.1:5000',
		},
		{
			message: 'Host to push to (registry.pushHost) cannot be set in a rehearsal.',
			fix: 'Leave it empty: the rehearsal has none.',
		},
	]);
});
