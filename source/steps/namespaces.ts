import type {KubeObject} from '../cluster/types.ts';
import type {Change, Finding} from '../engine/plan.ts';
import {managedBy, namespacesOf} from './shared/names.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

const reference = (name: string) => ({apiVersion: 'v1', kind: 'Namespace', name});

const check = async (world: World): Promise<Finding> => {
	const names = namespacesOf(world.answers);
	const live = await Promise.all(names.map(async (name) => world.cluster.get(reference(name), world.signal)));
	const leaving = live.find((object) => object?.metadata.deletionTimestamp !== undefined);
	if (leaving) {
		return {
			status: 'blocked',
			problem: {
				code: 'namespace-terminating',
				area: 'cluster',
				who: 'cluster admin',
				message: `Namespace ${leaving.metadata.name} is being deleted.`,
				cause: `It was deleted at ${leaving.metadata.deletionTimestamp}, and some object in it does not go away.`,
				fix: 'Wait until it is gone, then try again.',
				nextSteps: [`kubectl get namespace ${leaving.metadata.name} -o jsonpath='{.status.conditions}'`],
			},
		};
	}
	const changes = names
		.filter((_name, index) => live[index] === undefined)
		.map((name): Change => ({action: 'create', target: `namespace ${name}`}));
	if (changes.length > 0) return {status: 'todo', changes};
	await world.holdLease(world.signal);
	return {status: 'ok', note: names.join(', ')};
};

const apply = async (world: World): Promise<void> => {
	for (const name of namespacesOf(world.answers)) {
		const object: KubeObject = {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels: managedBy}};
		// Created, not applied: a namespace that the cluster's admin made keeps its labels and owners.
		if (await world.cluster.create(object, world.signal))
			world.report({kind: 'line', level: 'info', text: `namespace ${name} created`});
	}
};

/** Guide steps 4, 9 and 13, first part: the namespaces of control plane, workspaces and runner jobs. */
export const namespacesStep: Step = {
	id: 'namespaces',
	title: 'Namespaces',
	why: 'Secrets and releases live in namespaces, one for each component.',
	area: 'cluster',
	inputs: (answers) => namespacesOf(answers),
	timeouts: shortTimeouts,
	check,
	apply,
};
