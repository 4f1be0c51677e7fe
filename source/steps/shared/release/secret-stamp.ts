import {isMap} from '../../../base/text.ts';
import {knows} from '../../../charts/index.ts';
import type {World} from '../../world.ts';
import {caSecretName, databaseSecretName, secretTarget} from '../names.ts';
import type {WantedRelease} from './wanted.ts';

const annotation = 'zenml-airgap.io/secrets';

/** The values of the release whose change alone means: its pods are replaced, for a Secret that they read changes. */
export const stampPath = `podAnnotations.${annotation}`;

const stamped = (wanted: WantedRelease, stamp: string): WantedRelease => {
	const {values} = wanted;
	const annotations = isMap(values.podAnnotations) ? values.podAnnotations : {};
	return {...wanted, values: {...values, podAnnotations: {...annotations, [annotation]: stamp}}};
};

const takesStamp = ({contents}: WantedRelease): boolean => knows(contents.known, 'podAnnotations');

/** The version of a Secret that pods read; another word where a look has found that it will be changed first. */
const versionOf = async ({cluster, signal, planned}: World, namespace: string, name: string): Promise<string> => {
	const target = secretTarget(namespace, name);
	if (planned?.some((change) => change.target === target)) return 'changed';
	const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name}, signal);
	return secret?.metadata.resourceVersion ?? '0';
};

/**
 * The release with an annotation on its pods that changes with the Secrets they read. Kubernetes does not restart pods
 * when a Secret changes, so a renewed CA or password would not arrive. The Secrets' resourceVersions serve, not a hash:
 * a hash of a weak password could be guessed by whoever reads pods. Charts without `podAnnotations` stay as they are.
 */
export const withSecretStamp = async (world: World, wanted: WantedRelease): Promise<WantedRelease> => {
	if (!takesStamp(wanted)) return wanted;
	const {namespace} = wanted;
	const names = [caSecretName, databaseSecretName];
	const versions = await Promise.all(names.map(async (name) => versionOf(world, namespace, name)));
	return stamped(wanted, versions.join('-'));
};

/** The same for a sample: its Secrets may not be there yet, and its values must have the shape of those that are installed. */
export const withMadeUpStamp = (wanted: WantedRelease): WantedRelease =>
	takesStamp(wanted) ? stamped(wanted, '0-0') : wanted;
