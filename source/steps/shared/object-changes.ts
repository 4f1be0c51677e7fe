import type {KubeObject} from '../../cluster/types.ts';
import type {Change} from '../../engine/plan.ts';
import type {World} from '../world.ts';

/**
 * What is to be done to objects of the cluster so that they are as wanted. Fields that differ are named, never their values.
 * @param nameOf the object in the field's words: `secret zenml-pro/zenml-tls`.
 */
export const objectChanges = async (
	{cluster, signal}: World,
	objects: readonly KubeObject[],
	nameOf: (object: KubeObject) => string,
): Promise<readonly Change[]> => {
	const changeOf = async (object: KubeObject): Promise<readonly Change[]> => {
		const {apiVersion, kind, metadata} = object;
		const {name, namespace} = metadata;
		const target = nameOf(object);
		const live = await cluster.get({apiVersion, kind, name, namespace}, signal);
		if (!live) return [{action: 'create', target}];
		const fields = await cluster.diff(object, signal);
		return fields.length === 0 ? [] : [{action: 'update', target, detail: fields.join(', ')}];
	};
	return (await Promise.all(objects.map(changeOf))).flat();
};
