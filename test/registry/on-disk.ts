import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import type {Image} from '../../source/oci/image.ts';
import {sha256} from './helpers.ts';

/** Writes images as one OCI layout (image-spec 1.1, image-layout.md), with names as containerd writes them. @returns the folder */
export const writeLayout = async (folder: string, images: readonly Image[]): Promise<string> => {
	const blobs = join(folder, 'blobs', 'sha256');
	await mkdir(blobs, {recursive: true});
	const put = (digest: string, bytes: Buffer) => writeFile(join(blobs, digest.slice('sha256:'.length)), bytes);
	for (const {manifest, children = [], blobs: parts} of images) {
		for (const blob of parts) await put(blob.digest, await buffer(blob.open()));
		for (const {digest, bytes} of [manifest, ...children]) await put(digest, bytes);
	}
	await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	const manifests = images.map(({name, tag, manifest: {mediaType, digest, bytes}}) => ({
		mediaType,
		digest,
		size: bytes.length,
		annotations: {
			'io.containerd.image.name': `vendor.example.com/${name}:${tag}`,
			'org.opencontainers.image.ref.name': tag,
		},
	}));
	await writeFile(join(folder, 'index.json'), JSON.stringify({schemaVersion: 2, manifests}));
	return folder;
};

/** An image of two platforms out of two images. */
export const indexOf = (name: string, parts: readonly Image[]): Image => {
	const mediaType = 'application/vnd.oci.image.index.v1+json';
	const manifests = parts.map(({manifest, platform}) => ({
		mediaType: manifest.mediaType,
		digest: manifest.digest,
		size: manifest.bytes.length,
		platform,
	}));
	const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType, manifests}));
	const [first] = parts;
	if (!first) throw new TypeError('an index needs a part');
	return {
		...first,
		name,
		manifest: {mediaType, digest: sha256(bytes), bytes},
		children: parts.map(({manifest}) => manifest),
		blobs: parts.flatMap(({blobs}) => blobs),
	};
};
