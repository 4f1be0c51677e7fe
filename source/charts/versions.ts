import semver from 'semver';
import type {Problem} from '../base/problem.ts';
import type {CaseOf} from '../base/problem-table.ts';
import type {ChartMetadata} from './contents.ts';
import {chartsProblems} from './problems.ts';

/** What is said about two or one chart versions: refusals, and warnings in the operator's words. */
export type Verdict = {readonly problems: readonly Problem[]; readonly warnings: readonly string[]};

type Rule = {
	/** Ranges that both must match for the rule to speak; absent matches everything. */
	readonly controlPlane?: string;
	readonly workspace?: string;
} & ({readonly refuses: CaseOf<typeof chartsProblems.table, 'chart-versions-do-not-fit'>} | {readonly warns: string});

/**
 * Versions that do not fit each other, from the vendor's prerequisites page (the control plane is as new as or newer
 * than its workspaces) and release notes (control plane 0.12.0, workspace server 0.74.0, 0.80.0, 0.90.0, 0.94.3).
 */
const rules: readonly Rule[] = [
	{
		controlPlane: '>=0.12.0',
		workspace: '<0.85.0',
		refuses: 'workspace server before 0.85.0',
	},
	{
		controlPlane: '<0.12.0',
		workspace: '>=0.85.0 <0.94.4',
		warns: 'the control plane is older than the workspace server; it should be as new or newer',
	},
	// Released together, by the vendor's release notes of 2026.
	{controlPlane: '<0.13.13', workspace: '>=0.94.4', refuses: 'control plane older than workspace'},
	{controlPlane: '>=0.13.13 <0.13.15', workspace: '>=0.94.5', refuses: 'control plane older than workspace'},
	{controlPlane: '>=0.13.15 <0.13.18', workspace: '>=0.95.1', refuses: 'control plane older than workspace'},
	{controlPlane: '>=0.13.18 <0.13.19', workspace: '>0.95.1', refuses: 'control plane older than workspace'},
	// Newer than any pair whose release notes are known.
	{
		controlPlane: '>=0.13.19',
		workspace: '>0.95.1',
		warns:
			'both are newer than any pair that this tool knows; the control plane should be as new as its workspaces or newer',
	},
	{
		workspace: '<0.74.0',
		warns:
			'workspace servers before 0.74.0 cannot be given a private CA, so they cannot connect to a control plane whose certificate an internal CA signed',
	},
	{
		workspace: '>=0.74.0 <0.94.3',
		warns: 'workspace servers before 0.94.3 try to reach PyPI, which slows them down behind an air gap',
	},
	{
		controlPlane: '<0.13.13',
		warns: 'control planes before 0.13.13 take passwords only as text in the values of the Helm release',
	},
];

/** True when a version, or that of its release for a pre-release, is in the range; an absent range holds all. */
const within = (version: string, range: string | undefined): boolean =>
	range === undefined || semver.satisfies(version, range, {includePrerelease: true});

/** Do these two charts fit each other? */
export const versionsFit = (
	controlPlane: Pick<ChartMetadata, 'name' | 'version'>,
	workspace: Pick<ChartMetadata, 'name' | 'version'>,
): Verdict => {
	const unreadable = [controlPlane, workspace].filter(({version}) => semver.valid(version) === null);
	if (unreadable.length > 0) {
		return {
			problems: [],
			warnings: unreadable.map(
				({name, version}) =>
					`The version "${version}" of chart ${name} cannot be compared; whether the charts fit is unknown.`,
			),
		};
	}
	const spoken = rules.filter(
		(rule) => within(controlPlane.version, rule.controlPlane) && within(workspace.version, rule.workspace),
	);
	const pair = `${controlPlane.name} ${controlPlane.version} with ${workspace.name} ${workspace.version}`;
	return {
		problems: spoken.flatMap((rule) =>
			'refuses' in rule ? [chartsProblems.problem('chart-versions-do-not-fit', {case: rule.refuses, pair})] : [],
		),
		warnings: spoken.flatMap((rule) =>
			'warns' in rule ? [`${controlPlane.version} / ${workspace.version}: ${rule.warns}.`] : [],
		),
	};
};

/** The bare version of a cluster: `v1.34.2-eks-113cf36` gives `1.34.2`. */
const clusterVersion = (gitVersion: string): string | undefined => semver.coerce(gitVersion)?.version;

/**
 * Does the cluster (git version, e.g. `v1.34.0`) fit the chart's `kubeVersion`? Helm itself refuses otherwise, but only
 * after everything before it was done.
 */
export const kubeVersionFits = (
	chart: Pick<ChartMetadata, 'name' | 'version' | 'kubeVersion'>,
	gitVersion: string,
): Problem | undefined => {
	const {kubeVersion} = chart;
	const version = clusterVersion(gitVersion);
	if (kubeVersion === undefined || kubeVersion === '' || version === undefined) return undefined;
	if (semver.validRange(kubeVersion) === null || within(version, kubeVersion)) return undefined;
	return chartsProblems.problem('kubernetes-version-unfit', {
		chart: `${chart.name} ${chart.version}`,
		version: gitVersion,
		wanted: kubeVersion,
	});
};
