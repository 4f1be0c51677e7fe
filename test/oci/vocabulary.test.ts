import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {plainDescriptor} from '../../source/oci/descriptor.ts';
import {digestOfHash, hexOf, isDigest, sha256Of} from '../../source/oci/digest.ts';
import {blobPath} from '../../source/oci/image-layout.ts';
import {imageIndexSchema, imageManifestSchema} from '../../source/oci/manifest.ts';
import {layerType} from '../../source/oci/media-types.ts';
import {isPlatform, platformOf, platformText} from '../../source/oci/platform.ts';

/** SHA-256 of `abc` (FIPS 180-2, appendix B.1). */
const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('a digest is that of the bytes, or of the UTF-8 of a text', () => {
	expect(sha256Of('abc')).toBe(`sha256:${hex}`);
	expect(sha256Of(Buffer.from('abc'))).toBe(`sha256:${hex}`);
	expect(digestOfHash(createHash('sha256').update('a').update('bc'))).toBe(`sha256:${hex}`);
	expect(hexOf(`sha256:${hex}`)).toBe(hex);
	expect(blobPath(`sha256:${hex}`)).toBe(`blobs/sha256/${hex}`);
});

test.each([`sha256:${hex.toUpperCase()}`, hex, `sha256:${hex}0`, ` sha256:${hex}`, `sha512:${hex}`, '', undefined, 7])(
	'%j is no digest',
	(value) => {
		expect(isDigest(value)).toBe(false);
	},
);

test('layers are called by their compression', () => {
	expect(layerType()).toBe('application/vnd.oci.image.layer.v1.tar');
	expect(layerType('zstd')).toBe('application/vnd.oci.image.layer.v1.tar+zstd');
});

test.each([
	[{os: 'linux', architecture: 'amd64'}, 'linux/amd64', true],
	[{os: 'linux', architecture: 'amd64'}, 'linux/arm64', false],
	[{os: 'windows', architecture: 'amd64'}, 'linux/amd64', false],
	[{os: 'linux', architecture: 'arm', variant: 'v7'}, 'linux/arm', true],
	[{os: 'linux', architecture: 'arm', variant: 'v7'}, 'linux/arm/v6', false],
	[{os: 'linux', architecture: 'arm64'}, 'linux/arm64/v8', true],
	[{os: 'linux', architecture: 'arm64', variant: 'v9'}, 'linux/arm64/v8', false],
	[{os: 'linux', architecture: 'amd64'}, 'linux/amd64/v3', false],
])('%j as %s: %s', (platform, wanted, fits) => {
	expect(isPlatform(platform, wanted)).toBe(fits);
});

test('a variant that is null or empty is none', () => {
	for (const variant of [null, undefined, '']) {
		expect(platformText(platformOf({os: 'linux', architecture: 'amd64', variant}))).toBe('linux/amd64');
	}
	expect(platformText(platformOf({os: 'linux', architecture: 'arm', variant: 'v7'}))).toBe('linux/arm/v7');
});

const descriptor = {mediaType: 'a/b', digest: `sha256:${hex}`, size: 3};

test('a descriptor is taken without what else is written beside it', () => {
	const annotated = {...descriptor, annotations: {a: 'b'}};
	expect(plainDescriptor(annotated)).toEqual(descriptor);
});

test('an index with a platform that makes no sense is an index all the same', () => {
	const index = {manifests: [{...descriptor, platform: 'linux'}]};
	expect(imageIndexSchema.parse(index).manifests[0]).toMatchObject({...descriptor, platform: undefined});
});

test.each([
	[{schemaVersion: 1}],
	[{config: {...descriptor, size: -1}}],
	[{config: {...descriptor, digest: 'sha256:0'}}],
	[{layers: Array(1001).fill(descriptor)}],
])('a manifest with %j is none', (change) => {
	const manifest = {schemaVersion: 2, config: descriptor, layers: [descriptor]};
	expect(imageManifestSchema.safeParse(manifest).success).toBe(true);
	expect(imageManifestSchema.safeParse({...manifest, ...change}).success).toBe(false);
});
