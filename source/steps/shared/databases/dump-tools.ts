import {firstOf} from '../../../base/text.ts';
import {execAccesses} from '../../../cluster/exec/exec.ts';
import type {Access} from '../../../cluster/types.ts';
import type {DumpTools} from '../../../database/dump/types.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../../database/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {accessText} from '../accesses.ts';

/** What it takes to start a pod with programs, to work in it and to take it away again. */
const podAccesses = (namespace: string): readonly Access[] => [
	...['list', 'create', 'delete'].map((verb) => ({verb, group: 'batch', resource: 'jobs', namespace})),
	...['list', 'delete'].map((verb) => ({verb, group: '', resource: 'pods', namespace})),
	...execAccesses(namespace),
];

/** @throws ProblemError `dump-pod-permissions` */
const requirePods = async ({cluster, answers, signal}: World): Promise<void> => {
	const {namespace} = answers.controlPlane;
	const denied = (await cluster.denied(podAccesses(namespace), signal)).map(accessText);
	if (denied.length === 0) return;
	throw stepProblems.error('dump-pod-permissions', {namespace, first: firstOf(denied, 3, '; ')}, {evidence: denied});
};

/**
 * The programs that dump and restore a server of these facts; undefined in the pass `look` where they are in a pod, which it does not
 * start. What a pod takes of the login to the cluster is asked before one is started.
 * @throws ProblemError `dump-tools-missing`, `dump-pod-permissions`, why the pod does not start
 */
export const dumpToolsFor = async (
	world: World,
	login: DatabaseLogin,
	facts: DatabaseFacts,
): Promise<DumpTools | undefined> => {
	const {dumps, pass, signal} = world;
	const place = await dumps.look(facts, signal);
	if (place.program !== undefined) return place;
	await requirePods(world);
	return pass === 'look' ? undefined : dumps.tools(login, facts, signal);
};
