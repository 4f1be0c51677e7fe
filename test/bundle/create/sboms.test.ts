import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {attachedSboms, suppliedSbom} from '../../../source/bundle/create/sboms.ts';
import type {PlannedImage} from '../../../source/bundle/create/types.ts';
import {never, sha256, temporary} from './helpers.ts';
import {memory} from './memory.ts';

const manifest = {mediaType: 'manifest', digest: sha256('manifest'), bytes: Buffer.from('manifest')};
const image: PlannedImage = {
	name: 'zenml',
	tag: '0.95.1',
	source: 'vendor.example.com/zenml/zenml:0.95.1',
	from: 'spec',
	manifest,
	children: [],
	rebuilt: false,
	platforms: [{os: 'linux', architecture: 'amd64', digest: manifest.digest}],
	blobs: [],
	configs: new Map(),
	createdMs: undefined,
	size: 0,
};

test.each([
	['{"bomFormat": "CycloneDX"}', 'cyclonedx', 'cdx.json'],
	['<bom xmlns="http://cyclonedx.org/schema/bom/1.6">', 'cyclonedx', 'cdx.xml'],
	['{"spdxVersion": "SPDX-2.3"}', 'spdx', 'spdx.json'],
	['SPDXVersion: SPDX-2.3\n', 'spdx', 'spdx'],
])('a file that begins with %s is %s', async (text, format, suffix) => {
	const file = join(await temporary(), 'a');
	await writeFile(file, text);
	for (const of of ['zenml:0.95.1', image.source]) {
		const sbom = await suppliedSbom({image: of, file}, [image], never);
		const digest = sha256(text).slice('sha256:'.length, 'sha256:'.length + 12);
		expect(sbom).toMatchObject({image: 'zenml:0.95.1', format, path: `sbom/zenml-0.95.1-${digest}.${suffix}`});
	}
});

/** What is found where layers of these media types are attached. */
const found = async (artifactType: string, mediaTypes: readonly string[], more: Partial<PlannedImage> = {}) => {
	const at = memory();
	const layers = mediaTypes.map((mediaType) => at.blob(mediaType, Buffer.from(mediaType)));
	at.attached.set(manifest.digest, {...at.put('zenml/zenml', 'sbom', 'manifest', {layers}), artifactType});
	return (await attachedSboms(at.source, {...image, ...more}, never)).map(({format, path}) => [
		format,
		path.replace(/^[^.]*\.95\.1-[0-9a-f]{12}\./u, ''),
	]);
};

test('the format of what is attached is that of its layer, else that of the artifact', async () => {
	expect(await found('application/vnd.cyclonedx+xml', ['application/vnd.cyclonedx+xml'])).toEqual([
		['cyclonedx', 'cdx.xml'],
	]);
	expect(await found('application/spdx+json', ['text/spdx', 'application/octet-stream'])).toEqual([
		['spdx', 'spdx'],
		['spdx', 'spdx.json'],
	]);
});

test('attestations of other kinds are none, nor is anything asked about an image of an archive', async () => {
	expect(await found('application/vnd.in-toto+json', ['application/vnd.in-toto+json'])).toEqual([]);
	expect(await found('application/spdx+json', ['text/spdx'], {from: 'archive'})).toEqual([]);
});
