import type {Answers} from '../../answers/schema.ts';
import type {Access} from '../../cluster/types.ts';
import {namespacesOf} from './names.ts';

const write = ['get', 'list', 'create', 'patch', 'update', 'delete'] as const;
const read = ['get', 'list'] as const;

/** Kinds that the charts and this tool make, with the verbs that Helm and this tool use on them. */
const namespaced: readonly {readonly group: string; readonly resource: string; readonly verbs: readonly string[]}[] = [
	{group: '', resource: 'secrets', verbs: write},
	{group: '', resource: 'services', verbs: write},
	{group: '', resource: 'serviceaccounts', verbs: write},
	{group: '', resource: 'configmaps', verbs: write},
	{group: '', resource: 'pods', verbs: ['get', 'list', 'watch', 'delete']},
	{group: '', resource: 'pods/log', verbs: ['get']},
	{group: '', resource: 'events', verbs: read},
	{group: 'apps', resource: 'deployments', verbs: [...write, 'watch']},
	{group: 'apps', resource: 'replicasets', verbs: [...read, 'watch']},
	{group: 'batch', resource: 'jobs', verbs: [...write, 'watch']},
	{group: 'networking.k8s.io', resource: 'ingresses', verbs: write},
	{group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update']},
];

/** Every verb on every kind that the install with these answers needs, for access reviews. */
export const accessesNeeded = (answers: Answers): readonly Access[] => {
	const budgets = [answers.controlPlane, ...answers.workspaces].some(
		({podDisruptionBudget}) => podDisruptionBudget.enabled,
	);
	const {workloadManager} = answers;
	const kinds = [
		...namespaced,
		...(budgets ? [{group: 'policy', resource: 'poddisruptionbudgets', verbs: write}] : []),
	];
	return [
		{verb: 'get', group: '', resource: 'namespaces'},
		{verb: 'create', group: '', resource: 'namespaces'},
		{verb: 'list', group: '', resource: 'nodes'},
		{verb: 'list', group: 'networking.k8s.io', resource: 'ingressclasses'},
		...namespacesOf(answers).flatMap((namespace) =>
			kinds.flatMap(({group, resource, verbs}) => verbs.map((verb) => ({verb, group, resource, namespace}))),
		),
		...(workloadManager.enabled
			? [
					...['roles', 'rolebindings'].flatMap((resource) =>
						write.map((verb) => ({
							verb,
							group: 'rbac.authorization.k8s.io',
							resource,
							namespace: workloadManager.namespace,
						})),
					),
					// Kubernetes lets nobody grant what they may not do themselves; the other verbs of that Role are asked for above.
					{verb: 'deletecollection', group: 'batch', resource: 'jobs', namespace: workloadManager.namespace},
				]
			: []),
	];
};
