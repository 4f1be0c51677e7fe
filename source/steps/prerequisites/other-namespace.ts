import {drillNamespace} from '../../answers/drill-namespace.ts';
import type {Problem} from '../../base/problem.ts';
import {isMap} from '../../base/text.ts';
import {stepProblems} from '../problems.ts';
import {listIfAllowed} from '../shared/checks.ts';
import type {Component} from '../shared/names.ts';
import type {World} from '../world.ts';

/** Main sections of the charts: `zenml` of both, `server` of newer workspaces. */
const roots = ['zenml', 'server'] as const;

/** The host that a release serves, by its values. */
const hostIn = (values: unknown): string | undefined => {
	for (const root of roots) {
		const section = isMap(values) ? values[root] : undefined;
		const url = isMap(section) ? section.serverURL : undefined;
		if (typeof url === 'string' && URL.canParse(url)) return new URL(url).hostname;
	}
	return undefined;
};

/** Namespaces with a release of this name, as Helm's own Secrets tell; none where they may not be listed. */
const namespacesWith = async (world: World, release: string): Promise<readonly string[]> => {
	const labelSelector = `owner=helm,name=${release},status!=superseded`;
	const secrets = (await listIfAllowed(world, {apiVersion: 'v1', kind: 'Secret', labelSelector})) ?? [];
	return [...new Set(secrets.flatMap(({metadata: {namespace}}) => namespace ?? []))];
};

/**
 * The same component in another namespace: under the name of its release, for its host. Other installs of the cluster may have releases of
 * that name too, for hosts of their own. Looked for only where nothing is installed in the namespace of the answers.
 */
export const otherNamespace = async (world: World, component: Component): Promise<readonly Problem[]> => {
	const {helm, signal} = world;
	const {namespace, release, host} = component.answers;
	if (await helm.release(release, namespace, signal)) return [];
	const others = await namespacesWith(world, release);
	for (const live of others.filter((one) => one !== namespace && one !== drillNamespace)) {
		if (hostIn(await helm.values(release, live, signal)) !== host) continue;
		const answer = `${component.path}.namespace`;
		const facts = {label: component.label, live, release, namespace, answer};
		return [stepProblems.problem('release-in-other-namespace', facts, {answers: [answer]})];
	}
	return [];
};
