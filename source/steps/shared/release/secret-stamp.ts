import {isMap} from '../../../base/text.ts';
import {knows} from '../../../charts/index.ts';
import type {World} from '../../world.ts';
import {caSecretName, databaseSecretName} from '../names.ts';
import type {WantedRelease} from './wanted.ts';

const annotation = 'zenml-airgap.io/secrets';

/**
 * The release with an annotation on its pods that changes with the Secrets they read. Kubernetes does not restart pods
 * when a Secret changes, so a renewed CA or password would not arrive. The Secrets' resourceVersions serve, not a hash:
 * a hash of a weak password could be guessed by whoever reads pods. Charts without `podAnnotations` stay as they are.
 */
export const withSecretStamp = async (world: World, wanted: WantedRelease): Promise<WantedRelease> => {
	const {namespace, contents, values} = wanted;
	if (!knows(contents.known, 'podAnnotations')) return wanted;
	const secrets = await Promise.all(
		[caSecretName, databaseSecretName].map(async (name) =>
			world.cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name}, world.signal),
		),
	);
	const stamp = secrets.map((secret) => secret?.metadata.resourceVersion ?? '0').join('-');
	const annotations = isMap(values.podAnnotations) ? values.podAnnotations : {};
	return {...wanted, values: {...values, podAnnotations: {...annotations, [annotation]: stamp}}};
};
