import {describe, expect, test} from 'vitest';
import {onCluster} from '../../source/base/people/cluster-commands.ts';
import {ProblemError, problem} from '../../source/base/problem.ts';
import {errorOnCluster, eventOnCluster, problemOnCluster} from '../../source/report/cluster-commands.ts';

const cluster = {kubeconfig: '/etc/kube config', context: 'prod'};

describe('a command names the cluster in use', () => {
	test.each([
		['kubectl -n a get pods', "kubectl --kubeconfig '/etc/kube config' --context prod -n a get pods"],
		['kubectl get nodes', "kubectl --kubeconfig '/etc/kube config' --context prod get nodes"],
		['oc -n a get route', "oc --kubeconfig '/etc/kube config' --context prod -n a get route"],
		['helm -n a history b', "helm --kubeconfig '/etc/kube config' --kube-context prod -n a history b"],
		[
			'Make it: kubectl create secret generic a -n b',
			"Make it: kubectl --kubeconfig '/etc/kube config' --context prod create secret generic a -n b",
		],
		[
			'`kubectl get --raw /readyz` must answer',
			"`kubectl --kubeconfig '/etc/kube config' --context prod get --raw /readyz` must answer",
		],
	])('%s', (text, told) => {
		expect(onCluster(text, cluster)).toBe(told);
		expect(onCluster(told, cluster), 'a second time').toBe(told);
		expect(onCluster(text, {}), 'where the answers name none').toBe(text);
	});
});

test.each([
	'Look at the pod with kubectl describe; the lines below are what the cluster says.',
	'Set kubectl up, or install helm.',
	'zenml-airgap plan --answers a.yaml',
])('prose and other programs stay as they are: %s', (text) => {
	expect(onCluster(text, cluster)).toBe(text);
});

test('what others change they change with their own kubeconfig; what is looked at is looked at here', () => {
	const context = {context: 'prod'};
	expect(onCluster('kubectl label namespace a b=c', context, 'cluster admin')).toBe('kubectl label namespace a b=c');
	expect(onCluster('kubectl get namespace a', context, 'cluster admin')).toBe('kubectl --context prod get namespace a');
});

test('of a problem its moves and those of its parts name the cluster, its evidence never does', () => {
	const words = {area: 'cluster', message: 'm', cause: 'c', fix: 'f', code: 'disk-full'} as const;
	const told = 'kubectl get nodes';
	const part = problem({...words, nextSteps: [told], evidence: [told]});
	const here = problemOnCluster(problem({...words, nextSteps: [told], parts: [part]}), {context: 'prod'});
	const named = 'kubectl --context prod get nodes';
	expect(here).toMatchObject({nextSteps: [named], parts: [{nextSteps: [named], evidence: [told]}]});
	const event = {type: 'step-retrying', at: 1, step: 'a', problem: part, attempt: 1, pauseMs: 1} as const;
	expect(eventOnCluster(event, {context: 'prod'})).toMatchObject({problem: {nextSteps: [named]}});
	const other = {type: 'step-acknowledged', at: 1, step: 'a'} as const;
	expect(eventOnCluster(other, cluster)).toBe(other);
});

test('a refusal before the first event names the cluster too, and any other error stays the one it is', () => {
	const words = {area: 'cluster', message: 'm', cause: 'c', fix: 'f', code: 'disk-full'} as const;
	const refused = new ProblemError({...words, nextSteps: ['kubectl -n a get lease b -o yaml']}, {facts: {a: 1}});
	expect(errorOnCluster(refused, {context: 'prod'})).toMatchObject({
		problem: {nextSteps: ['kubectl --context prod -n a get lease b -o yaml']},
		facts: {a: 1},
	});
	const other = new Error('other');
	expect(errorOnCluster(other, {context: 'prod'})).toBe(other);
});
