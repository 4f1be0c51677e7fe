import semver from 'semver';
import {inPool} from '../../base/pool.ts';
import {firstOf} from '../../base/text.ts';
import {jumpsFit} from '../../charts/index.ts';
import type {Release} from '../../helm/types.ts';
import {type Check, refuse, type Seen} from '../shared/checks.ts';
import {downgradeOf, versionOf} from '../shared/release/downgrade.ts';
import {labelOf} from '../shared/release/wanted.ts';
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

/** The version that runs, or that was tried last where none does. */
const liveVersion = (revisions: readonly Release[], chart: string): string | undefined => {
	const live = revisions.findLast(({status}) => status === 'deployed') ?? revisions.at(-1);
	return live && versionOf(live.chart, chart);
};

type Wanted = Awaited<ReturnType<typeof releasesOf>>[number];

const jumpsOf = ([controlPlane, ...workspaces]: readonly Wanted[], histories: readonly (readonly Release[])[]) => {
	const [own = [], ...others] = histories;
	if (!controlPlane) return {problems: [], warnings: []};
	const {chart} = controlPlane;
	return jumpsFit(
		{live: liveVersion(own, chart.name), wanted: chart.version},
		workspaces.flatMap((wanted, index) => {
			const live = liveVersion(others[index] ?? [], wanted.chart.name);
			return live === undefined ? [] : [{label: labelOf(wanted), live, wanted: wanted.chart.version}];
		}),
	);
};

/** What an install would upgrade: it makes no backup, and databases are migrated forward only. */
const oneWay = (releases: readonly Wanted[], histories: readonly (readonly Release[])[]): readonly string[] => {
	const older = releases.flatMap(({chart, ...place}, index) => {
		const live = liveVersion(histories[index] ?? [], chart.name);
		return live !== undefined && semver.lt(live, chart.version)
			? [`${labelOf(place)} (${live} to ${chart.version})`]
			: [];
	});
	return older.length === 0
		? []
		: [
				`An older version is installed: ${firstOf(older, 5)}. An install goes one way: it migrates the databases and makes no backup. "zenml-airgap upgrade" looks ahead, backs up first, and knows the way back.`,
			];
};

const look = async (world: World) => {
	const {cluster, helm, signal} = world;
	// A cluster that does not answer is told in its own words, and not in Helm's beside them.
	await cluster.version(signal);
	const releases = await releasesOf(world);
	const histories = await inPool(releases, mostAtOnce, async ({name, namespace}) =>
		helm.history(name, namespace, signal),
	);
	const downgrades = releases.flatMap(
		(wanted, index) => downgradeOf(histories[index] ?? [], wanted, world.answers) ?? [],
	);
	const jumps = jumpsOf(releases, histories);
	refuse([...downgrades, ...jumps.problems]);
	const found = histories.flatMap((revisions) => revisions.at(-1)?.chart ?? []);
	const note = found.length === 0 ? 'nothing is installed' : found.join(', ');
	return {note, jumps: jumps.warnings, oneWay: oneWay(releases, histories)};
};

const seen = (note: string, warnings: readonly string[]): Seen => ({note, ...(warnings.length > 0 && {warnings})});

/** Nothing that is installed is newer than the bundle, or too old for one step: that must be found before the first change. */
export const upgradedVersions: Check = {
	label: 'Installed versions',
	asks: 'cluster',
	run: async (world) => {
		const {note, jumps} = await look(world);
		return seen(note, jumps);
	},
};

/** The same before an install, which says that an upgrade is another command. */
export const installedVersions: Check = {
	...upgradedVersions,
	run: async (world) => {
		const {note, jumps, oneWay: ways} = await look(world);
		return seen(note, [...jumps, ...ways]);
	},
};
