import semver from 'semver';
import {kubeVersionFits} from '../../charts/index.ts';
import {stepProblems} from '../problems.ts';
import {type Check, refuse} from '../shared/checks.ts';

/** Oldest Kubernetes the product's documents name. */
const oldest = '1.24.0';

const isTooOld = (version: string): boolean => semver.lt(semver.coerce(version)?.version ?? '0.0.0', oldest);

/** The cluster answers, and both charts and the product support its version. */
export const kubernetes: Check = {
	label: 'Kubernetes',
	asks: 'cluster',
	run: async ({cluster, bundle, signal}) => {
		const version = await cluster.version(signal);
		const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
		refuse([
			...(isTooOld(version) ? [stepProblems.problem('kubernetes-too-old', {version, oldest})] : []),
			...[controlPlaneChart, workspaceChart].flatMap((chart) => kubeVersionFits(chart, version) ?? []),
		]);
		return {note: `${version} at ${cluster.server}`, warnings: cluster.warnings()};
	},
};
