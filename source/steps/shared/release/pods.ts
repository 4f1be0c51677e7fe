import {counted} from '../../../base/text.ts';
import type {KubeObject, PodView} from '../../../cluster/types.ts';
import type {Detail} from '../../../engine/plan.ts';
import type {World} from '../../world.ts';
import {labelOf, selectorOf, type WantedRelease} from './wanted.ts';

/** How long a look waits for pods that are starting, ms. */
const settleMs = 15_000;

/** Pods that are to run: not those of Jobs that have ended. */
export const livePods = async (
	{cluster, signal}: World,
	{namespace, name}: WantedRelease,
): Promise<readonly PodView[]> =>
	(await cluster.pods(namespace, selectorOf(name), signal)).filter(({phase}) => phase !== 'Succeeded');

/**
 * Workers of a workspace carry the label of its release too, and its Service leads to pods of the component `server` alone
 * (charts from 0.97 on). The control plane has servers under several names.
 */
export const isServer =
	({component: of}: WantedRelease) =>
	({component = 'server', job}: PodView): boolean =>
		job === undefined && (of === 'controlPlane' || component === 'server');

/** The pod of a Job, such as the migration's, comes and goes with a try; it serves nobody. */
const isOfJob = ({metadata}: KubeObject): boolean =>
	metadata.ownerReferences?.some(({kind}) => kind === 'Job') === true;

/**
 * True when nothing of the release is there that serves, or could have served: neither a Deployment nor a pod of another kind
 * than a Job's. Only then may the release be removed.
 */
export const isIdle = async (
	{cluster, signal}: World,
	{namespace, name}: Pick<WantedRelease, 'namespace' | 'name'>,
): Promise<boolean> => {
	const labelSelector = selectorOf(name);
	const [deployments, pods] = await Promise.all([
		cluster.list({apiVersion: 'apps/v1', kind: 'Deployment', namespace, labelSelector}, signal),
		cluster.list({apiVersion: 'v1', kind: 'Pod', namespace, labelSelector}, signal),
	]);
	return deployments.length === 0 && pods.every(isOfJob);
};

const isStarting = ({ready, stuck}: PodView): boolean => !ready && !stuck;

/** The same after a moment's patience: a pod that is just starting again is no reason for a new revision. */
export const settledPods = async (world: World, wanted: WantedRelease): Promise<readonly PodView[]> => {
	const {clock, report, signal} = world;
	const until = clock.now() + settleMs;
	for (;;) {
		const pods = await livePods(world, wanted);
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

const labelOfPod = ({namespace, name}: PodView): string => `pod ${namespace}/${name}`;

/** A pod that is watched no more, since it is not there. */
export const goneRow = (pod: PodView): Detail => ({kind: 'item', label: labelOfPod(pod), state: 'gone', note: ''});

/** The row of a pod: how it is, and why it is not ready. */
export const podRow = (pod: PodView): Detail => {
	const {namespace, name, containers, status, restarts, createdAt, node, images, reason} = pod;
	const note = [
		phaseInWords(pod),
		...(restarts > 0 ? [counted(restarts, 'restart')] : []),
		...(reason === undefined ? [] : [reason]),
	];
	const row = {namespace, name, ready: containers.ready, containers: containers.total};
	return {
		kind: 'item',
		label: labelOfPod(pod),
		state: stateOf(pod),
		note: note.join(', '),
		pod: {...row, status, restarts, createdAt, node, images},
	};
};
