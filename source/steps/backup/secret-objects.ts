import {generatedSecretName} from '../../answers/secret/generated.ts';
import type {Reference} from '../../cluster/kinds.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {secretPlaces} from '../secrets/wanted.ts';
import {enrollmentSecretName} from '../shared/names.ts';
import type {World} from '../world.ts';
import type {Installed} from './installed.ts';

const keyOf = ({namespace = '', name}: Reference): string => `${namespace}/${name}`;

/** Where the Secrets lie without which nothing comes back: what was generated, enrolments, logins, certificates. */
const placesOf = (world: World, installed: readonly Installed[]): readonly Reference[] => {
	const at = (namespace: string, name: string): Reference => ({apiVersion: 'v1', kind: 'Secret', namespace, name});
	const {namespace} = world.answers.controlPlane;
	const enrolments = installed
		.filter(({path}) => path !== 'controlPlane')
		.map(({answers}) => at(answers.namespace, enrollmentSecretName));
	const all = [at(namespace, generatedSecretName), ...enrolments, ...secretPlaces(world)];
	return [...new Map(all.map((place) => [keyOf(place), place])).values()];
};

/** What is needed to make a Secret again; what a server added to it (uid, resourceVersion, managedFields) is not. */
const withoutServersOwn = ({apiVersion, kind, metadata, type, data}: KubeObject): KubeObject => {
	const {name, namespace, labels, annotations} = metadata;
	return {
		apiVersion,
		kind,
		metadata: {name, namespace, ...(labels && {labels}), ...(annotations && {annotations})},
		...(type !== undefined && {type}),
		data,
	} as KubeObject;
};

/**
 * The Secrets of the installation, as a `List` that `kubectl apply` takes. One that is not there is told, but for the one of what
 * was generated.
 * @throws ProblemError `backup-secret-gone`
 */
export const readSecrets = async (
	world: World,
	installed: readonly Installed[],
): Promise<{readonly list: KubeObject; readonly by: ReadonlyMap<string, KubeObject>}> => {
	const by = new Map<string, KubeObject>();
	for (const place of placesOf(world, installed)) {
		const live = await world.cluster.get(place, world.signal);
		if (live) by.set(keyOf(place), withoutServersOwn(live));
		else if (place.name === generatedSecretName)
			throw stepProblems.error('backup-secret-gone', {secret: keyOf(place), namespace: place.namespace ?? ''});
		else
			world.report({kind: 'line', level: 'info', text: `secret ${keyOf(place)} is not there, and not in the backup`});
	}
	return {list: {apiVersion: 'v1', kind: 'List', items: [...by.values()]} as unknown as KubeObject, by};
};

/** A member of a Secret as text. */
export const memberOf = (secret: KubeObject | undefined, key: string): string | undefined => {
	const data = secret?.data as Readonly<Record<string, string>> | undefined;
	const value = data?.[key];
	return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
};
