import type {Problem} from '../base/problem.ts';
import {cutTo, oneLine} from '../base/text.ts';
import {imageOf, imagePlaces} from '../charts/index.ts';
import type {KubeObject} from '../cluster/types.ts';
import type {Finding} from '../engine/plan.ts';
import {stepProblems} from './problems.ts';
import {caSecretName, managedBy} from './shared/names.ts';
import {type Naming, objectChanges, objectsToDo} from './shared/objects/object-changes.ts';
import {runPodProbe} from './shared/pod-probe.ts';
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

/** The image that runner pods start from: where ZenML builds them, the one that it builds on. */
const runnerImage = async ({answers, bundle, signal}: World): Promise<string> => {
	const {buildRunnerImage, runnerImage: own} = answers.workloadManager;
	if (!buildRunnerImage && own !== undefined) return own;
	const {repository, tag} = imageOf(imagePlaces(answers, (await bundle.open(signal)).images), 'zenml');
	return `${repository}:${tag}`;
};

/**
 * Runner pods start: as their account, which must bring the leave to pull, on the nodes of the answers, and with the CA of their namespace.
 * Nothing when pod checks are off or this is a dry run. @throws ProblemError why the pod does not start
 */
const tryRunner = async (world: World): Promise<Problem | undefined> => {
	const {answers, pass} = world;
	if (pass === 'look' || !answers.network.podChecks) return undefined;
	const {namespace, serviceAccount, nodeSelector, tolerations} = answers.workloadManager;
	const image = await runnerImage(world);
	const {podSecurityContext} = answers.controlPlane;
	const secretEnv = {RUNNER_CA: {secret: caSecretName, key: 'ca.crt'}};
	const place = {namespace, serviceAccount, nodeSelector, tolerations, image, podSecurityContext, secretEnv};
	const result = await runPodProbe(world, 'runner', {}, place);
	if (result?.error === undefined) return undefined;
	const facts = {image, account: `${namespace}/${serviceAccount}`, words: oneLine(cutTo(String(result.error), 300))};
	return stepProblems.problem('runner-without-ca', facts);
};

const check = async (world: World): Promise<Finding> => {
	const changes = await objectChanges(world, objectsOf(world), naming);
	if (changes.length > 0) return {status: 'todo', changes};
	const problem = await tryRunner(world);
	if (problem) return {status: 'blocked', problem};
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
	inputs: ({workloadManager, workspaces, registry, network}) => ({
		workloadManager,
		podChecks: network.podChecks,
		namespaces: workspaces.map(({namespace}) => namespace),
		pullSecret: registry.pullSecretName,
	}),
	when: ({workloadManager}) => workloadManager.enabled,
	skippable: true,
	timeouts: shortTimeouts,
	check,
	apply,
};
