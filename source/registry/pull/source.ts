import type {ImageSource} from '../../oci/image-source.ts';
import {readBlob} from './blobs.ts';
import {createHosts, type HostOptions} from './hosts.ts';
import {readManifest} from './manifests.ts';
import {readReferrers} from './referrers.ts';

/**
 * Registries of the connected side, to pull images from. `close` ends idle connections.
 * @throws ProblemError `registry-proxy` where the environment names a proxy that cannot be used
 */
export const createImageSource = (options: HostOptions): ImageSource & {readonly close: () => void} => {
	const hosts = createHosts(options);
	return {
		close: hosts.close,
		readManifest: async (at, signal) => readManifest(await hosts.of(at.host), at, signal),
		readBlob: (at, blob, from) => readBlob(() => hosts.of(at.host), at, blob, from),
		referrers: async (at, digest, signal) => readReferrers(await hosts.of(at.host), at, digest, signal),
	};
};
