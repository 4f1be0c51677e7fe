import {sha256Of} from '../../oci/digest.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import type {BundleIndex} from '../layout/index-file.ts';
import type {Chart} from '../types.ts';

const imageLine = (image: Pick<Image, 'name' | 'tag'>, digest: string): string => `image ${imageKey(image)} ${digest}`;

/** The digest of a bundle: over the names and digests of its parts, whatever archives they lie in. */
export const bundleDigest = (
	images: readonly Image[],
	charts: readonly Chart[],
	index: BundleIndex | undefined,
): string => {
	const lines = [
		// Of a made bundle the same, whichever platform is taken out of it.
		...(index?.images.map((image) => imageLine(image, image.digest)) ??
			images.map((image) => imageLine(image, image.manifest.digest))),
		...charts.map(({name, version, digest}) => `chart ${name}-${version} ${digest}`),
	];
	return sha256Of(lines.sort().join('\n'));
};
