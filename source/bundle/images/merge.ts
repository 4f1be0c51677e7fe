import {type Image, imageKey} from '../../oci/image.ts';
import {imageProblems} from './problems.ts';

/** Of a whole index its digest alone counts; an image for one platform is the same however its layers were compressed. */
const isSame = (one: Image, other: Image): boolean => {
	if (one.manifest.digest === other.manifest.digest) return true;
	return !one.children && !other.children && one.blobs[0]?.digest === other.blobs[0]?.digest;
};

const heldAs = ({source, manifest}: Image): string => `${source} (${manifest.digest})`;

const twice = (one: Image, other: Image): Error => {
	const image = imageKey(one);
	const file = one.archive;
	if (file !== other.archive) {
		return imageProblems.error('bundle-image-twice', {case: 'archives', image, first: file, second: other.archive});
	}
	const both = {first: heldAs(one), second: heldAs(other)};
	return imageProblems.error('bundle-image-twice', {case: 'names', image, file, ...both}, {location: {file}});
};

/**
 * An image twice under one name and tag is one image; two different ones under one name and tag are a mistake.
 * @throws ProblemError `bundle-image-twice`
 */
export const mergeImages = (images: readonly Image[]): readonly Image[] => {
	const merged = new Map<string, Image>();
	for (const image of images) {
		const key = imageKey(image);
		const other = merged.get(key);
		if (other && !isSame(other, image)) throw twice(other, image);
		if (!other) merged.set(key, image);
	}
	return [...merged.values()];
};
