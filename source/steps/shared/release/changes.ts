import {ProblemError} from '../../../base/problem.ts';
import {firstOf} from '../../../base/text.ts';
import type {PodView} from '../../../cluster/types.ts';
import type {Change} from '../../../engine/plan.ts';
import type {Release} from '../../../helm/types.ts';
import type {World} from '../../world.ts';
import {releaseParts} from '../preview/release.ts';
import {differingPaths} from './differing-paths.ts';
import {downgradeOf} from './downgrade.ts';
import {isServer, podRow, settledPods} from './pods.ts';
import {stampPath} from './secret-stamp.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

/** What the release itself says: not there, not deployed, or of another chart. */
const changeOfRelease = (live: Release | undefined, wanted: WantedRelease): Change | undefined => {
	const target = labelOf(wanted);
	const chart = `${wanted.chart.name}-${wanted.chart.version}`;
	if (!live) return {action: 'create', target, detail: chart};
	if (live.status !== 'deployed')
		return {action: 'update', target, detail: `revision ${live.revision} is ${live.status}`};
	if (live.chart !== chart) return {action: 'update', target, detail: `${live.chart} to ${chart}`};
	return undefined;
};

/** What its values say. Paths are told, never the values. */
const changeOfValues = async ({helm, signal}: World, wanted: WantedRelease): Promise<Change | undefined> => {
	const live = await helm.values(wanted.name, wanted.namespace, signal);
	const all = differingPaths(live, wanted.values);
	if (all.length === 0) return undefined;
	const paths = all.filter((one) => one !== stampPath);
	const detail =
		paths.length === 0
			? 'its pods are replaced: a secret that they read changes'
			: `${paths.length === 1 ? 'value' : 'values'} ${firstOf(paths, 8)}`;
	return {action: 'update', target: labelOf(wanted), detail};
};

/** What its pods say. */
const changesOfPods = async (world: World, wanted: WantedRelease): Promise<readonly Change[]> => {
	const target = labelOf(wanted);
	const pods = await settledPods(world, wanted);
	for (const pod of pods) world.report(podRow(pod));
	if (!pods.some(isServer(wanted)))
		return [
			{action: 'update', target, detail: pods.length === 0 ? 'it has no pods' : 'it has no server, only workers'},
		];
	const wordsOf = ({name, reason}: PodView): string => `pod ${name} is not ready${reason ? `: ${reason}` : ''}`;
	return pods.filter(({ready}) => !ready).map((pod) => ({action: 'update', target, detail: wordsOf(pod)}));
};

/**
 * What differs between the release in the cluster and the wanted one; empty when it runs as wanted.
 * @throws ProblemError `downgrade-refused`
 */
export const releaseChanges = async (world: World, wanted: WantedRelease): Promise<readonly Change[]> => {
	const live = await world.helm.release(wanted.name, wanted.namespace, world.signal);
	// A run that begins in the middle has not looked at the prerequisites.
	const downgrade = live && downgradeOf([live], wanted, world.answers);
	if (downgrade) throw new ProblemError(downgrade);
	const change = changeOfRelease(live, wanted) ?? (await changeOfValues(world, wanted));
	if (!change) return changesOfPods(world, wanted);
	return [{...change, opens: await releaseParts(world, wanted, live)}];
};
