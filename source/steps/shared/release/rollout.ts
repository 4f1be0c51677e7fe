import {type Problem, toProblem} from '../../../base/problem.ts';
import type {PodView} from '../../../cluster/types.ts';
import type {World} from '../../world.ts';
import {createPatience} from './patience.ts';
import {podRow} from './pods.ts';
import {selectorOf, type WantedRelease} from './wanted.ts';

/** How often the patience with the pods is looked at, ms. */
const lookEveryMs = 1000;

/** Why the rollout does not get ready, as the cluster tells it; undefined while it tells nothing. */
export const diagnoseRollout = async (
	{cluster, signal}: World,
	{namespace, name, component}: WantedRelease,
): Promise<Problem | undefined> => cluster.diagnose({namespace, labelSelector: selectorOf(name), component}, signal);

/** Tells the row of each pod that has changed. */
const createRows = ({report}: World): ((pods: readonly PodView[]) => void) => {
	const told = new Map<string, string>();
	return (pods) => {
		for (const pod of pods) {
			const text = JSON.stringify(pod);
			if (told.get(pod.name) !== text) report(podRow(pod));
			told.set(pod.name, text);
		}
	};
};

/**
 * Watches the pods of a rollout. Resolves with the cause once one has been stuck for too long, and with undefined when the signal ends it.
 * @param earlier names of the pods that were there before the rollout began
 * @throws what ends the watch
 */
export const watchRollout = async (
	world: World,
	wanted: WantedRelease,
	earlier: ReadonlySet<string>,
): Promise<Problem | undefined> => {
	const {cluster, clock, signal, report} = world;
	const patience = createPatience(clock, earlier);
	const tellRows = createRows(world);
	let pods: readonly PodView[] = [];
	const see = (now: readonly PodView[]): void => {
		pods = now;
		tellRows(now);
		patience.see(now);
	};
	const lookForCause = async (): Promise<Problem> => {
		for (;;) {
			await clock.sleep(lookEveryMs, signal);
			if (!patience.isOver(pods)) continue;
			try {
				const cause = await diagnoseRollout(world, wanted);
				if (cause) return cause;
			} catch (error) {
				signal.throwIfAborted();
				// The rollout itself still decides; the next look asks again.
				report({kind: 'line', level: 'debug', text: toProblem(error).message});
			}
		}
	};
	const watching = cluster.watchPods(wanted.namespace, selectorOf(wanted.name), see, signal);
	try {
		return await Promise.race([lookForCause(), watching.then(() => undefined)]);
	} catch (error) {
		if (signal.aborted) return undefined;
		throw error;
	}
};
