/** Media types of the OCI image specification 1.1 (manifest.md, layer.md, config.md), and of Docker's schema 2. */
export const mediaTypes = {
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	index: 'application/vnd.oci.image.index.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar',
	dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
	dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
	dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const;

/** Of an image for several platforms. */
export const indexTypes: readonly string[] = [mediaTypes.index, mediaTypes.dockerIndex];

/** Of an image for one platform. */
export const imageTypes: readonly string[] = [mediaTypes.manifest, mediaTypes.dockerManifest];

/** Manifests that are understood: indexes and images, of OCI and of Docker's schema 2. */
export const manifestTypes: readonly string[] = [...indexTypes, ...imageTypes];

/** Of the configuration of a container image; other artifacts have others. */
export const configTypes: readonly string[] = [mediaTypes.config, mediaTypes.dockerConfig];

/** @param compression of the layer; absent for a plain tar */
export const layerType = (compression?: 'gzip' | 'zstd'): string =>
	compression === undefined ? mediaTypes.layer : `${mediaTypes.layer}+${compression}`;
