import {counted} from '../base/text.ts';
/** What lies in an archive beside its images and is not pushed: a list of what is carried names it too. */
export type LeftOut = {
	readonly archive: string;
	/** What people know it by: a reference, a tag, or a digest. */
	readonly name: string;
	/** A part of a sentence. */
	readonly why: string;
};

/** As it is told. */
export const leftOutText = ({archive, name, why}: LeftOut): string => `${name} in ${archive} was left out: ${why}.`;

/** How many images there are, among all that was found. */
export const countOfAll = (images: number, leftOut: readonly LeftOut[] = []): string =>
	leftOut.length === 0
		? counted(images, 'image')
		: `${images} of ${images + leftOut.length} images (${leftOut.length} left out)`;
