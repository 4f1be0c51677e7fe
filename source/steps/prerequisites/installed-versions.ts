import {inPool} from '../../base/pool.ts';
import {type Check, refuse} from '../shared/checks.ts';
import {downgradeOf} from '../shared/release/downgrade.ts';
import type {World} from '../world.ts';

/** Helm is a process of its own each time; more of them than this hold each other up. */
const mostAtOnce = 4;

/** Where each release of the answers is, with the chart that the bundle has for it. */
const releasesOf = async ({answers, bundle, signal}: World) => {
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	const {release: name, namespace} = answers.controlPlane;
	return [
		{name, namespace, chart: controlPlaneChart},
		...answers.workspaces.map((workspace) => ({
			name: workspace.release,
			namespace: workspace.namespace,
			chart: workspaceChart,
		})),
	];
};

/** Nothing that is installed is newer than the bundle: that must be found before the first change. */
export const installedVersions: Check = {
	label: 'Installed versions',
	asks: 'cluster',
	run: async (world) => {
		const {cluster, helm, signal} = world;
		// A cluster that does not answer is told in its own words, and not in Helm's beside them.
		await cluster.version(signal);
		const releases = await releasesOf(world);
		const histories = await inPool(releases, mostAtOnce, async ({name, namespace}) =>
			helm.history(name, namespace, signal),
		);
		refuse(releases.flatMap((wanted, index) => downgradeOf(histories[index] ?? [], wanted) ?? []));
		const found = histories.flatMap((revisions) => revisions.at(-1)?.chart ?? []);
		return {note: found.length === 0 ? 'nothing is installed' : found.join(', ')};
	},
};
