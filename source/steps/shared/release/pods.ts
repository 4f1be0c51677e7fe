import type {PodView} from '../../../cluster/types.ts';
import type {Detail} from '../../../engine/plan.ts';
import type {World} from '../../world.ts';
import {labelOf, selectorOf, type WantedRelease} from './wanted.ts';

/** How long a look waits for pods that are starting, ms. */
const settleMs = 15_000;

/** Pods that serve: not those of Jobs that have ended. */
export const serverPods = async (
	{cluster, signal}: World,
	{namespace, name}: WantedRelease,
): Promise<readonly PodView[]> =>
	(await cluster.pods(namespace, selectorOf(name), signal)).filter(({phase}) => phase !== 'Succeeded');

const isStarting = ({ready, stuck}: PodView): boolean => !ready && !stuck;

/** The same after a moment's patience: a pod that is just starting again is no reason for a new revision. */
export const settledPods = async (world: World, wanted: WantedRelease): Promise<readonly PodView[]> => {
	const {clock, report, signal} = world;
	const until = clock.now() + settleMs;
	for (;;) {
		const pods = await serverPods(world, wanted);
		if (clock.now() >= until || !pods.some(isStarting)) return pods;
		report({kind: 'waiting', reason: `pods of ${labelOf(wanted)} to be ready`, timeoutMs: settleMs});
		await clock.sleep(500, signal);
	}
};

type State = Extract<Detail, {kind: 'item'}>['state'];

const stateOf = ({ready, phase, stuck}: PodView): State => {
	// Nothing is expected of a pod that goes away.
	if (ready || phase === 'Succeeded' || phase === 'Terminating') return 'ok';
	return stuck || phase === 'Failed' ? 'bad' : 'pending';
};

const phaseInWords = ({ready, phase}: PodView): string => {
	if (phase === 'Succeeded') return 'completed';
	return ready ? 'ready' : phase;
};

/** The row of a pod: how it is, and why it is not ready. */
export const podRow = (pod: PodView): Detail => {
	const {name, namespace, restarts, reason} = pod;
	const note = [
		phaseInWords(pod),
		...(restarts > 0 ? [`${restarts} restarts`] : []),
		...(reason === undefined ? [] : [reason]),
	];
	return {kind: 'item', label: `pod ${namespace}/${name}`, state: stateOf(pod), note: note.join(', ')};
};
