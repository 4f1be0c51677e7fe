import type {Problem} from '../base/problem.ts';
import type {KubeObject} from '../cluster/types.ts';
import type {Change, Finding} from '../engine/plan.ts';
import {stepProblems} from './problems.ts';
import {managedBy, namespacesOf} from './shared/names.ts';
import {objectParts} from './shared/preview/object.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

/** How long the lock of another run is watched at most, ms. */
const longestWatchMs = 120_000;

export const namespaceNamed = (name: string) => ({apiVersion: 'v1', kind: 'Namespace', name});

/** The problem of a namespace that is on its way out: it takes nothing new. None where it stays. */
export const terminating = (live: KubeObject | undefined): readonly Problem[] => {
	const {name: namespace = '', deletionTimestamp: time} = live?.metadata ?? {};
	if (!time) return [];
	const nextSteps = [`kubectl get namespace ${namespace} -o jsonpath='{.status.conditions}'`];
	return [stepProblems.problem('namespace-terminating', {namespace, time}, {nextSteps})];
};

const wantedNamespace = (name: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name, labels: managedBy},
});

/** Makes a namespace that is not there. */
export const makeNamespace = async ({cluster, signal, report}: World, name: string): Promise<void> => {
	const object = wantedNamespace(name);
	// Who may not make namespaces may still have had them made.
	if (await cluster.get(namespaceNamed(name), signal)) return;
	// Created, not applied: a namespace that the cluster's admin made keeps its labels and owners.
	if (await cluster.create(object, signal)) report({kind: 'line', level: 'info', text: `namespace ${name} created`});
};

const check = async (world: World): Promise<Finding> => {
	const {answers, cluster, signal} = world;
	const names = namespacesOf(answers);
	const live = await Promise.all(names.map(async (name) => cluster.get(namespaceNamed(name), signal)));
	const leaving = live.flatMap(terminating);
	if (leaving[0]) return {status: 'blocked', problem: leaving[0]};
	const missing = names.filter((_name, index) => live[index] === undefined);
	const changes = missing.map(
		(name): Change => ({
			action: 'create',
			target: `namespace ${name}`,
			opens: objectParts(world, undefined, wantedNamespace(name)),
		}),
	);
	if (changes.length > 0) return {status: 'todo', changes};
	// Whether another run lives is seen by watching its Lease.
	if (world.pass === 'apply')
		world.report({kind: 'waiting', reason: 'the lock of this cluster', timeoutMs: longestWatchMs});
	await world.holdLease(signal);
	return {status: 'ok', note: names.join(', ')};
};

const apply = async (world: World): Promise<void> => {
	for (const name of namespacesOf(world.answers)) await makeNamespace(world, name);
};

/** Guide steps 4, 9 and 13, first part: the namespaces of control plane, workspaces and runner jobs. */
export const namespacesStep: Step = {
	id: 'namespaces',
	title: 'Namespaces',
	why: 'Secrets and releases live in namespaces, one for each component.',
	area: 'cluster',
	inputs: (answers) => namespacesOf(answers),
	timeouts: {...shortTimeouts, checkMs: shortTimeouts.checkMs + longestWatchMs},
	check,
	apply,
};
