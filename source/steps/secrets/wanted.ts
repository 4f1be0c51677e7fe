import type {Reference} from '../../cluster/kinds.ts';
import {asOneReading, type SecretReader, secretFor} from '../shared/generated.ts';
import {caSecretName, componentsOf, databaseSecretName, namespacesOf} from '../shared/names.ts';
import {type Naming, objectChanges} from '../shared/objects/object-changes.ts';
import {otherOwner} from '../shared/objects/owners.ts';
import {databasePassword, type SecretSource} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';
import {type Passwords, secretName, secretObjects} from './objects.ts';

/** Passwords of all components, each read as told. */
export const databasePasswords = async (
	world: World,
	read: (reader: SecretReader, source: SecretSource) => Promise<string | undefined>,
): Promise<Passwords> => {
	const components = componentsOf(world.answers);
	const reader = asOneReading(world);
	const values = await Promise.all(components.map(async (component) => read(reader, databasePassword(component))));
	return new Map(components.map(({id}, index) => [id, values[index]]));
};

/** How Secrets are named in words, and which answers choose their names. */
export const naming = ({registry, tls}: World['answers']): Naming => ({
	nameOf: secretName,
	answerOf: ({metadata: {name}}) => {
		if (name === registry.pullSecretName) return {name: 'pull secret', answers: ['registry.pullSecretName']};
		if (name !== tls.secretName) return undefined;
		return {name: 'tls secret', answers: ['tls.secretName', 'tls.certificate', 'tls.key']};
	},
});

/** Where the Secrets of these answers lie. */
export const secretPlaces = ({answers}: Pick<World, 'answers'>): readonly Reference[] => {
	const {registry, tls} = answers;
	const at = (namespace: string, name: string): Reference => ({apiVersion: 'v1', kind: 'Secret', namespace, name});
	return [
		...namespacesOf(answers).flatMap((namespace) => [
			...(registry.username === undefined ? [] : [at(namespace, registry.pullSecretName)]),
			at(namespace, caSecretName),
		]),
		...componentsOf(answers).flatMap(({answers: {namespace}}) => [
			at(namespace, tls.secretName),
			at(namespace, databaseSecretName),
		]),
	];
};

/**
 * Refuses Secrets that somebody else keeps under the names of these answers, unless they hold what is wanted. Says how many names it
 * looked at. @throws ProblemError `object-of-others`
 */
export const refuseSecretsOfOthers = async (world: World): Promise<number> => {
	const {cluster, signal, answers} = world;
	const places = secretPlaces(world);
	const live = await Promise.all(places.map(async (place) => cluster.get(place, signal)));
	if (live.some((one) => one !== undefined && otherOwner(one) !== undefined)) {
		const passwords = await databasePasswords(world, secretFor);
		await objectChanges(world, await secretObjects(world, passwords), naming(answers));
	}
	return places.length;
};
