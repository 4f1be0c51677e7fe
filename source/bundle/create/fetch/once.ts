import {imageKey} from '../../../oci/image.ts';
import {platformText} from '../../../oci/platform.ts';
import {configDigestOf} from '../manifest-form.ts';
import {createProblems} from '../problems.ts';
import type {PlannedBlob, PlannedImage} from '../types.ts';

/** As for bundles made by hand: what has one configuration is one image, however it was saved. */
const isSame = ({manifest}: PlannedImage, other: PlannedImage): boolean => {
	if (manifest.digest === other.manifest.digest) return true;
	const config = configDigestOf(manifest);
	return config !== undefined && config === configDigestOf(other.manifest);
};

const platformsOf = ({platforms}: PlannedImage): string => platforms.map(platformText).join(' and ');

/**
 * Each image once, as archives may hold one twice.
 * @throws ProblemError `bundle-create-name-twice` where two different ones have one name and tag, `bundle-create-archives-differ`
 *   where they are said to be one
 */
export const eachImageOnce = (images: readonly PlannedImage[]): readonly PlannedImage[] => {
	const seen = new Map<string, PlannedImage>();
	for (const image of images) {
		const name = imageKey(image);
		const other = seen.get(name);
		if (!other) seen.set(name, image);
		else if (other.source !== image.source) {
			throw createProblems.error('bundle-create-name-twice', {name, one: other.source, other: image.source});
		} else if (!isSame(image, other)) {
			const given = {image: image.source, one: platformsOf(other), other: platformsOf(image)};
			throw createProblems.error('bundle-create-archives-differ', given);
		}
	}
	return [...seen.values()];
};

/** Every blob once. @throws ProblemError `bundle-create-manifest` where two manifests give one blob different sizes */
export const eachBlobOnce = (images: readonly PlannedImage[]): readonly PlannedBlob[] => {
	const blobs = new Map<string, PlannedBlob>();
	for (const blob of images.flatMap((image) => image.blobs)) {
		const {digest, image: other} = blob;
		const first = blobs.get(digest);
		if (!first) blobs.set(digest, blob);
		else if (first.size !== blob.size) {
			const sizes = {size: first.size, otherSize: blob.size};
			const given = {case: 'contradiction', image: first.image, other, digest, ...sizes} as const;
			throw createProblems.error('bundle-create-manifest', given);
		}
	}
	return [...blobs.values()];
};
