import type {Slice} from '../../archive/range.ts';

/** The files of a bundle by path relative to its root, in a folder or within a tar; nothing is unpacked. */
export type Layout = {
	/** Absolute: the folder, or the tar file. */
	readonly path: string;
	readonly packed: boolean;
	readonly files: ReadonlyMap<string, Slice>;
	/** Files and folders that systems put beside others, which are none of the bundle. */
	readonly passedOver?: readonly string[];
};

/** What `manifest.txt` documents; every part may be absent in a bundle made by hand. */
export type BundleManifest = {
	readonly created?: string | undefined;
	readonly images: readonly string[];
	/** As Helm names packages: `zenml-pro-0.13.18`. */
	readonly charts: readonly string[];
	readonly registries: readonly string[];
	/** `sha256  path` lines, when there are any. */
	readonly checksums: ReadonlyMap<string, string>;
};
