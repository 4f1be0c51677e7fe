import type {ImageSource} from '../../../source/oci/image-source.ts';
import {noise, sha256} from './helpers.ts';

/** Media type of an index. */
export const index = 'application/vnd.oci.image.index.v1+json';

/** A source that has everything in memory, by `repository:reference`. */
export const memory = () => {
	const manifests = new Map<string, {readonly mediaType: string; readonly bytes: Buffer}>();
	const blobs = new Map<string, Buffer>();
	const attached = new Map<
		string,
		{readonly mediaType: string; readonly digest: string; readonly size: number; readonly artifactType: string}
	>();
	const put = (repository: string, tag: string, mediaType: string, value: unknown) => {
		const bytes = Buffer.from(JSON.stringify(value));
		for (const reference of [tag, sha256(bytes)]) manifests.set(`${repository}:${reference}`, {mediaType, bytes});
		return {mediaType, digest: sha256(bytes), size: bytes.length};
	};
	const blob = (mediaType: string, bytes: Buffer) => {
		blobs.set(sha256(bytes), bytes);
		return {mediaType, digest: sha256(bytes), size: bytes.length};
	};
	const source: ImageSource = {
		readManifest: async ({repository, reference}) => {
			const found = manifests.get(`${repository}:${reference}`);
			if (!found) throw new Error(`no ${repository}:${reference}`);
			return {...found, digest: sha256(found.bytes)};
		},
		readBlob: async function* (_at, {digest}, {from}) {
			yield blobs.get(digest)?.subarray(from) ?? Buffer.alloc(0);
		},
		referrers: async (_at, digest) => [...attached].flatMap(([of, one]) => (of === digest ? [one] : [])),
	};
	/** An image for one platform; `created` is what its configuration says. */
	const one = (repository: string, tag: string, platformName: string) => {
		const [os = '', architecture = '', variant] = platformName.split('/');
		const platform = {os, architecture, variant};
		const layer = blob('application/vnd.oci.image.layer.v1.tar', noise(`${repository} ${architecture}`, 3000));
		const rootfs = {diff_ids: os === 'unknown' ? [] : [layer.digest]};
		const config = blob(
			'application/vnd.oci.image.config.v1+json',
			Buffer.from(JSON.stringify({...platform, created: '2026-03-01T00:00:00Z', rootfs})),
		);
		return {
			...put(repository, tag, 'application/vnd.oci.image.manifest.v1+json', {
				schemaVersion: 2,
				config,
				layers: [layer],
			}),
			platform,
		};
	};
	return {source, put, blob, one, attached};
};

/** The product's images, each for two platforms and with an attestation, as BuildKit pushes them. */
export const multi = (more: readonly string[] = []) => {
	const at = memory();
	for (const [name, tag] of [
		['zenml-pro-api', '0.13.18'],
		['zenml-pro-dashboard', '0.13.18'],
		['zenml-pro-server', '0.95.1'],
		['zenml', '0.95.1'],
	] as const) {
		const manifests = [
			at.one(`zenml/${name}`, 'x', 'linux/amd64'),
			at.one(`zenml/${name}`, 'x', 'linux/arm64/v8'),
			...more.map((architecture) => at.one(`zenml/${name}`, 'x', `linux/${architecture}`)),
			{
				...at.one(`zenml/${name}`, 'x', 'unknown/unknown'),
				annotations: {'vnd.docker.reference.type': 'attestation-manifest'},
			},
		];
		at.put(`zenml/${name}`, tag, index, {schemaVersion: 2, mediaType: index, manifests});
	}
	return at;
};
