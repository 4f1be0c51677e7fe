import semver from 'semver';
import type {Answers} from '../../../answers/schema.ts';
import type {Problem} from '../../../base/problem.ts';
import type {Release, ReleaseStatus} from '../../../helm/types.ts';
import {stepProblems} from '../../problems.ts';
import {labelOf, type WantedRelease} from './wanted.ts';

const worked: ReadonlySet<ReleaseStatus> = new Set(['deployed', 'superseded']);

/**
 * The revisions whose versions the databases may have: the last one that worked, and every later try, which may have migrated them
 * before it failed. An older revision does not count: somebody restored the databases by hand and went back to a later one.
 */
const counting = (revisions: readonly Release[]): readonly Release[] => {
	const deployed = revisions.findLastIndex(({status}) => status === 'deployed');
	const good = deployed < 0 ? revisions.findLastIndex(({status}) => worked.has(status)) : deployed;
	return revisions.slice(Math.max(0, good));
};

/** The version in Helm's name of a chart: `0.73.0` in `zenml-0.73.0`. Undefined where it is none. */
export const versionOf = (chart: string, name: string): string | undefined => {
	const tail = chart.startsWith(`${name}-`) ? chart.slice(name.length + 1) : '';
	return semver.valid(tail) ?? undefined;
};

const isLower = (one: string | undefined, other: string | undefined): boolean => {
	const [left, right] = [semver.valid(one ?? null), semver.valid(other ?? null)];
	return left !== null && right !== null && semver.lt(left, right);
};

/** A release as far as its version is told. */
type Versioned = Pick<WantedRelease, 'name' | 'namespace'> & {
	readonly chart: Pick<WantedRelease['chart'], 'name' | 'version'> & {readonly appVersion?: string | undefined};
};

/**
 * Refuses to install an older version over a newer one: databases are migrated forward only, and an older server either fails on
 * them or damages them.
 * @param revisions what Helm keeps of the release, oldest first
 * @param answers say whose release it is: the way back is that of the component
 */
export const downgradeOf = (
	revisions: readonly Release[],
	wanted: Versioned,
	{workspaces}: Pick<Answers, 'workspaces'>,
): Problem | undefined => {
	const {chart} = wanted;
	const newer = counting(revisions).findLast(
		(live) => isLower(chart.version, versionOf(live.chart, chart.name)) || isLower(chart.appVersion, live.appVersion),
	);
	if (!newer) return undefined;
	const own = workspaces.find(({release, namespace}) => release === wanted.name && namespace === wanted.namespace);
	return stepProblems.problem('downgrade-refused', {
		label: labelOf(wanted),
		chart: `${chart.name} ${chart.version}`,
		live: newer.chart,
		revision: newer.revision,
		status: newer.status,
		component: own?.name ?? 'controlPlane',
	});
};
