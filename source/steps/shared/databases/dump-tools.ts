import {firstOf} from '../../../base/text.ts';
import type {DumpTools} from '../../../database/dump/types.ts';
import type {DatabaseFacts, DatabaseLogin} from '../../../database/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {accessesOfDumps, accessText} from '../accesses.ts';

/** @throws ProblemError `dump-pod-permissions` */
const requirePods = async ({cluster, answers, signal}: World): Promise<void> => {
	const {namespace} = answers.controlPlane;
	const denied = (await cluster.denied(accessesOfDumps(answers), signal)).map(accessText);
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
