import semver from 'semver';
import {type Problem, problem} from '../base/problem.ts';
import type {ChartMetadata} from './contents.ts';

/** What is said about two or one chart versions: refusals, and warnings in the operator's words. */
export type Verdict = {readonly problems: readonly Problem[]; readonly warnings: readonly string[]};

type Rule = {
	/** Ranges that both must match for the rule to speak; absent matches everything. */
	readonly controlPlane?: string;
	readonly workspace?: string;
	readonly severity: 'problem' | 'warning';
	readonly text: string;
};

/**
 * Versions that do not fit each other, from the vendor's prerequisites page (the control plane is as new as or newer
 * than its workspaces) and release notes (control plane 0.12.0, workspace server 0.74.0, 0.80.0, 0.90.0, 0.94.3).
 */
const rules: readonly Rule[] = [
	{
		controlPlane: '>=0.12.0',
		workspace: '<0.85.0',
		severity: 'problem',
		text: 'a control plane from 0.12.0 on needs workspace servers from 0.85.0 on',
	},
	{
		controlPlane: '<0.12.0',
		workspace: '>=0.85.0',
		severity: 'warning',
		text: 'the control plane is older than the workspace server; it should be as new or newer',
	},
	{
		workspace: '<0.74.0',
		severity: 'warning',
		text: 'workspace servers before 0.74.0 cannot be given a private CA, so they cannot connect to a control plane whose certificate an internal CA signed',
	},
	{
		workspace: '>=0.74.0 <0.94.3',
		severity: 'warning',
		text: 'workspace servers before 0.94.3 try to reach PyPI, which slows them down behind an air gap',
	},
	{
		controlPlane: '<0.13.13',
		severity: 'warning',
		text: 'control planes before 0.13.13 take passwords only as text in the values of the Helm release',
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
	const pair = `${controlPlane.name} ${controlPlane.version} with ${workspace.name} ${workspace.version}`;
	const spoken = rules.filter(
		(rule) => within(controlPlane.version, rule.controlPlane) && within(workspace.version, rule.workspace),
	);
	return {
		problems: spoken
			.filter(({severity}) => severity === 'problem')
			.map(({text}) =>
				problem({
					code: 'chart-versions-do-not-fit',
					area: 'bundle',
					who: 'vendor',
					message: `The charts of the bundle do not fit each other: ${pair}.`,
					cause: `By the vendor's release notes ${text}.`,
					fix: 'Ask for a bundle in which control plane and workspace server were released together.',
				}),
			),
		warnings: spoken
			.filter(({severity}) => severity === 'warning')
			.map(({text}) => `${controlPlane.version} / ${workspace.version}: ${text}.`),
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
	return problem({
		code: 'kubernetes-version-unfit',
		area: 'prerequisites',
		who: 'cluster admin',
		message: `The chart ${chart.name} ${chart.version} does not support Kubernetes ${gitVersion}.`,
		cause: `It asks for Kubernetes ${kubeVersion}.`,
		fix: 'Upgrade the cluster, or ask for a bundle whose charts support it.',
	});
};
