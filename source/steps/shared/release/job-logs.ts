import {toProblem} from '../../../base/problem.ts';
import type {PodView} from '../../../cluster/types.ts';
import type {World} from '../../world.ts';

/** A pod of a Job, and how far its log was told. */
type Followed = {told: number; busy: boolean; over: boolean};

const hasEnded = ({phase}: PodView): boolean => phase === 'Succeeded' || phase === 'Failed';

const hasLog = (pod: PodView): boolean => pod.job !== undefined && (pod.phase === 'Running' || hasEnded(pod));

/**
 * Tells the logs of a rollout's Jobs while they run: what a migration does, and how far it is, shows nowhere else, and Helm removes
 * Job and log after its success. A log that breaks off is followed anew where it was left.
 * @param earlier pods that were there before the rollout began
 */
export const createJobLogs = (
	{cluster, report, signal}: World,
	earlier: ReadonlySet<string>,
): ((pods: readonly PodView[]) => void) => {
	const all = new Map<string, Followed>();
	const follow = async (pod: PodView, followed: Followed): Promise<void> => {
		const {namespace, name, job} = pod;
		let line = 0;
		const tell = (text: string): void => {
			line += 1;
			if (line <= followed.told) return;
			followed.told = line;
			report({kind: 'line', level: 'info', text: `${job}: ${text}`, record: true});
		};
		try {
			await cluster.followLog({namespace, name}, tell, signal);
			followed.over = hasEnded(pod);
		} catch (error) {
			// The rollout does not depend on it, and a diagnosis reads the log by itself.
			if (!signal.aborted) report({kind: 'line', level: 'debug', text: toProblem(error).message});
		} finally {
			followed.busy = false;
		}
	};
	return (pods) => {
		for (const pod of pods.filter((one) => hasLog(one) && !earlier.has(one.name))) {
			const followed = all.get(pod.name) ?? {told: 0, busy: false, over: false};
			all.set(pod.name, followed);
			if (followed.busy || followed.over) continue;
			followed.busy = true;
			void follow(pod, followed);
		}
	};
};
