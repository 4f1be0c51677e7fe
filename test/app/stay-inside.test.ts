import {expect, test} from 'vitest';
import type {Answers} from '../../source/answers/schema.ts';
import {answerInside, stayInside} from '../../source/app/rehearsal/answers.ts';
import {ProblemError} from '../../source/base/problem.ts';

const world = {
	kubernetes: {kubeconfig: '/world/kubeconfig'},
	registry: {host: '127.0.0.1:5000'},
	database: {host: '127.0.0.1', port: 5432},
};

const judged = (answers: unknown): unknown => {
	try {
		stayInside(world)(answers as Answers);
		return undefined;
	} catch (error) {
		if (error instanceof ProblemError) return error.problem.answers;
		throw error;
	}
};

test('answers that stay in the rehearsed world pass', () => {
	expect(judged({...world, controlPlane: {replicas: 2}})).toBeUndefined();
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
])('%s edited at the screen is refused before anything is asked of it', (_what, answers, paths) => {
	expect(judged(answers)).toEqual(paths);
	expect(paths.filter((at) => answerInside(world)(answers, at) === undefined)).toEqual([]);
	expect(answerInside(world)(answers, 'organization.name')).toBeUndefined();
});

test('what leads out is named by its question, and says what to put back', () => {
	const answers = {...world, registry: {host: 'registry.example.org'}};
	expect(answerInside(world)(answers, 'registry.host')).toBe(
		'leads out of the rehearsal, which gives its own here. Put back: 127.0.0.1:5000.',
	);
	expect(() => stayInside(world)(answers as unknown as Answers)).toThrow(
		'Registry host (registry.host) cannot be changed in a rehearsal.',
	);
});
