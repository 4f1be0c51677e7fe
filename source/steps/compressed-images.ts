import type {Image} from '../bundle/types.ts';
import {referenceOf, repositoryOf} from './names.ts';
import type {World} from './world.ts';

/** Digests of the configurations that an image's own manifests name, in their order. */
const configsOf = ({manifest, children = []}: Image): readonly string[] =>
	[manifest, ...children].flatMap(({bytes}) => {
		const {config} = JSON.parse(bytes.toString('utf8')) as {readonly config?: {readonly digest: string}};
		return config ? [config.digest] : [];
	});

/**
 * Whether the registry has an image under its tag, and the digest of what it has there. Where layers are compressed on
 * this host, the same configurations are the same image: they name each layer by the digest of its raw bytes.
 */
export const lookFor = async (
	{answers, registry, signal}: World,
	image: Image,
): Promise<{readonly present: boolean; readonly found: string | undefined}> => {
	const repository = repositoryOf(answers, image.name);
	const found = await registry.manifestDigest(repository, image.tag, signal);
	if (found === undefined || found === image.manifest.digest) return {present: found !== undefined, found};
	if (answers.bundle.compress === 'none') return {present: false, found};
	const there = await registry.configDigests(repository, image.tag, signal);
	return {present: there.length > 0 && there.join() === configsOf(image).join(), found};
};

/** The images that are to be pushed: all as they are, or those that the registry lacks with their raw layers compressed. */
export const imagesToPush = async (world: World, images: readonly Image[]): Promise<readonly Image[]> => {
	const {answers, bundle, signal, report} = world;
	if (answers.bundle.compress === 'none') return images;
	const states = await Promise.all(images.map((image) => lookFor(world, image)));
	const missing = images.filter((_, index) => !states[index]?.present);
	return Promise.all(
		missing.map(async (image) => {
			const label = `compress ${referenceOf(answers, image)}`;
			const layers = new Map<string, {readonly done: number; readonly total: number}>();
			const small = await bundle.compressed(image, {
				signal,
				onProgress: ({digest, done, total}) => {
					layers.set(digest, {done, total});
					const sum = (key: 'done' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[key], 0);
					report({kind: 'progress', label, done: sum('done'), total: sum('total'), unit: 'bytes'});
				},
			});
			const size = (of: Image) => of.blobs.reduce((sum, blob) => sum + blob.size, 0);
			const text = `${referenceOf(answers, image)}: ${size(image)} bytes compressed to ${size(small)}`;
			if (small !== image) report({kind: 'line', level: 'info', text});
			return small;
		}),
	);
};
