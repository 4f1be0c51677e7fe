import type {Blob, ManifestBytes} from './descriptor.ts';
import type {Platform} from './platform.ts';

/** One image ready to be pushed: the exact manifest bytes, their digest, and every blob they name (config first). */
export type Image = {
	/** Last path component: `zenml-pro-api`. */
	readonly name: string;
	readonly tag: string;
	/** The reference it was saved under, e.g. `715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.10.24`. */
	readonly source: string;
	/** Archive it lies in, relative to the bundle. */
	readonly archive: string;
	/** What goes under the tag: an image manifest, or an index of several platforms. */
	readonly manifest: ManifestBytes;
	/** Of an index: the image manifests it names, to be pushed by digest before it. */
	readonly children?: readonly ManifestBytes[];
	readonly blobs: readonly Blob[];
	readonly platform: Platform;
	/** Of an index: all of its platforms; `platform` is the first of them. */
	readonly platforms?: readonly Platform[];
};

/** What people call an image by, below the registry's prefix: `zenml-pro-api:0.10.24`. */
export const imageKey = ({name, tag}: Pick<Image, 'name' | 'tag'>): string => `${name}:${tag}`;

/** Digests of the configurations that its manifests name, in their order: the same image for whoever runs it, however its layers are compressed. */
export const configDigests = ({manifest, children = []}: Pick<Image, 'manifest' | 'children'>): readonly string[] =>
	[manifest, ...children].flatMap(({bytes}) => {
		const {config} = JSON.parse(bytes.toString('utf8')) as {readonly config?: {readonly digest: string}};
		return config ? [config.digest] : [];
	});
