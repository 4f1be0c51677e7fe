/** What of an archive is taken. */
export type ReadOptions = {
	/** A platform of an image, such as `linux/arm/v7`, or `all` that it has; absent: amd64, or what there is. */
	readonly platform?: string | undefined;
	/** Blobs that a differential bundle left out, and their sizes. */
	readonly omitted?: ReadonlyMap<string, number> | undefined;
};
