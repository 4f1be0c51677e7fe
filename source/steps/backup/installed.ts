import type {BackupComponent} from '../../backup/types.ts';
import type {Release} from '../../helm/types.ts';
import {stepProblems} from '../problems.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {selectorOf} from '../shared/release/wanted.ts';
import {containersThatRan} from '../verification/ran.ts';
import type {World} from '../world.ts';

/** A component that runs, with its release. */
export type Installed = Component & {readonly release: Release};

/** Its name in a backup: `controlPlane`, or that of the workspace. */
export const nameOf = ({path, answers}: Component): string =>
	path === 'controlPlane' || !('name' in answers) ? 'controlPlane' : String(answers.name);

/**
 * The components of the answers that Helm knows, control plane first.
 * @throws ProblemError `backup-nothing-installed` where the control plane is not among them
 */
export const installedOf = async ({answers, helm, signal}: World): Promise<readonly Installed[]> => {
	const found: Installed[] = [];
	for (const component of componentsOf(answers)) {
		const {release: name, namespace} = component.answers;
		const release = await helm.release(name, namespace, signal);
		if (release && release.status !== 'uninstalled') found.push({...component, release});
		else if (component.path === 'controlPlane')
			throw stepProblems.error('backup-nothing-installed', {release: name, namespace});
	}
	return found;
};

/** Components in the order in which their databases are dumped: the control plane last, so that it knows everybody whom a workspace names. */
export const workspacesFirst = (installed: readonly Installed[]): readonly Installed[] => [
	...installed.filter(({path}) => path !== 'controlPlane'),
	...installed.filter(({path}) => path === 'controlPlane'),
];

/** `HOST/NAME@sha256:…` of an image that a pod names by its tag. */
const byDigest = (image: string, digest: string): string =>
	`${image.replace(/@sha256:[0-9a-f]{64}$/u, '').replace(/:[\w][\w.-]{0,127}$/u, '')}@${digest}`;

/** What runs of a component, as its nodes tell it. */
export const componentOf = async ({cluster, signal}: World, installed: Installed): Promise<BackupComponent> => {
	const {release, answers} = installed;
	const {namespace} = answers;
	const selection = {apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: selectorOf(release.name)};
	const pods = await cluster.list(selection, signal);
	const images = pods
		.flatMap((pod) => containersThatRan(pod) ?? [])
		.map(({image, digest}) => (digest === undefined ? image : byDigest(image, digest)));
	const {name, chart, revision} = release;
	return {name: nameOf(installed), release: name, namespace, chart, revision, images: [...new Set(images)].sort()};
};
