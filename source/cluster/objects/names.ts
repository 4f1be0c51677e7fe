import type {KubeObject, Reference} from '../kinds.ts';

/** `secret zenml-pro/zenml-tls`: how an object is named to people. */
export const nameOf = ({kind, name, namespace}: Omit<Reference, 'apiVersion'>): string =>
	`${kind.toLowerCase()} ${namespace ? `${namespace}/` : ''}${name}`;

/** Where an object is found. */
export const referenceOf = ({apiVersion, kind, metadata: {name, namespace}}: KubeObject): Reference => ({
	apiVersion,
	kind,
	name,
	namespace,
});
