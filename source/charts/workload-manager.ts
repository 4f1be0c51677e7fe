import type {Answers} from '../answers/schema.ts';
import type {ChartContents} from './contents.ts';
import {has, workspaceFeatures} from './features.ts';
import {type Environment, prefix, settingsAlone} from './operator/runner-settings.ts';
import {type ImagePlaces, imageOf} from './shared.ts';

/**
 * Environment of a workspace server that runs pipeline snapshots as Jobs (the vendor's air-gap guide, step 13); empty
 * when it is not enabled. All values are texts: the chart renders a bare 1209600 as 1.2096e+06.
 * @throws ProblemError `image-not-in-bundle` when the runner image is to come from the bundle and is not there.
 */
export const workloadManagerEnvironment = (
	{workloadManager: manager}: Answers,
	chart: ChartContents,
	images: ImagePlaces,
	root: string,
): {readonly environment: Environment; readonly warnings: readonly string[]} => {
	if (!manager.enabled) return {environment: {}, warnings: []};
	const runner = (): string => {
		const {repository, tag} = imageOf(images, 'zenml');
		return `${repository}:${tag}`;
	};
	const snapshots = has(chart, workspaceFeatures.snapshotRuns, root);
	const {name, version} = chart.metadata;
	return {
		environment: {
			...settingsAlone(manager),
			...(manager.buildRunnerImage
				? {[`${prefix}DOCKER_REGISTRY`]: images.prefix, ZENML_RUNNER_PARENT_IMAGE: runner()}
				: {[`${prefix}RUNNER_IMAGE`]: manager.runnerImage ?? runner()}),
			[snapshots ? 'ZENML_SERVER_MAX_CONCURRENT_SNAPSHOT_RUNS' : 'ZENML_SERVER_MAX_CONCURRENT_TEMPLATE_RUNS']: String(
				manager.maxConcurrentRuns,
			),
		},
		warnings: [
			...(snapshots ? [] : [`${name} ${version} has no pipeline snapshots: they need 0.90.0 or newer.`]),
			...(manager.implementation === 'gcp'
				? ['The workload manager for Google Cloud needs Google services, which an air-gapped cluster cannot reach.']
				: []),
		],
	};
};
