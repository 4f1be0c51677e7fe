import * as z from 'zod';
import type {KubeObject} from '../../cluster/types.ts';

const named = z.array(z.object({name: z.string(), image: z.string().default('')})).default([]);
const told = z.array(z.object({name: z.string(), imageID: z.string().default('')})).default([]);

/** A pod (core/v1), as far as it is read here. */
const podSchema = z.object({
	metadata: z.object({name: z.string(), deletionTimestamp: z.string().nullish()}),
	spec: z.object({containers: named, initContainers: named, ephemeralContainers: named}),
	status: z
		.object({containerStatuses: told, initContainerStatuses: told, ephemeralContainerStatuses: told})
		.prefault({}),
});

/** A container that runs or ran, with the image that was asked for and what the node says it is. */
export type Ran = {
	/** `pod NAME, container NAME`. */
	readonly label: string;
	readonly pod: string;
	readonly image: string;
	/** Digest of its manifest, index or configuration; undefined where the node tells none. */
	readonly digest: string | undefined;
};

/**
 * The digest in an `imageID` of a container's status: `HOST/NAME@sha256:…` (containerd, CRI-O), `docker-pullable://NAME@sha256:…`,
 * `docker://sha256:…` and `sha256:…` (a configuration), or the 64 digits alone (CRI-O).
 */
export const digestIn = (imageId: string): string | undefined => {
	const hex = /^(?:.*(?:@|:\/\/))?(?:sha256:)?([0-9a-f]{64})$/u.exec(imageId)?.[1];
	return hex === undefined ? undefined : `sha256:${hex}`;
};

/** Every container of a pod that its node tells of; none of a pod that goes away, undefined for one that cannot be read. */
export const containersThatRan = (object: KubeObject): readonly Ran[] | undefined => {
	const read = podSchema.safeParse(object);
	if (!read.success) return undefined;
	if (read.data.metadata.deletionTimestamp) return [];
	const {metadata, spec, status} = read.data;
	const wanted = [...spec.initContainers, ...spec.containers, ...spec.ephemeralContainers];
	const all = [...status.initContainerStatuses, ...status.containerStatuses, ...status.ephemeralContainerStatuses];
	return all.flatMap(({name, imageID}) => {
		const image = wanted.find((one) => one.name === name)?.image;
		const label = `pod ${metadata.name}, container ${name}`;
		return image === undefined ? [] : [{label, pod: metadata.name, image, digest: digestIn(imageID)}];
	});
};
