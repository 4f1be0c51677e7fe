import {expect, test} from 'vitest';
import {accessesNeeded, accessesOfOperator} from '../../source/steps/shared/accesses.ts';
import {workloadManagerStep} from '../../source/steps/workload-manager.ts';
import {kept} from './parts.ts';
import {answersOf, worldOf} from './world.ts';

const needed = (...[change]: Parameters<typeof answersOf>): readonly string[] =>
	accessesNeeded(answersOf(change)).map(
		({verb, group, resource, namespace}) => `${verb} ${group}/${resource} ${namespace ?? '(cluster)'}`,
	);

test('cluster-wide no more than namespaces, nodes and ingress classes are asked for', () => {
	expect(needed().filter((access) => access.endsWith('(cluster)'))).toEqual([
		'get /namespaces (cluster)',
		'create /namespaces (cluster)',
		'list /nodes (cluster)',
		'list networking.k8s.io/ingressclasses (cluster)',
	]);
});

test('disruption budgets and rights of runners only where the answers want them', () => {
	expect(needed().filter((access) => /policy|rbac|deletecollection/u.test(access))).toEqual([]);
	const budget = needed((input) => ({
		...input,
		controlPlane: {...input.controlPlane, podDisruptionBudget: {enabled: true}},
	}));
	expect(budget).toContain('create policy/poddisruptionbudgets zenml-workspace');
	const runners = needed((input) => ({...input, workloadManager: {enabled: true}}));
	expect(runners.filter((access) => access.includes('rbac'))).toHaveLength(12);
	expect(runners.filter((access) => access.includes('rbac') && !access.endsWith('zenml-workload-manager'))).toEqual([]);
});

test('every right that the Role of the runners gives is asked for: Kubernetes lets nobody grant what they lack', async () => {
	const wanted = (input: Parameters<NonNullable<Parameters<typeof answersOf>[0]>>[0]) => ({
		...input,
		workloadManager: {enabled: true},
	});
	const cluster = kept();
	await workloadManagerStep.apply?.(worldOf({cluster, answers: answersOf(wanted)}));
	const {rules} = cluster.all.get('Role zenml-workload-manager/zenml-workload-manager') as unknown as {
		readonly rules: readonly Readonly<Record<'apiGroups' | 'resources' | 'verbs', readonly string[]>>[];
	};
	const granted = rules.flatMap(({apiGroups, resources, verbs}) =>
		verbs.map((verb) => `${verb} ${apiGroups[0]}/${resources[0]} zenml-workload-manager`),
	);
	const mine = new Set(needed(wanted));
	expect(granted.length).toBeGreaterThan(3);
	expect(granted.filter((access) => !mine.has(access))).toEqual([]);
});

test('the Gateway is read by whoever has the papers, also where its address is an answer and the install can do without', () => {
	const reads = (accesses: typeof accessesNeeded, address?: string): readonly string[] =>
		accesses(
			answersOf((input) => ({...input, ingress: {kind: 'gateway', gateway: 'gateways/shared', address}})),
		).flatMap(({verb, resource, namespace}) => (resource === 'gateways' ? [`${verb} ${namespace}`] : []));
	const both = ['get gateways', 'list gateways'];
	expect(reads(accessesNeeded)).toEqual(both);
	expect(reads(accessesNeeded, '10.1.2.3')).toEqual([]);
	expect(new Set(reads(accessesOfOperator, '10.1.2.3'))).toEqual(new Set(both));
});
