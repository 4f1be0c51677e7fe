import {expect, test} from 'vitest';
import {drillNamespace} from '../../source/answers/drill-namespace.ts';
import {load, problemsOf, shortest} from './samples.ts';

const withRunners = (lines: string): string => `${shortest}workloadManager: {enabled: true, ${lines}}\n`;
const cause =
	'Whoever may create jobs in a namespace can mount every Secret there: passwords, encryption keys, private keys.';

test.each([
	['zenml-pro', 'controlPlane.namespace'],
	['zenml-workspace', 'workspaces.0.namespace'],
])('runner jobs may not run in %s, where Secrets of the product are', (namespace, other) => {
	expect(problemsOf(withRunners(`namespace: ${namespace}`))).toMatchObject([
		{
			code: 'answers-conflict',
			message: `workloadManager.namespace is the namespace of ${other}: "${namespace}"; runner jobs need one of their own`,
			cause,
			fix: 'Name another namespace in workloadManager.namespace.',
			location: {line: expect.any(Number), column: expect.any(Number)},
		},
	]);
});

test('runner jobs may not run where the Gateway keeps its key', () => {
	const gateway = 'ingress: {kind: gateway, gateway: infra/shared}\n';
	expect(problemsOf(`${withRunners('namespace: infra')}${gateway}`)).toMatchObject([
		{message: expect.stringContaining('is the namespace of ingress.gateway: "infra"'), cause},
	]);
});

test('runner jobs may not run where scheduled backups keep their keys', () => {
	const schedule = 'backup: {schedule: {namespace: keeper}}\n';
	expect(problemsOf(`${withRunners('namespace: keeper')}${schedule}`)).toMatchObject([
		{message: expect.stringContaining('is the namespace of backup.schedule.namespace: "keeper"'), cause},
	]);
});

test('where no runner jobs are asked for, their namespace does not matter', () => {
	expect(load(`${shortest}workloadManager: {namespace: zenml-pro}\n`).workloadManager.enabled).toBe(false);
	expect(load(withRunners('namespace: runners')).workloadManager.namespace).toBe('runners');
});

test.each([
	['controlPlane', ''],
	['workspaces.0', ''],
	['backup.schedule', ''],
	['workloadManager', 'workloadManager: {enabled: true}\n'],
])('%s may not be where a drill removes all', (at, more) => {
	const answer = `${at}.namespace`;
	const overrides = [{path: answer, value: drillNamespace, source: 'a test'}];
	expect(problemsOf(`${shortest}${more}`, overrides)).toMatchObject([
		{
			code: 'answers-conflict',
			message: 'a test is the namespace of drills',
			cause: 'A drill restores a backup there, and removes the namespace with all that is in it.',
			fix: `Name another namespace in ${answer}.`,
		},
	]);
});

test.each(['kube-system', 'kube-public', 'openshift', 'openshift-ingress'])('%s is of the cluster', (namespace) => {
	const told = (answer: string) => ({
		code: 'answers-conflict',
		message: `${answer} is a namespace of the cluster itself`,
		cause: 'Names that begin with kube- or openshift- are kept for the parts of the cluster.',
		fix: `Name a namespace of its own in ${answer}.`,
	});
	expect(problemsOf(withRunners(`namespace: ${namespace}`))).toMatchObject([told('workloadManager.namespace')]);
	for (const at of ['controlPlane', 'workspaces.0', 'backup.schedule'])
		expect(
			problemsOf(shortest, [{path: `${at}.namespace`, value: namespace, source: 'a test'}]).map(({cause}) => cause),
		).toEqual([told(at).cause]);
});
