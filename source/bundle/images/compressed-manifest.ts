import type {Blob, Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import {sha256Of} from '../../oci/digest.ts';
import {mediaTypes} from '../../oci/media-types.ts';

/** What a manifest or an index holds that changes with its layers; all else in it stays, in its order. */
type Content = {
	readonly layers?: readonly Descriptor[];
	readonly manifests?: readonly (Descriptor & {readonly annotations?: Readonly<Record<string, string>>})[];
};

/** What takes the place of what, by digest: compressed layers, and the manifests that name them. */
export type Replacements = {
	readonly layers: ReadonlyMap<string, Blob>;
	readonly manifests: ReadonlyMap<string, ManifestBytes>;
};

const changeLayer = (layer: Descriptor, {layers}: Replacements): Descriptor => {
	const blob = layer.mediaType === mediaTypes.layer ? layers.get(layer.digest) : undefined;
	return blob ? {...layer, mediaType: blob.mediaType, digest: blob.digest, size: blob.size} : layer;
};

const changeChild = (
	child: NonNullable<Content['manifests']>[number],
	{manifests}: Replacements,
): NonNullable<Content['manifests']>[number] => {
	const changed = manifests.get(child.digest);
	const annotations =
		child.annotations &&
		Object.fromEntries(
			// An attestation says by annotation which manifest it speaks of.
			Object.entries(child.annotations).map(([key, value]) => [key, manifests.get(value)?.digest ?? value]),
		);
	return {
		...child,
		...(changed && {digest: changed.digest, size: changed.bytes.length}),
		...(annotations && {annotations}),
	};
};

const isChanged = ({layers = [], manifests = []}: Content, replacements: Replacements): boolean =>
	layers.some((layer) => changeLayer(layer, replacements) !== layer) ||
	manifests.some(({digest}) => (replacements.manifests.get(digest)?.digest ?? digest) !== digest);

/** A manifest with other descriptors; the same bytes where nothing of it changes. */
export const replaceParts = (manifest: ManifestBytes, replacements: Replacements): ManifestBytes => {
	const content = JSON.parse(manifest.bytes.toString('utf8')) as Content;
	// Written anew it might have other spaces, and with them another digest.
	if (!isChanged(content, replacements)) return manifest;
	const {layers, manifests} = content;
	const bytes = Buffer.from(
		JSON.stringify({
			...content,
			...(layers && {layers: layers.map((layer) => changeLayer(layer, replacements))}),
			...(manifests && {manifests: manifests.map((child) => changeChild(child, replacements))}),
		}),
	);
	return {...manifest, digest: sha256Of(bytes), bytes};
};
