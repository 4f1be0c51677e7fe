import {inPool} from '../../base/pool.ts';
import type {Chart} from '../../bundle/types.ts';
import type {Release} from '../../helm/types.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {versionOf} from '../shared/release/downgrade.ts';
import type {World} from '../world.ts';

/** Components that are looked at side by side. Each look is a row of requests, one after the other; helm programs take turns by themselves. */
export const looksAtOnce = 8;

/** A component as it is installed, and the chart that was carried in for it. */
export type Installed = {
	readonly component: Component;
	readonly chart: Chart;
	/** What Helm keeps of it, oldest first; none where it is not installed. */
	readonly revisions: readonly Release[];
	/** The revision that runs, or the newest where none does. */
	readonly live: Release | undefined;
	/** Version of its chart; undefined where it is none that can be compared. */
	readonly version: string | undefined;
};

/** The revision that runs, or the newest where none does: a try that failed is newer, and nothing that users have. */
export const running = (revisions: readonly Release[]): Release | undefined =>
	revisions.findLast(({status}) => status === 'deployed') ?? revisions.at(-1);

/** What is installed of the components of the answers, control plane first. @throws ProblemError area `cluster`, `bundle` */
export const readInstalled = async (world: World): Promise<readonly Installed[]> => {
	const {answers, bundle, helm, signal} = world;
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	return inPool(componentsOf(answers), looksAtOnce, async (component) => {
		const {namespace, release} = component.answers;
		const chart = component.path === 'controlPlane' ? controlPlaneChart : workspaceChart;
		const revisions = await helm.history(release, namespace, signal);
		const live = running(revisions);
		return {component, chart, revisions, live, version: live && versionOf(live.chart, chart.name)};
	});
};

/** True where the release already has the chart that was carried in, and works. */
export const isUpgraded = ({live, chart}: Pick<Installed, 'live' | 'chart'>): boolean =>
	live?.status === 'deployed' && live.chart === `${chart.name}-${chart.version}`;

/** `zenml-0.93.0 to zenml-0.95.1`, or that it stays. */
export const versionsInWords = ({live, chart}: Pick<Installed, 'live' | 'chart'>): string => {
	const now = `${chart.name}-${chart.version}`;
	return live === undefined || live.chart === now ? `${now}, as it is` : `${live.chart} to ${now}`;
};
