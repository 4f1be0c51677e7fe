import {resolve} from 'node:path';
import {digestOfSlice} from '../../archive/digest.ts';
import {fileProblem} from '../../archive/problems.ts';
import {type Image, imageKey} from '../../oci/image.ts';
import type {LeftOut} from '../../oci/left-out.ts';
import {requireName, requireUsed} from '../images/given-name.ts';
import {droppingsText} from '../layout/foreign/droppings.ts';
import type {BundleIndex} from '../layout/index-file.ts';
import {openLayout} from '../layout/layout.ts';
import {layoutProblems} from '../layout/problems.ts';
import type {Layout} from '../layout/types.ts';
import {checkSignature, type SignatureRequest} from '../signature/check.ts';
import {atSignature, signatureProblems} from '../signature/problems.ts';
import {findImages} from './find-images.ts';
import {looseLayout} from './loose-layout.ts';
import {openProblems} from './problems.ts';
import {compareContents, omittedOf, readIndex} from './read-index.ts';

/** Images alone, with what could not be verified about them, in the operator's words. */
export type FoundImages = {
	readonly images: readonly Image[];
	/** What lies beside them and is no image; it stands among the warnings as well. */
	readonly leftOut: readonly LeftOut[];
	/** What a differential bundle builds on. */
	readonly base?: string | undefined;
	readonly warnings: readonly string[];
};

/** @throws ProblemError `bundle-signature-broken` when an archive of images is not the one that was signed */
const compareArchives = async (
	layout: Layout,
	checksums: ReadonlyMap<string, string>,
	signal: AbortSignal,
): Promise<void> => {
	for (const [name, slice] of layout.files) {
		if (!name.startsWith('images/')) continue;
		const actual = await digestOfSlice(slice, signal);
		if (actual !== checksums.get(name)) {
			const given = {case: 'another file', file: name, actual, signed: checksums.get(name) ?? 'none'} as const;
			throw signatureProblems.error('bundle-signature-broken', given, atSignature);
		}
	}
};

/** The images must be those that `bundle.json` lists, and no other. */
const compareImages = ({images: listed}: BundleIndex, images: readonly Image[]): void => {
	compareContents({images: listed, charts: []}, {images, charts: []});
	const known = new Set(listed.map(imageKey));
	const extra = images.find((image) => !known.has(imageKey(image)));
	if (extra) throw openProblems.error('bundle-file-extra', {case: 'image', image: imageKey(extra)});
};

/**
 * The images of a bundle, whether or not the rest of it is there: also a folder of archives, one archive, or one OCI layout.
 * Only indexes are read. A signature and a machine manifest that are there must hold.
 * @throws ProblemError of area `bundle`
 */
export const openImages = async (
	path: string,
	options: {
		readonly signature: SignatureRequest;
		readonly platform?: string | undefined;
		/** What an image is called that carries no name: `NAME:VERSION`. */
		readonly name?: string | undefined;
	},
	signal: AbortSignal,
): Promise<FoundImages> => {
	const name = options.name === undefined ? undefined : requireName(options.name);
	const loose = await looseLayout(resolve(path), signal).catch((error: unknown) => {
		throw fileProblem(path, error);
	});
	const layout = loose ?? (await openLayout(path, signal));
	const {warnings: unproven, checksums} = await checkSignature(layout, options.signature, signal);
	const made = await readIndex(layout.files, checksums);
	// The machine manifest is signed and names each image by digest; without one only the files themselves are what was signed.
	if (checksums && !made) await compareArchives(layout, checksums, signal);
	const wanted = {platform: options.platform, omitted: made && omittedOf(made.index), name};
	const {images, leftOut, warnings, usedName} = await findImages(layout, wanted, signal);
	if (images.length === 0) throw layoutProblems.error('bundle-no-images', {path});
	requireUsed(name, usedName);
	if (made) compareImages(made.index, images);
	return {
		images,
		leftOut,
		base: made?.index.differential?.base.name,
		warnings: [...unproven, ...droppingsText(layout.passedOver ?? []), ...warnings],
	};
};
