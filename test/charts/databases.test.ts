import {expect, test} from 'vitest';
import type {AnswersInput} from '../../source/answers/schema.ts';
import {type DatabaseCharts, engineProblems} from '../../source/charts/index.ts';
import {answers} from './samples.ts';

const workspaces = [
	{name: 'default', host: 'zenml-1.example.internal'},
	{name: 'two', host: 'zenml-2.example.internal', namespace: 'two', database: {name: 'two', username: 'two'}},
];
const shared = (engine: 'mysql' | 'postgresql', more: Partial<AnswersInput> = {}) =>
	answers({database: {engine, host: 'db.example.internal'}, workspaces, ...more});

const charts = (controlPlane?: string, workspace?: string): DatabaseCharts => {
	const annotations = (databases?: string) => (databases === undefined ? {} : {'zenml-airgap.io/databases': databases});
	return {
		controlPlaneChart: {name: 'zenml-pro', version: '0.13.18', annotations: annotations(controlPlane)},
		workspaceChart: {name: 'zenml', version: '0.95.1', annotations: annotations(workspace)},
	};
};

const old = {
	code: 'database-engine-unfit',
	area: 'usage',
	message:
		'These workspaces cannot keep their data in PostgreSQL, as database.engine asks: default, two. They take MySQL.',
	cause:
		'It cannot run so. The product is made for MySQL only: the Job that migrates its database ends with "Invalid SQL driver value".',
	fix: 'Workspaces take MySQL only: name such a server in workspaces.N.database.server, or set database.engine to mysql and give the control plane a server of its own in controlPlane.database.server.',
	answers: ['database.engine', 'workspaces.0.database.server', 'workspaces.1.database.server'],
};

test('on MySQL everything runs, whatever charts say nothing', () => {
	expect(engineProblems(shared('mysql'))).toEqual([]);
	expect(engineProblems(shared('mysql'), charts())).toEqual([]);
});

test('workspaces on a shared PostgreSQL are refused in one problem, which says what an old file has to change', () => {
	expect(engineProblems(shared('postgresql'))).toEqual([expect.objectContaining(old)]);
	expect(engineProblems(shared('postgresql'), charts())).toEqual([expect.objectContaining(old)]);
});

test('the control plane alone may stay on PostgreSQL', () => {
	const own = {server: {engine: 'postgresql', host: 'pg.example.internal'}} as const;
	const controlPlane = {host: 'zenml-pro.example.internal', database: own};
	expect(engineProblems(shared('mysql', {controlPlane}))).toEqual([]);
});

test('a workspace with a PostgreSQL of its own is refused by its name', () => {
	const [first, second] = workspaces;
	const server = {engine: 'postgresql', host: 'pg.example.internal'} as const;
	const own = [first, {...second, database: {...second?.database, server}}] as AnswersInput['workspaces'];
	expect(engineProblems(shared('mysql', {workspaces: own}))).toEqual([
		expect.objectContaining({
			message:
				'Workspace two cannot keep its data in PostgreSQL, as workspaces.1.database.server.engine asks. It takes MySQL.',
			fix: 'Name a MySQL server there, or leave it out and have database name one.',
			answers: ['workspaces.1.database.server.engine', 'workspaces.1.database.server'],
		}),
	]);
});

test('what a chart says of itself counts more than what the product is known to take', () => {
	expect(engineProblems(shared('postgresql'), charts('PostgreSQL', 'PostgreSQL, mysql'))).toEqual([]);
	const controlPlane = {host: 'zenml-pro.example.internal'};
	expect(engineProblems(shared('mysql', {controlPlane}), charts('postgresql', 'oracle'))).toEqual([
		expect.objectContaining({
			message: 'The control plane cannot keep its data in MySQL, as database.engine asks. It takes PostgreSQL.',
			cause: 'It cannot run so. The chart zenml-pro 0.13.18 says that it works with PostgreSQL.',
			fix: 'Give it a PostgreSQL server of its own in controlPlane.database.server.',
		}),
	]);
});
