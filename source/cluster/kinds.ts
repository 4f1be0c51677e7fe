import type {
	CoreV1Event,
	V1ContainerStatus,
	V1Deployment,
	V1Job,
	V1Lease,
	V1ObjectMeta,
	V1Pod,
} from '@kubernetes/client-node';

/** The library writes fields that are words of JavaScript with an underscore before them: `_continue`. */
type FieldName<Name> = Name extends `_${infer Plain}` ? Plain : Name;

/**
 * A model of the Kubernetes API (as @kubernetes/client-node generates it from the server's OpenAPI) the way it travels
 * as JSON: a time is text, or null where it is not set. Only the types of that library are used here.
 */
export type Wire<Model> = Model extends Date
	? string | null
	: Model extends readonly (infer Item)[]
		? readonly Wire<Item>[]
		: Model extends object
			? {readonly [Field in keyof Model as FieldName<Field>]: Wire<Model[Field]>}
			: Model;

/** Any Kubernetes object, as JSON. */
export type KubeObject = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: Wire<V1ObjectMeta> & {readonly name: string};
	readonly [field: string]: unknown;
};

export type Reference = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace?: string | undefined;
	readonly name: string;
};

/** What all objects of a kind have, and what this kind has beside it. */
type Kind<Model> = KubeObject & Omit<Wire<Model>, 'apiVersion' | 'kind' | 'metadata'>;

export type Pod = Kind<V1Pod>;
export type Job = Kind<V1Job>;
export type Deployment = Kind<V1Deployment>;
export type KubeEvent = Kind<CoreV1Event>;
export type Lease = Kind<V1Lease>;
export type ContainerStatus = Wire<V1ContainerStatus>;
