import {configDigests, type Image} from '../../oci/image.ts';
import type {World} from '../world.ts';
import {repositoryOf} from './names.ts';

/** Digests under which the bundle has an image: its manifest or index, the manifests of an index, their configurations. */
export const digestsOf = (image: Image): ReadonlySet<string> =>
	new Set([image.manifest.digest, ...(image.children ?? []).map(({digest}) => digest), ...configDigests(image)]);

/**
 * Whether what lies at the registry under a digest is this image with its layers compressed otherwise: the configuration names each layer
 * by the digest of its raw bytes, and a node refuses layers that differ. @throws ProblemError area `registry`
 */
export const isSameImage = async (
	{answers, registry, signal}: World,
	image: Image,
	digest: string,
): Promise<boolean> => {
	if (digestsOf(image).has(digest)) return true;
	const {configs} = await registry.contents(repositoryOf(answers, image.name), digest, signal);
	const own = configDigests(image);
	return configs.length > 0 && configs.every((config) => own.includes(config));
};

/** Digest under which the registry has the image of the bundle. */
const pushedDigest = async (world: World, image: Image): Promise<string> => {
	const {answers, registry, signal} = world;
	const own = image.manifest.digest;
	if (answers.bundle.compress === 'none') return own;
	const found = await registry.manifestDigest(repositoryOf(answers, image.name), image.tag, signal);
	return found !== undefined && (await isSameImage(world, image, found)) ? found : own;
};

/** Reference by digest, for pods that this tool writes itself: a tag may be moved by whoever may push. */
export const pinnedReference = async (world: World, image: Image): Promise<string> => {
	const {answers} = world;
	return `${answers.registry.host}/${repositoryOf(answers, image.name)}@${await pushedDigest(world, image)}`;
};
