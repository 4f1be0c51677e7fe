import type {Answers} from '../../answers/schema.ts';
import {lookAtPod, type PodLook, type PodName} from '../../cluster/pods/look.ts';
import type {ClusterPort} from '../../cluster/types.ts';
import type {Context} from '../base/context.ts';
import {openCluster} from '../run/reports/surroundings.ts';

/** Longest look at one pod, ms. */
const lookMs = 10_000;

/** Looks at one pod of a run, without its secrets. @throws ProblemError where the cluster refuses or does not answer */
export type LookAtPod = (pod: PodName, signal: AbortSignal) => Promise<PodLook | undefined>;

/**
 * Looks at pods while a run goes on, by a cluster port of its own: that of the run closes with its answers. Before the answers are known
 * there is no pod.
 */
export const createPodLooks = (context: Context, answersOf: () => Answers | undefined): LookAtPod => {
	let known: {readonly answers: Answers; readonly cluster: Promise<ClusterPort>} | undefined;
	return async (pod, signal) => {
		const answers = answersOf();
		if (!answers) return undefined;
		if (known?.answers !== answers) known = {answers, cluster: openCluster(context, answers)};
		const look = await lookAtPod(await known.cluster, pod, AbortSignal.any([signal, AbortSignal.timeout(lookMs)]));
		return look && context.redactor.redactDeep(look);
	};
};
