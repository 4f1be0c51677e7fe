import type {KubeObject} from '../cluster/types.ts';
import type {Finding} from '../engine/plan.ts';
import {managedBy} from './shared/names.ts';
import {type Naming, objectChanges, objectsToDo} from './shared/objects/object-changes.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

/**
 * Service account of the runner jobs, and a Role that lets each workspace server run and read jobs. Verbs: the vendor's
 * snapshot documentation (`batch/jobs` create, get, deletecollection; `pods` list; `pods/log` get); the charts make no Role.
 */
const objectsOf = ({answers}: World): readonly KubeObject[] => {
	const {workloadManager, workspaces, registry} = answers;
	const {namespace, serviceAccount} = workloadManager;
	const pullSecrets = registry.username === undefined ? {} : {imagePullSecrets: [{name: registry.pullSecretName}]};
	return [
		{
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: {name: serviceAccount, namespace, labels: managedBy},
			...pullSecrets,
		},
		{
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'Role',
			metadata: {name: 'zenml-workload-manager', namespace, labels: managedBy},
			rules: [
				{apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'deletecollection']},
				{apiGroups: [''], resources: ['pods'], verbs: ['list']},
				{apiGroups: [''], resources: ['pods/log'], verbs: ['get']},
			],
		},
		{
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'RoleBinding',
			metadata: {name: 'zenml-workload-manager', namespace, labels: managedBy},
			roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'zenml-workload-manager'},
			subjects: workspaces.map((workspace) => ({
				kind: 'ServiceAccount',
				name: 'zenml',
				namespace: workspace.namespace,
			})),
		},
	];
};

const naming: Naming = {
	nameOf: ({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`,
	answerOf: () => ({name: 'other', answers: ['workloadManager.namespace', 'workloadManager.serviceAccount']}),
};

const check = async (world: World): Promise<Finding> => {
	const changes = await objectChanges(world, objectsOf(world), naming);
	if (changes.length > 0) return {status: 'todo', changes};
	return {status: 'ok', note: `namespace ${world.answers.workloadManager.namespace}`};
};

const apply = async (world: World): Promise<void> => {
	for (const {object} of await objectsToDo(world, objectsOf(world), naming)) {
		await world.cluster.apply(object, {signal: world.signal});
		world.report({kind: 'line', level: 'info', text: `${naming.nameOf(object)} applied`});
	}
};

/**
 * Guide step 13: what snapshot runs need in the cluster. The environment of the workspace servers that goes with it is
 * part of their values, so the step "workspaces" has set it already.
 */
export const workloadManagerStep: Step = {
	id: 'workload-manager',
	title: 'Workload manager',
	why: 'Pipeline snapshots run as jobs in a namespace of their own, with just the rights they need.',
	area: 'cluster',
	inputs: ({workloadManager, workspaces, registry}) => ({
		workloadManager,
		namespaces: workspaces.map(({namespace}) => namespace),
		pullSecret: registry.pullSecretName,
	}),
	when: ({workloadManager}) => workloadManager.enabled,
	skippable: true,
	timeouts: shortTimeouts,
	check,
	apply,
};
