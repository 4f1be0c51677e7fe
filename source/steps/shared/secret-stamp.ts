import {type ChartContents, knows} from '../../charts/index.ts';
import type {World} from '../world.ts';
import {caSecretName, databaseSecretName} from './names.ts';

const annotation = 'zenml-airgap.io/secrets';

/**
 * The values with an annotation on the pods that changes with the Secrets they read. Kubernetes does not restart pods
 * when a Secret changes, so a renewed CA or password would not arrive. The Secrets' resourceVersions serve, not a hash:
 * a hash of a weak password could be guessed by whoever reads pods. Charts without `podAnnotations` stay as they are.
 */
export const withSecretStamp = async (
	world: World,
	namespace: string,
	contents: ChartContents,
	values: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> => {
	if (!knows(contents.known, 'podAnnotations')) return values;
	const secrets = await Promise.all(
		[caSecretName, databaseSecretName].map(async (name) =>
			world.cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name}, world.signal),
		),
	);
	const stamp = secrets.map((secret) => secret?.metadata.resourceVersion ?? '0').join('-');
	const annotations = (values.podAnnotations ?? {}) as Readonly<Record<string, string>>;
	return {...values, podAnnotations: {...annotations, [annotation]: stamp}};
};
