import type {Clock} from '../../../base/clock.ts';
import type {PodView} from '../../../cluster/types.ts';

/** Longest time a pod may be stuck before the rollout is given up, ms: image back-off and crash back-off need a few rounds. */
const stuckMs = 20_000;

/** The same for a pod that an earlier try left behind, ms: the new rollout replaces it only after its hooks. */
const leftOverMs = 120_000;

/** A pod that crashed this often is given up at once. */
const hopelessRestarts = 4;

/** How long the pods of a rollout are borne with. */
export type Patience = {
	/** Takes in how the pods are now. */
	readonly see: (pods: readonly PodView[]) => void;
	/** True once one of them has been stuck for too long, or crashed too often. */
	readonly isOver: (pods: readonly PodView[]) => boolean;
};

/** @param earlier names of the pods that were there before the rollout began */
export const createPatience = (clock: Clock, earlier: ReadonlySet<string>): Patience => {
	const stuckSince = new Map<string, number>();
	const restartsBefore = new Map<string, number>();
	const seeOne = ({name, ready, stuck, restarts}: PodView): void => {
		// A pod of an earlier try brings its crashes along; only new ones tell something of this rollout.
		if (!restartsBefore.has(name)) restartsBefore.set(name, restarts);
		// A crashing pod runs between its crashes: what was stuck stays so until it is ready.
		if (ready) stuckSince.delete(name);
		else if (stuck && !stuckSince.has(name)) stuckSince.set(name, clock.now());
	};
	const isHopeless = ({name, restarts}: PodView): boolean => {
		const since = stuckSince.get(name);
		if (since === undefined) return false;
		const crashes = restarts - (restartsBefore.get(name) ?? 0);
		const patienceMs = earlier.has(name) ? leftOverMs : stuckMs;
		return crashes >= hopelessRestarts || clock.now() - since >= patienceMs;
	};
	return {
		see: (pods) => {
			for (const pod of pods) seeOne(pod);
		},
		isOver: (pods) => pods.some(isHopeless),
	};
};
