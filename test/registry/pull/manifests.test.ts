import {expect, test} from 'vitest';
import type {Image} from '../../../source/oci/image.ts';
import {client, serve} from '../helpers.ts';
import {answering, canary, collect, digestOf, imageOf, loginAs, never, noise, problemOf, sourceAt} from './support.ts';

const ociImage = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const empty = `sha256:${'0'.repeat(64)}`;
const imageText = (mediaType: string | undefined): string =>
	JSON.stringify({schemaVersion: 2, mediaType, config: {mediaType: 'x', digest: empty, size: 1}, layers: []});

/** A registry with one manifest under every reference. */
const holding = (text: string, headers: Readonly<Record<string, string>>) =>
	answering((request, response, url) => {
		if (!url.pathname.startsWith('/v2/a/b/manifests/') || request.method !== 'GET') return false;
		response.writeHead(200, headers).end(text);
		return undefined;
	});

const readAt = (host: string, reference = '1.0', options = {}) =>
	sourceAt(host, options).readManifest({host, repository: 'a/b', reference}, never);

test.each(['basic', 'bearer'] as const)(
	'an image of a registry with login is read byte for byte: %s',
	async (login) => {
		const server = await serve({login});
		const image: Image = imageOf('api', [noise('base', 2_000_000), noise('top', 10)]);
		await client(server.host).push(image, {repository: 'zenml/api', tag: '1.0', signal: never, onProgress: () => {}});
		const {host} = server;
		const source = sourceAt(host, {findLogin: loginAs('robot', canary)});
		const at = {host, repository: 'zenml/api'};
		const manifest = await source.readManifest({...at, reference: '1.0'}, never);
		expect(manifest).toEqual(image.manifest);
		expect(await source.readManifest({...at, reference: manifest.digest}, never)).toEqual(image.manifest);
		for (const blob of image.blobs) {
			const read = await collect(source.readBlob(at, blob, {from: 0, signal: never}));
			expect(digestOf(read)).toBe(blob.digest);
		}
		expect(await source.referrers(at, manifest.digest, never)).toEqual([]);
	},
);

test('the types of OCI and Docker are asked for, and a manifest is what it says it is', async () => {
	const docker = 'application/vnd.docker.distribution.manifest.v2+json';
	const server = await holding(imageText(docker), {'content-type': 'application/json; charset=utf-8'});
	expect((await readAt(server.host)).mediaType).toBe(docker);
	const {accept = ''} = server.requests[0]?.headers ?? {};
	expect(accept.split(', ').toSorted()).toEqual([
		'application/vnd.docker.distribution.manifest.list.v2+json',
		docker,
		ociIndex,
		ociImage,
	]);
	const unsaid = await holding(imageText(undefined), {'content-type': `${ociImage}; charset=utf-8`});
	expect((await readAt(unsaid.host)).mediaType).toBe(ociImage);
	const index = await holding('{"schemaVersion":2,"manifests":[]}', {});
	expect((await readAt(index.host)).mediaType).toBe(ociIndex);
});

test.each([
	[
		'schema 1',
		'{"schemaVersion":1,"fsLayers":[]}',
		'application/vnd.docker.distribution.manifest.v1+prettyjws',
		'image-schema-1',
	],
	[
		'an index that is an image too',
		'{"schemaVersion":2,"manifests":[],"layers":[]}',
		ociIndex,
		'image-manifest-ambiguous',
	],
	[
		'something else',
		'{"schemaVersion":2,"mediaType":"application/vnd.thing"}',
		'application/vnd.thing',
		'image-manifest-unknown',
	],
	['a web page', '<html></html>', 'text/html', 'registry-not-a-registry'],
	['no object', '7', ociImage, 'registry-not-a-registry'],
	['more than 4 MiB', ' '.repeat(4 * 1024 * 1024 + 1), ociImage, 'registry-not-a-registry'],
])('what is no manifest of today is refused by name: %s', async (_name, text, type, code) => {
	const {host} = await holding(text, {'content-type': type});
	expect(await problemOf(readAt(host))).toMatchObject({code, area: 'registry'});
});

test('a manifest must have the digest it was asked for, and the one that the registry names', async () => {
	const text = imageText(ociImage);
	const other = `sha256:${'1'.repeat(64)}`;
	const honest = await holding(text, {'docker-content-digest': digestOf(text)});
	expect((await readAt(honest.host, digestOf(text))).digest).toBe(digestOf(text));
	expect(await problemOf(readAt(honest.host, other))).toMatchObject({code: 'registry-digest-mismatch'});
	const lying = await holding(text, {'docker-content-digest': other});
	expect(await problemOf(readAt(lying.host))).toMatchObject({code: 'registry-digest-mismatch'});
});

test('a tag that is not there is told with the tags that are nearest', async () => {
	const server = await answering((_request, response, url) => {
		if (url.pathname === '/v2/a/b/manifests/0.10.25') {
			response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
		} else if (url.pathname === '/v2/a/b/tags/list') {
			response
				.writeHead(200)
				.end(JSON.stringify({tags: ['latest', '0.10.24', '0.9.1', 'nightly', '0.10.23', 'zzzzzz']}));
		} else if (url.pathname === '/v2/a/c/manifests/1') {
			response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}');
		} else return false;
		return undefined;
	});
	const {host} = server;
	const tag = await problemOf(readAt(host, '0.10.25'));
	expect(tag).toMatchObject({code: 'image-not-found'});
	expect(tag.cause).toContain('0.10.2');
	expect(tag.cause).not.toContain('zzzzzz');
	const repository = await problemOf(sourceAt(host).readManifest({host, repository: 'a/c', reference: '1'}, never));
	expect(repository.cause).toContain('no repository a/c');
	expect(server.unexpected).toEqual([]);
});

test('a tag that is not there is told where tags cannot be listed either', async () => {
	const server = await answering((_request, response) => void response.writeHead(404).end());
	expect((await problemOf(readAt(server.host))).cause).toContain('There is no tag 1.0 in a/b');
});

const attached = {mediaType: ociImage, digest: empty, size: 5, artifactType: 'application/spdx+json'};

test('what is attached to a manifest is listed over all pages, each once', async () => {
	const other = {...attached, digest: `sha256:${'2'.repeat(64)}`};
	const server = await answering((_request, response, url) => {
		if (url.pathname !== `/v2/a/b/referrers/${empty}`) return false;
		const more: Record<string, string> = url.searchParams.has('page')
			? {}
			: {link: `</v2/a/b/referrers/${empty}?page=2>; rel="next"`};
		response.writeHead(200, {'content-type': ociIndex, ...more});
		const last = url.searchParams.has('page') ? [other] : [];
		response.end(JSON.stringify({schemaVersion: 2, manifests: [{...attached, annotations: {a: 'b'}}, ...last]}));
		return undefined;
	});
	const {host} = server;
	expect(await sourceAt(host).referrers({host, repository: 'a/b'}, empty, never)).toEqual([attached, other]);
	expect(server.requests.length).toBe(2);
});

test('a list of what is attached that never ends is refused; a page may name very many', async () => {
	const named = (index: number) => ({...attached, digest: `sha256:${String(index).padStart(64, '0')}`});
	const page = JSON.stringify({
		schemaVersion: 2,
		manifests: Array.from({length: 9000}, (_none, index) => named(index)),
	});
	let asked = 0;
	const server = await answering((_request, response, url) => {
		const first = JSON.stringify({schemaVersion: 2, manifests: [named(10_000 + asked++)]});
		response.writeHead(200, {link: `<${url.pathname}>; rel="next"`}).end(asked === 1 ? page : first);
		return undefined;
	});
	const {host} = server;
	expect(await problemOf(sourceAt(host).referrers({host, repository: 'a/b'}, empty, never))).toMatchObject({
		code: 'registry-not-a-registry',
		cause: 'It lists more than is ever attached to an image.',
	});
	expect(asked).toBe(1002);
});

test.each([404, 400, 403])('a registry without that list (%i) is asked by tag', async (status) => {
	const index = JSON.stringify({schemaVersion: 2, mediaType: ociIndex, manifests: [attached]});
	const server = await answering((_request, response, url) => {
		if (url.pathname === `/v2/a/b/referrers/${empty}`) response.writeHead(status).end('{}');
		else if (url.pathname === `/v2/a/b/manifests/sha256-${'0'.repeat(64)}`) response.writeHead(200).end(index);
		else if (/manifests\/sha256-1+$/u.test(url.pathname) || url.pathname.includes('referrers'))
			response.writeHead(404).end();
		else return false;
		return undefined;
	});
	const {host} = server;
	const source = sourceAt(host);
	expect(await source.referrers({host, repository: 'a/b'}, empty, never)).toEqual([attached]);
	expect(await source.referrers({host, repository: 'a/b'}, `sha256:${'1'.repeat(64)}`, never)).toEqual([]);
	expect(server.unexpected).toEqual([]);
});
