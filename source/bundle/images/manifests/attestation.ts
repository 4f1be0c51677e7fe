import {configTypes} from '../../../oci/media-types.ts';
import type {Entry, ManifestNode} from './manifests.ts';

/** BuildKit's attestations lie in an index as images of no platform (buildkit, docs/attestations/attestation-storage.md). */
export const isAttestation = ({annotations, platform}: Pick<Entry, 'annotations' | 'platform'>): boolean =>
	annotations['vnd.docker.reference.type'] !== undefined || platform?.os === 'unknown';

/** Layers of images: of OCI and Docker, also encrypted ones and those of lazy snapshotters. */
const layerTypes = /^application\/vnd\.(?:oci\.image|docker\.(?:image\.rootfs|container\.image))\b/u;

/**
 * True for a manifest that no container can be started from: charts and other files have configurations of other types, signatures
 * of cosign have a configuration as images do, but none of their layers is one.
 */
export const isArtifact = ({config, layers}: ManifestNode): boolean =>
	!configTypes.includes(config.mediaType) ||
	(layers.length > 0 && layers.every(({mediaType}) => !layerTypes.test(mediaType)));

/** What kind of artifact it is. */
export const artifactType = ({config, layers}: ManifestNode): string =>
	configTypes.includes(config.mediaType) ? (layers[0]?.mediaType ?? config.mediaType) : config.mediaType;
